//! The one way in which these tests render a template.

use mapping_template::{Case, MappingTemplate, Request};

/// Renders `template` for a request given as JSON; errors come as `error: ` and their line.
pub(crate) fn render(request: &str, template: &str) -> String {
    let request = Request::from_json(request).expect("the test's request is well formed");
    let rendered =
        MappingTemplate::parse("t", template).and_then(|template| template.render(&request));
    match rendered {
        Ok(rendered) => rendered.text,
        Err(error) => format!("error: {error}"),
    }
}

/// Renders each template for the same request and compares what comes out.
#[track_caller]
pub(crate) fn check(request: &str, expected: &[(&str, &str)]) {
    for (template, text) in expected {
        assert_eq!(render(request, template), *text, "template {template:?}, request {request}");
    }
}

/// Reads `template` with bodies that need not be JSON.
#[track_caller]
pub(crate) fn check_bodies(template: &str, expected: &[(&str, &str)]) {
    for (body, text) in expected {
        let request = serde_json::json!({ "body": body }).to_string();
        assert_eq!(render(&request, template), *text, "body {body:?}");
    }
}

/// Renders a case and returns its answer as JSON.
pub(crate) fn answer(case: &str) -> serde_json::Value {
    let case = Case::from_json(case).expect("the test's case is well formed");
    serde_json::from_str(&case.answer()).expect("an answer is JSON")
}
