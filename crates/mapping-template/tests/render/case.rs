//! Cases and requests as JSON, and what comes back.

use mapping_template::{MappingTemplate, Request, answer_line};
use serde_json::{Value, json};

#[track_caller]
fn answers(line: &str, expected: &Value) {
    let answer: Value = serde_json::from_str(&answer_line(line)).expect("an answer is JSON");
    assert_eq!(answer, *expected, "{line}");
}

#[test]
fn every_line_has_its_answer() {
    answers(
        r#"{"id": "a", "template": "$x$input.params('p')", "vars": {"x": 1.50}, "params": {"path": {"p": 7}}}"#,
        &json!({"id": "a", "output": "1.57"}),
    );
    let answer: Value = serde_json::from_str(&answer_line(r##"{"id": [2], "template": "#if"}"##))
        .expect("an answer is JSON");
    assert_eq!(answer["id"], json!([2]));
    let error = answer["error"].as_str().unwrap_or_default();
    assert!(error.starts_with("template:1:"), "{error}");
    answers(r#"{"id": 3}"#, &json!({"id": 3, "error": "template must be a string"}));
    answers(
        r#"{"id": 4, "template": "", "params": {"header": {"A": []}}}"#,
        &json!({"id": 4, "error": "params.header.A must be a string"}),
    );
    answers(
        r#"{"id": 5, "template": "", "mode": "stock"}"#,
        &json!({"id": 5, "error": "mode must be \"aws\", the only one there is; got \"stock\""}),
    );
    answers("[]", &json!({"id": null, "error": "the request must be an object"}));
    let answer: Value = serde_json::from_str(&answer_line("{")).expect("an answer is JSON");
    let error = answer["error"].as_str().unwrap_or_default();
    assert!(error.starts_with("the request is not JSON: EOF"), "{error}");
}

#[test]
fn a_body_may_be_text_or_json() {
    for (body, text) in [
        (r#""{\"a\": 1.50}""#, r#"{"a": 1.50}"#),
        (r#"{"a": 1.50, "b": ["x/y", null]}"#, r#"{"a":1.5,"b":["x/y",null]}"#),
        ("98765432109876543210", "98765432109876543210"),
        ("null", "{}"),
    ] {
        let request =
            Request::from_json(&format!("{{\"body\": {body}}}")).expect("it is a request");
        let template = MappingTemplate::parse("t", "$input.body").expect("it parses");
        assert_eq!(template.render(&request).expect("it renders").text, text);
    }
}

#[test]
fn one_template_renders_on_many_threads() {
    let template =
        MappingTemplate::parse("t", "#foreach($n in $input.path('$'))$n.replaceAll('a+','b')#end");
    let template = template.expect("it parses");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let template = &template;
            scope.spawn(move || {
                let body = format!("[\"{thread}aaa\",\"xay\"]");
                let request = Request { body: body.into(), ..Request::default() };
                for _ in 0..50 {
                    let rendered = template.render(&request).expect("it renders");
                    assert_eq!(rendered.text, format!("{thread}bxby"));
                }
            });
        }
    });
}
