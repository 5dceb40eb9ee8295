//! Which method answers, and with which path parameters.

use serde_json::{Value as Json, json};

use super::harness::{Api, api, call, check, get, mock, ok, refused};

/// An API that answers with the route that was taken.
fn routes(routes: &[(&str, &[&str])]) -> Api {
    let method = json!({"methodIntegration": mock(
        "$context.httpMethod $context.resourcePath $input.params().path"
    )});
    let methods = |verbs: &[&str]| -> Json {
        verbs.iter().map(|verb| ((*verb).to_owned(), method.clone())).collect()
    };
    api(routes.iter().map(|(path, verbs)| ((*path).to_owned(), methods(verbs))).collect())
}

async fn check_route(api: &Api, verb: &str, path: &str, expected: &str) {
    let expected = match expected {
        "none" => refused(
            403,
            "MissingAuthenticationTokenException",
            r#"{"message":"Missing Authentication Token"}"#,
        ),
        route => ok(&format!("{verb} {route}")),
    };
    check(api, call(verb, path), &expected, "").await;
}

#[tokio::test]
async fn the_most_specific_resource_answers() {
    let api = routes(&[
        ("/", &["GET"]),
        ("/pets", &["GET"]),
        ("/pets/{id}", &["GET", "PUT"]),
        ("/pets/{id}/toys/{toy}", &["GET"]),
        ("/pets/new", &["GET"]),
        ("/pets/{proxy+}", &["DELETE", "GET"]),
        ("/{proxy+}", &["ANY"]),
    ]);
    for (verb, path, route) in [
        ("GET", "/", "/ {}"),
        ("GET", "", "/ {}"),
        ("GET", "/pets", "/pets {}"),
        ("GET", "/pets/", "/pets {}"),
        ("GET", "//pets", "/pets {}"),
        ("GET", "/pets/new", "/pets/new {}"),
        ("GET", "/pets/7", "/pets/{id} {id=7}"),
        ("PUT", "/pets/7", "/pets/{id} {id=7}"),
        // Only a greedy resource stands in for a verb that the most specific one lacks.
        ("PUT", "/pets/new", "/{proxy+} {proxy=pets/new}"),
        ("DELETE", "/pets/7", "/pets/{proxy+} {proxy=7}"),
        ("PATCH", "/pets/7", "/{proxy+} {proxy=pets/7}"),
        ("GET", "/pets/7/toys/9", "/pets/{id}/toys/{toy} {id=7, toy=9}"),
        ("GET", "/pets/7/toys", "/pets/{proxy+} {proxy=7/toys}"),
        // A literal that leads nowhere does not hide the parameter beside it.
        ("GET", "/pets/new/toys/1", "/pets/{id}/toys/{toy} {id=new, toy=1}"),
        ("POST", "/", "none"),
    ] {
        check_route(&api, verb, path, route).await;
    }
}

#[tokio::test]
async fn a_path_or_a_verb_that_is_not_there_is_a_missing_token() {
    let api = routes(&[("/pets", &["GET"]), ("/pets/{id}", &["ANY"]), ("/empty", &[])]);
    for (verb, path) in [
        ("GET", "/"),
        ("GET", "/cats"),
        ("POST", "/pets"),
        ("GET", "/PETS"),
        ("GET", "/pets/1/2"),
        ("GET", "/empty"),
        ("GET", "/pets%2F1"),
        ("GET", "/{id}"),
    ] {
        check_route(&api, verb, path, "none").await;
    }
}

#[tokio::test]
async fn path_parameters_are_decoded() {
    let api = routes(&[("/pets/{id}", &["GET"]), ("/files/{path+}", &["GET"])]);
    for (path, route) in [
        ("/pets/a%20b", "/pets/{id} {id=a b}"),
        ("/pets/a+b", "/pets/{id} {id=a+b}"),
        ("/pets/%E2%9C%93", "/pets/{id} {id=✓}"),
        ("/pets/a%2Fb", "/pets/{id} {id=a/b}"),
        ("/pets/100%", "/pets/{id} {id=100%}"),
        ("/pets/%FF", "/pets/{id} {id=\u{fffd}}"),
        ("/p%65ts/1", "/pets/{id} {id=1}"),
        ("/files/a//b/c/", "/files/{path+} {path=a//b/c}"),
    ] {
        check_route(&api, "GET", path, route).await;
    }
}

#[tokio::test]
async fn a_header_overrides_the_verb() {
    let api = routes(&[("/pets", &["PATCH"])]);
    let override_by = |verb| call("POST", "/pets").header("x-http-method-override", verb);
    check(&api, override_by("patch"), &ok("PATCH /pets {}"), "").await;
    let api = routes(&[("/pets", &["ANY"])]);
    check(&api, override_by("no verb"), &ok("POST /pets {}"), "").await;
}

#[tokio::test]
async fn an_api_without_methods_answers_nothing() {
    check_route(&api(json!({})), "GET", "/", "none").await;
}

#[tokio::test]
async fn a_method_without_an_integration_is_a_fault() {
    let api = api(json!({"/": {"GET": {}}}));
    check(&api, get("/"), super::harness::INTERNAL, "the method has no integration").await;
}

#[tokio::test]
async fn each_stage_is_served_as_it_is() {
    let plane = api(json!({})).plane();
    let stages: Vec<_> =
        (0..100).map(|n| routes(&[(&format!("/{n}"), &["GET"])]).served()).collect();
    for _ in 0..2 {
        for (n, stage) in stages.iter().enumerate() {
            let own = plane.answer(stage, get(&format!("/{n}")).incoming()).await;
            assert_eq!(own.body(), &format!("GET /{n} {{}}"));
            let other = plane.answer(stage, get(&format!("/{}", n + 1)).incoming()).await;
            assert_eq!(other.status(), 403);
        }
    }
}
