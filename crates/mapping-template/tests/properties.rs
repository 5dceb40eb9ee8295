//! What holds for any body, path and text.

use mapping_template::{MappingTemplate, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Renders with the variable `$x`; `None` if the rendering fails, which any text may make it do.
fn render(template: &str, body: &str, x: &Value) -> Option<String> {
    let template = MappingTemplate::parse("t", template).expect("the test's template parses");
    let mut request = Request { body: body.into(), ..Request::default() };
    request.variables.insert("x".to_owned(), x.clone());
    template.render(&request).map(|rendered| rendered.text).ok()
}

fn document() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::vec(value, 0..4).prop_map(|items| json!({ "items": items }))
}

proptest! {
    #[test]
    fn a_json_body_prints_as_the_same_document(document in document()) {
        let printed = render("$input.json('$')", &document.to_string(), &Value::Null).expect("JSON renders");
        let read: Value = serde_json::from_str(&printed).expect("what is printed is JSON");
        prop_assert_eq!(read, document);
    }

    #[test]
    fn any_body_and_any_path_render_or_fail(body in ".{0,40}", path in ".{0,20}") {
        render("$input.json($x)$input.path($x)", &body, &json!(path));
    }

    #[test]
    fn things_like_json_and_like_paths_render_or_fail(
        body in r#"[\[\]{}:,"'\\ a1.eE\-nu/]{0,30}"#,
        path in r"\$?[\[\].*?@()$'a0,:\-=<>!&|/ ]{0,20}",
    ) {
        render("$input.json($x)$input.path($x)", &body, &json!(path));
    }

    #[test]
    fn encodings_decode(text in any::<String>()) {
        let text = json!(text);
        let decoded = render("$util.urlDecode($util.urlEncode($x))$util.base64Decode($util.base64Encode($x))", "", &text);
        let text = text.as_str().expect("it is a string");
        prop_assert_eq!(decoded, Some(format!("{text}{text}")));
    }

    #[test]
    fn escaped_text_is_json_once_its_quotes_are_mended(text in any::<String>()) {
        let escaped = render("\"$util.escapeJavaScript($x).replaceAll(\"\\\\'\",\"'\")\"", "", &json!(text));
        let read: String = serde_json::from_str(&escaped.expect("it renders")).expect("it is a JSON string");
        prop_assert_eq!(read, text);
    }
}
