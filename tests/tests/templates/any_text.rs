//! Any text, and what templates make of it.

use std::fs;

use mapping_template::{MappingTemplate, Rendered, Request};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use spillway_tests::repository;

/// What ends strings, values, objects, directives and parameters, and what is rare.
const PIECES: [&str; 38] = [
    "\"",
    "'",
    "\\",
    "\\'",
    "\\\"",
    "\\u0041",
    "/",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\r\n",
    "\t",
    "\u{2028}",
    "\u{feff}",
    "é",
    "山",
    "🦀",
    "👩‍👩‍👧",
    "{\"S\":\"x\"}",
    "\"}, \"stolen\": {\"S\": \"x",
    "]}",
    "null",
    "#set($x=1)",
    "$context.requestId",
    "${input.body}",
    "$!{x}",
    "#[[",
    "]]#",
    "##",
    "#end",
    "&",
    "=",
    "+",
    "%",
    "%26",
    ";",
    "&Action=PurgeQueue",
    "&MessageAttribute.1.Name=x",
];

/// A template of a module.
pub(crate) fn template(module: &str, name: &str) -> MappingTemplate {
    let file = repository().join(format!("modules/{module}/templates/{name}.vtl"));
    MappingTemplate::parse(name, &fs::read_to_string(file).unwrap()).unwrap()
}

pub(crate) fn rendered(template: &MappingTemplate, request: &Request) -> Rendered {
    template.render(request).unwrap_or_else(|error| panic!("{error:#}"))
}

pub(crate) fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A JSON text without what its strings hold, to see that there is nothing more and nothing twice.
pub(crate) fn structure(json: &str) -> String {
    let mut structure = String::new();
    let mut characters = json.chars();
    while let Some(character) = characters.next() {
        structure.push(character);
        if character == '"' {
            while let Some(inner) = characters.next().filter(|&inner| inner != '"') {
                if inner == '\\' {
                    characters.next();
                }
            }
        }
    }
    structure
}

/// Checks a number of cases, the same ones in every run.
pub(crate) fn for_any<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, |value| {
        property(value);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(&PIECES[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from)
    ];
    prop::collection::vec(piece, 1..40).prop_map(|pieces| pieces.concat())
}
