//! Parses and renders any text. Nothing may panic, hang or overflow, an error must point into the
//! text, and the bounds must hold.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use vtl::{Cleanup, Context, Limits, List, Map, Missing, Settings, Template, Value};

const OUTPUT_BYTES: usize = 1 << 16;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(source) = std::str::from_utf8(data) else {
        return Corpus::Reject;
    };
    // A template may put a map into itself, which its host has to free.
    let _cleanup = Cleanup::begin();
    match Template::parse("fuzz.vtl", source) {
        Ok(template) => {
            for missing in [Missing::Empty, Missing::Source] {
                match template.render(&context(), &settings(missing)) {
                    Ok(output) => assert!(output.len() <= OUTPUT_BYTES),
                    Err(error) => check(&error, source),
                }
            }
        }
        Err(error) => check(&error, source),
    }
    Corpus::Keep
});

fn check(error: &vtl::Error, source: &str) {
    let span = error.span();
    assert!(span.start <= span.end && span.end as usize <= source.len(), "{span:?}");
    assert!(!format!("{error}").is_empty() && !format!("{error:#}").is_empty());
}

fn settings(missing: Missing) -> Settings {
    let limits = Limits {
        steps: 200_000,
        allocated_bytes: 4 << 20,
        output_bytes: OUTPUT_BYTES,
        regex_backtracks: 10_000,
        ..Limits::default()
    };
    Settings { missing, limits }
}

/// A value of every kind.
fn context() -> Context<'static> {
    let list = List::json_array(vec![Value::Int(1), Value::Null, Value::from("b/c"), Value::Double(2.5)]);
    let mut context = Context::new();
    context.set("s", "Hello,World é€😀");
    context.set("i", 7);
    context.set("b", i64::MAX);
    context.set("d", 0.1);
    context.set("t", true);
    context.set("m", Map::from_entries([("a", Value::Int(1)), ("l", Value::List(list.clone()))]));
    context.set("l", list);
    context
}
