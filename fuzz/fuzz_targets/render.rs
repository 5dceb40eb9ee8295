//! Any template with any body renders or fails with an error: no panic, no hang, no overflow.
//! The input is a body, a line `---` and a template.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mapping_template::{MappingTemplate, Request};

fuzz_target!(|input: &str| {
    let (body, template) = input.split_once("\n---\n").unwrap_or(("", input));
    if let Ok(template) = MappingTemplate::parse("fuzz", template) {
        let request = Request { body: body.into(), ..Request::default() };
        match template.render(&request) {
            Ok(rendered) => drop(rendered),
            // The message is part of the promise: it must come out for every place and text.
            Err(error) => drop(format!("{error:#}")),
        }
    }
});
