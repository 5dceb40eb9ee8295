//! Any text can be checked, and every finding can be printed.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for finding in mapping_template::check("fuzz", text) {
        drop(format!("{finding:#}"));
    }
});
