//! Bodies, and JSONPaths that have a chance to find something in them.

use crate::random::Random;

pub(crate) const KEYS: [&str; 12] =
    ["a", "b", "c", "id", "name", "items", "x-y", "_k", "a b", "size", "é", "length"];

const STRINGS: [&str; 24] = [
    "",
    "x",
    "two",
    "a,b,,c",
    "it's",
    "say \\\"hi\\\"",
    "1",
    "42",
    "3.5",
    "-7",
    "true",
    "false",
    "null",
    "é/ü",
    "a/b\\\\c",
    "line\\nbreak\\ttab",
    "$a #set($b=1)",
    "\\u00e9\\u2028",
    "😀",
    " pad ",
    "AbC",
    "a=b&c d",
    "YWJj",
    "%41+%zz",
];

const NUMBERS: [&str; 18] = [
    "0",
    "1",
    "-1",
    "2",
    "7",
    "10",
    "255",
    "2147483647",
    "2147483648",
    "-2147483648",
    "999999999999999999",
    "9223372036854775808",
    "123456789012345678901234567890",
    "1.5",
    "0.1",
    "1e3",
    "1.50",
    "-2.25",
];

/// Numbers on which the oracle's own detour through Jackson gives other values than json-smart.
const HARD_NUMBERS: [&str; 9] = [
    "9223372036854775807",
    "-0.0",
    "1e400",
    "0.000000000000000001",
    "100000000000000000000.5",
    "1.23456789012345678901",
    "1E-10",
    "0.1234567890123456789e5",
    "12345678901234567.5",
];

const LENIENT: [&str; 28] = [
    "a=b",
    "a=b&c=d e",
    "plain text",
    "'single'",
    "\"quoted\"",
    "12",
    "1.5",
    "-",
    "01",
    "1e5",
    "1x",
    "true",
    "null",
    "NaN",
    "{a:1,b:two words,}",
    "{'a':'b',,\"c\":[x y,1 2,]}",
    "[1,,2]",
    "[a",
    "{a",
    "{\"a\":1} tail",
    "a{b",
    "[\"x\" \"y\"]",
    "{\"a\":\"\\q\\x41\\u00e9\"}",
    "{a:tru,b:true,c:null,d:nul}",
    "\"a",
    "{a:1}}",
    "  ",
    "[1]]",
];

/// A body: usually an object that is JSON, sometimes an array, a scalar, or something lenient.
pub(crate) fn body(random: &mut Random) -> String {
    if random.chance(12) {
        return random.pick(&LENIENT).to_owned();
    }
    let mut out = String::new();
    let hard = random.chance(8);
    if random.chance(85) {
        object(random, 3, hard, &mut out);
    } else {
        value(random, 3, hard, &mut out);
    }
    if hard && out.starts_with(['{', '[']) {
        // Something behind the document makes the oracle read it with json-smart.
        out.push('}');
    }
    out
}

fn value(random: &mut Random, depth: usize, hard: bool, out: &mut String) {
    match random.below(if depth == 0 { 6 } else { 10 }) {
        0 | 1 => {
            out.push('"');
            out.push_str(random.pick(&STRINGS));
            out.push('"');
        }
        2 | 3 if hard && random.chance(50) => out.push_str(random.pick(&HARD_NUMBERS)),
        2 | 3 => out.push_str(random.pick(&NUMBERS)),
        4 => out.push_str(random.pick(&["true", "false"])),
        5 => out.push_str("null"),
        6 | 7 => object(random, depth - 1, hard, out),
        _ => {
            out.push('[');
            for at in 0..random.below(5) {
                if at > 0 {
                    out.push(',');
                }
                value(random, depth - 1, hard, out);
            }
            out.push(']');
        }
    }
}

fn object(random: &mut Random, depth: usize, hard: bool, out: &mut String) {
    out.push('{');
    for at in 0..random.below(6) {
        if at > 0 {
            out.push_str(random.pick(&[",", ", ", ",\n  "]));
        }
        out.push('"');
        out.push_str(random.pick(&KEYS));
        out.push_str(random.pick(&["\":", "\": "]));
        value(random, depth, hard, out);
    }
    out.push('}');
}

/// A path, mostly well formed.
pub(crate) fn path(random: &mut Random) -> String {
    if random.chance(20) {
        return "$".to_owned();
    }
    if random.chance(4) {
        return (random.pick(&[
            "",
            "$.",
            "$..",
            "$a",
            "a",
            "a.b",
            "$.a.",
            "$[",
            "$['a'",
            "$[a]",
            "$[\"a\"]",
            "$.a b",
            "@.a",
            "$.a[",
            "$ ",
            "..a",
            "$.l.length()",
            "$[]",
            "$[?]",
            "$[?()]",
            "$.*.*",
            "$...a",
            "$.['a']",
            "$[0]x",
            "$.a]b",
            "$.a'b",
        ]))
        .to_owned();
    }
    let mut path = "$".to_owned();
    for _ in 0..1 + random.below(3) {
        step(random, &mut path);
    }
    path
}

fn step(random: &mut Random, path: &mut String) {
    let key = random.pick(&KEYS);
    match random.below(24) {
        0..=9 => {
            path.push('.');
            path.push_str(if key.contains(' ') { "a" } else { key });
        }
        10 | 11 => path.push_str(&format!("['{key}']")),
        12 => path.push_str(&format!("['{key}','{}']", random.pick(&KEYS))),
        13 | 14 => path.push_str(random.pick(&["[0]", "[1]", "[2]", "[-1]"])),
        15 => path.push_str(random.pick(&[
            "[0,1]", "[1,0]", "[0:1]", "[1:]", "[:2]", "[-1:]", "[:-1]", "[0:9]", "[-2:-1]",
        ])),
        16 | 17 => path.push_str(random.pick(&[".*", "[*]"])),
        18 | 19 => path.push_str(&format!("..{}", if key.contains(' ') { "id" } else { key })),
        20 => path.push_str(random.pick(&[
            "..*",
            "..[0]",
            "..['a']",
            "[(@.length-1)]",
            "[(@.size() - 2)]",
            ".length()",
        ])),
        _ => filter(random, path),
    }
}

fn filter(random: &mut Random, path: &mut String) {
    path.push_str("[?(");
    for at in 0..1 + random.below(2) {
        if at > 0 {
            path.push_str(random.pick(&[" && ", " || ", "&&"]));
        }
        let key = random.pick(&["a", "b", "c", "id", "name", "items"]);
        let left = match random.below(8) {
            0 => "@".to_owned(),
            1 => format!("@['{key}']"),
            2 => format!("$.{key}"),
            _ => format!("@.{key}"),
        };
        match random.below(8) {
            0 => path.push_str(&left),
            1 => path.push_str(&format!("!{left}")),
            _ => {
                let operator = random.pick(&["==", "!=", ">", "<", ">=", "<=", "=="]);
                let right = random.pick(&[
                    "1", "'x'", "'two'", "true", "null", "1.5", "'1'", "@.b", "$.a", "/t.*/",
                    "two", "''",
                ]);
                let operator = if right.starts_with('/') { "=~" } else { operator };
                let space = random.pick(&["", " "]);
                path.push_str(&format!("{left}{space}{operator}{space}{right}"));
            }
        }
    }
    path.push_str(")]");
}
