//! What holds for every template, however broken.

use proptest::prelude::*;
use vtl::{Context, Limits, List, Map, Settings, Template, Value};

/// Pieces that mean something to the parser.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "$",
        "#",
        "\\",
        "\"",
        "'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        "..",
        ",",
        ":",
        "!",
        "-",
        "=",
        " ",
        "\n",
        "$!",
        "${",
        "#if(",
        "#elseif(",
        "#else",
        "#end",
        "#foreach($i in ",
        "#set($x = ",
        "#define($d)",
        "#[[",
        "]]#",
        "##",
        "#*",
        "*#",
        "#macro(m)",
        "#m()",
        "#@m()",
        "#break",
        "#stop",
        "#literal()",
        "$x",
        "$i",
        "$l",
        "$m",
        ".a",
        ".size()",
        ".get(0)",
        "[0]",
        "['a']",
        "true",
        "null",
        "1",
        "2.5",
        "-3",
        "in",
        " + ",
        " == ",
        " && ",
        "'t'",
        "\"$x\"",
        "é",
        ".replaceAll('(a*)*b', '$1')",
        ".add($l)",
        ".put('k', $m)",
        ".toString()",
        ".hashCode()",
        ".keySet()",
    ])
    .prop_map(str::to_owned);
    prop_oneof![8 => known, 1 => "\\PC{0,4}"]
}

fn template() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

fn context() -> Context<'static> {
    let mut context = Context::new();
    context.set("x", "text");
    context.set("l", List::json_array(vec![Value::Int(1), Value::Null, Value::from("b")]));
    context.set("m", Map::from_entries([("a", Value::Int(1))]));
    context
}

fn settings() -> Settings {
    let limits = Limits {
        steps: 100_000,
        output_bytes: 10_000,
        allocated_bytes: 1 << 20,
        ..Limits::default()
    };
    Settings { limits, ..Settings::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_rendered_or_refused(source in template()) {
        match Template::parse("any.vtl", &source) {
            Ok(template) => {
                if let Ok(output) = template.render(&context(), &settings()) {
                    prop_assert!(output.len() <= 10_000);
                }
            }
            Err(error) => {
                let span = error.span();
                prop_assert!(span.start <= span.end && span.end as usize <= source.len(), "{:?} in {:?}", span, source);
                prop_assert!(error.line() >= 1 && error.column() >= 1);
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }

    #[test]
    fn text_without_syntax_renders_as_itself(text in "[^$#\\\\]{0,200}") {
        let output = Template::parse("text.vtl", &text).and_then(|template| template.render(&context(), &settings()));
        prop_assert_eq!(output.expect("plain text renders"), text);
    }

    #[test]
    fn a_text_block_renders_what_is_in_it(text in "[a-z$# \\\\\"'{}().\n]{0,80}") {
        prop_assume!(!text.contains("]]#") && !text.contains("#[[") && !text.contains("#*") && !text.contains("##"));
        // A `$` or `#` swallows what would close the block, if it stands right in front of it.
        let source = format!("#[[{text} ]]#");
        let output = Template::parse("block.vtl", &source).and_then(|template| template.render(&context(), &settings()));
        prop_assert_eq!(output.expect("a text block renders"), format!("{text} "));
    }

    #[test]
    fn rendering_twice_gives_the_same(source in template()) {
        if let Ok(template) = Template::parse("twice.vtl", &source) {
            let first = template.render(&context(), &settings()).map_err(|error| error.to_string());
            let second = template.render(&context(), &settings()).map_err(|error| error.to_string());
            // Arrays print their address.
            if !first.as_ref().is_ok_and(|output| output.contains('@')) {
                prop_assert_eq!(first, second);
            }
        }
    }

    #[test]
    fn an_integer_prints_as_it_is_written(number in any::<i64>()) {
        let source = format!("#set($n = {number})$n");
        let output = Template::parse("number.vtl", &source).and_then(|template| template.render(&context(), &settings()));
        prop_assert_eq!(output.expect("a number renders"), number.to_string());
    }

    #[test]
    fn a_double_prints_as_a_text_that_reads_as_the_same_double(number in any::<f64>()) {
        prop_assume!(number.is_finite());
        let mut context = Context::new();
        context.set("d", number);
        let output = Template::parse("double.vtl", "$d").and_then(|template| template.render(&context, &settings()));
        let printed = output.expect("a double renders");
        prop_assert_eq!(printed.parse::<f64>().expect("it reads as a number").to_bits(), number.to_bits());
    }
}
