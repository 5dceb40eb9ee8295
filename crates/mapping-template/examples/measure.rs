//! Renders recorded cases and counts how many come out as recorded.
//!
//!     cargo run --example measure -- CASES.json...
//!
//! A file is a JSON array of cases with `expected` (null for a failure), `compare` (`exact`, `json`,
//! `ignore-whitespace` or `error`) and `expected_overrides`. Exit status: 0 all as recorded, 1 some
//! not, 2 a file could not be read.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints what it found")]

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;

fn main() -> ExitCode {
    let mut all_as_recorded = true;
    for file in std::env::args().skip(1) {
        match measure(&file) {
            Ok((right, total)) => {
                println!("{right}/{total} {file}");
                all_as_recorded &= right == total;
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::from(u8::from(!all_as_recorded))
}

fn measure(file: &str) -> Result<(usize, usize)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let cases: Vec<Value> =
        serde_json::from_str(&text).with_context(|| format!("{file} is no array of cases"))?;
    let mut right = 0;
    for case in &cases {
        let answer: Value =
            serde_json::from_str(&mapping_template::answer_line(&case.to_string()))?;
        if is_as_recorded(case, &answer) {
            right += 1;
        } else {
            println!("{}: expected {}, got {answer}", case["id"], case["expected"]);
        }
    }
    Ok((right, cases.len()))
}

fn is_as_recorded(case: &Value, answer: &Value) -> bool {
    let Some(output) = answer["output"].as_str() else {
        return case["compare"] == "error";
    };
    let expected = case["expected"].as_str().unwrap_or_default();
    let text = match case["compare"].as_str() {
        Some("exact") => output == expected,
        Some("ignore-whitespace") => output.split_whitespace().eq(expected.split_whitespace()),
        Some("json") => {
            match (serde_json::from_str::<Value>(output), serde_json::from_str::<Value>(expected)) {
                (Ok(output), Ok(expected)) => output == expected,
                _ => output == expected,
            }
        }
        _ => false,
    };
    text && case
        .get("expected_overrides")
        .is_none_or(|expected| expected.is_null() || *expected == answer["overrides"])
}
