//! Makes templates: most are well formed, some are broken on purpose.

use crate::random::Random;
use crate::vocabulary::{
    LIST_CALLS, MAP_CALLS, NAMES, NOISE, NUMBER_CALLS, NUMBERS, OPERATORS, PROPERTIES,
    STRING_CALLS, STRINGS, TEXT,
};

/// A template: statements, sometimes with a few characters changed.
pub(crate) fn template(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(7) {
        statement(random, 3, &mut text);
    }
    if random.one_in(3) {
        for _ in 0..1 + random.below(3) {
            mutate(random, &mut text);
        }
    }
    text
}

fn mutate(random: &mut Random, text: &mut String) {
    let place = |random: &mut Random, text: &str| {
        let mut at = random.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (left, right) = (place(random, text), place(random, text));
    let (from, to) = (left.min(right), left.max(right));
    match random.below(4) {
        0 => text.insert_str(from, random.pick(NOISE)),
        1 if to - from < 6 => text.replace_range(from..to, ""),
        2 if to - from < 20 => {
            let part = text[from..to].to_owned();
            let at = place(random, text);
            text.insert_str(at, &part);
        }
        _ => {
            if let Some(c) = text[from..].chars().next() {
                text.replace_range(from..from + c.len_utf8(), random.pick(NOISE));
            }
        }
    }
}

fn statement(random: &mut Random, depth: usize, out: &mut String) {
    match random.below(if depth == 0 { 8 } else { 14 }) {
        0..=2 => out.push_str(random.pick(TEXT)),
        3..=5 => reference(random, depth, out),
        6 | 7 => {
            let blanks =
                random.pick(&["#set(", " #set(", "#set( ", "\n  #set(", "#{set}(", "#set ("]);
            out.push_str(blanks);
            target(random, out);
            out.push_str(random.pick(&["=", " = ", "= "]));
            expression(random, depth, out);
            out.push_str(random.pick(&[")", ")\n", ") \n", " )", ")\r\n"]));
        }
        8 | 9 => {
            out.push_str(random.pick(&["#if(", "#if (", "#{if}(", "#if( "]));
            expression(random, depth, out);
            out.push_str(random.pick(&[")", ")\n", ") \n"]));
            block(random, depth - 1, out);
            if random.one_in(3) {
                out.push_str("#elseif(");
                expression(random, depth, out);
                out.push(')');
                block(random, depth - 1, out);
            }
            if random.one_in(2) {
                out.push_str(random.pick(&["#else ", "#{else}", "#else\n"]));
                block(random, depth - 1, out);
            }
            end(random, out);
        }
        10 | 11 => {
            out.push_str(random.pick(&["#foreach($x in ", "#foreach ($k in ", "#foreach( $y in "]));
            iterable(random, depth, out);
            out.push_str(random.pick(&[")", ")\n"]));
            block(random, depth - 1, out);
            out.push_str(random.pick(&[
                "",
                "$velocityCount",
                "$foreach.count",
                "#if($foreach.hasNext),#end",
                "$x",
                "$k",
            ]));
            if random.one_in(6) {
                out.push_str(random.pick(&[
                    "#break",
                    "#stop",
                    "#if($foreach.count == 2)#break#end",
                    "#break($foreach)",
                ]));
            }
            end(random, out);
        }
        12 => {
            out.push_str(random.pick(&["#define($x)", "#define( $y )\n", "#define($k)"]));
            block(random, depth - 1, out);
            end(random, out);
        }
        _ => out.push_str(random.pick(&[
            "#macro(m $p)[$p]#end",
            "#m('x')",
            "#@m('x')b#end",
            "#literal()$s #end",
            "#parse('x')",
            "#foo($s, \"a\" b)",
            "#evaluate('$s')",
            "#stop",
            "#return",
            "#foo (1.5 [1] {\"a\":1})",
        ])),
    }
}

fn end(random: &mut Random, out: &mut String) {
    out.push_str(random.pick(&["#end", "#{end}", "#end\n", "#end \n"]));
}

fn block(random: &mut Random, depth: usize, out: &mut String) {
    for _ in 0..random.below(4) {
        statement(random, depth, out);
    }
}

fn reference(random: &mut Random, depth: usize, out: &mut String) {
    let open = random.pick(&["$", "$", "$", "$!", "${", "$!{", "\\$", "\\\\$", "$\\!"]);
    out.push_str(open);
    out.push_str(random.pick(NAMES));
    for _ in 0..random.below(3) {
        part(random, depth, out);
    }
    if open.ends_with('{') {
        out.push('}');
    }
}

fn part(random: &mut Random, depth: usize, out: &mut String) {
    match random.below(8) {
        0 => {
            out.push('.');
            out.push_str(random.pick(PROPERTIES));
        }
        1 => {
            out.push_str(random.pick(&[
                "[0]", "[1]", "[-1]", "['a']", "[\"b\"]", "[$i]", "[ 0 ]", "[9]", "[$k]", "[true]",
            ]));
        }
        2 if depth > 0 => {
            out.push_str(random.pick(&[
                ".get(",
                ".concat(",
                ".add(",
                ".equals(",
                ".contains(",
                ".put('v', ",
                ".append(",
            ]));
            value(random, depth - 1, out);
            out.push(')');
        }
        kind => {
            out.push('.');
            out.push_str(match kind {
                3 | 4 => random.pick(STRING_CALLS),
                5 => random.pick(LIST_CALLS),
                6 => random.pick(MAP_CALLS),
                _ => random.pick(NUMBER_CALLS),
            });
        }
    }
}

fn target(random: &mut Random, out: &mut String) {
    out.push_str(random.pick(&[
        "$x", "$y", "$k", "$m.a", "$m['q']", "$m[$s]", "$l[0]", "$m.c[0]", "$x", "$y", "$x.y",
        "$i", "${x}", "$!y",
    ]));
}

fn iterable(random: &mut Random, depth: usize, out: &mut String) {
    match random.below(4) {
        0 => out.push_str(random.pick(&[
            "$l",
            "$m",
            "$m.keySet()",
            "$m.entrySet()",
            "$g",
            "$s.split('l')",
            "$x",
            "$y",
        ])),
        1 => out.push_str(random.pick(&[
            "[1..3]",
            "[$z..$i]",
            "[3..1]",
            "[ $z .. 2 ]",
            "[1..$undefined]",
            "[1,2]",
        ])),
        _ => value(random, depth, out),
    }
}

/// One value, as arguments are.
fn value(random: &mut Random, depth: usize, out: &mut String) {
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 | 1 => out.push_str(random.pick(STRINGS)),
        2 => out.push_str(random.pick(NUMBERS)),
        3 => reference(random, depth.saturating_sub(1), out),
        4 => out
            .push_str(random.pick(&["true", "false", "[]", "{}", "[1..3]", "null", "$yes", "$no"])),
        5 => {
            out.push('[');
            for at in 0..random.below(4) {
                if at > 0 {
                    out.push_str(random.pick(&[",", ", "]));
                }
                value(random, depth - 1, out);
            }
            out.push(']');
        }
        6 => {
            out.push('{');
            for at in 0..random.below(3) {
                if at > 0 {
                    out.push_str(random.pick(&[",", ", "]));
                }
                out.push_str(random.pick(STRINGS));
                out.push_str(random.pick(&[":", " : "]));
                value(random, depth - 1, out);
            }
            out.push('}');
        }
        _ => reference(random, depth - 1, out),
    }
}

fn expression(random: &mut Random, depth: usize, out: &mut String) {
    match random.below(if depth == 0 { 3 } else { 7 }) {
        0..=2 => value(random, depth, out),
        3 => {
            out.push_str(random.pick(&["!", "not ", "! "]));
            expression(random, depth - 1, out);
        }
        4 => {
            out.push('(');
            expression(random, depth - 1, out);
            out.push(')');
        }
        _ => {
            expression(random, depth - 1, out);
            out.push_str(random.pick(OPERATORS));
            expression(random, depth - 1, out);
        }
    }
}
