//! What is answered, logged and measured when something else goes wrong than a value.

use crate::call::{Answer, Call, get};
use crate::submit::with;
use lambda_kit::logs::subscriber;
use lambda_kit::{CallError, Settings};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use submission_url::testing::{Always, Memory, Never};
use submission_url::{Error, SubmissionFlow, Verdict};

#[test]
fn a_flow_that_stores_what_is_not_whole_is_not_believed() {
    let memory = Memory::default();
    let flow = Always(|| Ok(Verdict::Stored { id: "x".to_owned() }));
    let answer = get("user_name=Ada&email=%").send(flow, &memory);
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["errors"],
        json!({ "email": "is not valid percent-encoding; received \"%\"", "pincode": "is missing" })
    );
}

/// Sends a good submission to a flow that fails, and expects an answer that tells nothing.
fn failed(error: impl Fn() -> Error, status: u16, message: &str) -> Answer {
    let memory = Memory::default();
    let answer = with("", "").send(Always(|| Err(error())), &memory);
    assert_eq!(answer.status, status);
    assert_eq!(answer.json(), json!({ "message": message }));
    assert_eq!(answer.metrics["FlowFailed"], 1);
    assert_eq!(answer.metrics["SubmissionsAccepted"], Value::Null);
    answer
}

#[test]
fn a_fault_behind_the_function_is_a_5xx_without_internals() {
    let execution = || "arn:aws:states:eu-west-1:123456789012:express:s:e:x".to_owned();
    let bad_gateway = "the request could not be processed; try again later";
    let late = "the request was not answered in time; try again";
    let busy = "too many requests at the moment; try again shortly";
    let source = || Box::new(std::io::Error::other("arn:aws:secret"));
    let failure = || Error::FlowFailed {
        execution: execution(),
        error: "States.TaskFailed".to_owned(),
        cause: "AccessDenied on arn:aws:dynamodb".to_owned(),
    };
    failed(failure, 502, bad_gateway);
    failed(|| Error::FlowOutput { execution: execution(), source: None }, 502, bad_gateway);
    failed(
        || CallError::Failed { service: "Step Functions", source: source() }.into(),
        502,
        bad_gateway,
    );
    failed(|| Error::FlowTimedOut { execution: execution() }, 504, late);
    failed(
        || CallError::TimedOut { service: "Step Functions", source: source() }.into(),
        504,
        late,
    );
    let answer = failed(
        || CallError::Throttled { service: "Step Functions", source: source() }.into(),
        503,
        busy,
    );
    assert_eq!(answer.headers["Retry-After"], "1");
}

#[test]
fn a_flow_that_does_not_answer_is_a_504_before_lambda_stops_the_function() {
    let answer = with("", "").send_until(SystemTime::now(), Never, Never);
    assert_eq!(answer.status, 504);
    assert_eq!(answer.metrics["FlowFailed"], 1);
}

/// What is logged while `call` is answered by this flow.
fn logged(call: Call, flow: impl SubmissionFlow) -> Vec<Value> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let subscriber = subscriber(&Settings::default(), move |line| {
        sink.lock().unwrap().push(serde_json::from_str(line).unwrap());
    });
    tracing::subscriber::with_default(subscriber, || call.send(flow, &Memory::default()));
    lines.lock().unwrap().clone()
}

#[test]
fn the_log_tells_each_outcome_and_nothing_of_the_person() {
    let memory = Memory::default();
    let good = "user_name=Ada&email=ada@example.com&pincode=12345";
    let lines = logged(get(good), &memory);
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["level"], &lines[0]["outcome"]), (&json!("INFO"), &json!("accepted")));
    let lines = logged(get("user_name=Ada&email=ada@example.org&pincode=9x9"), &memory);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["outcome"], "rejected");
    assert_eq!(lines[0]["fields"], "email,pincode");
    for text in ["Ada", "example", "9x9"] {
        assert!(!lines[0].to_string().contains(text));
    }
    let failure = || Error::FlowFailed {
        execution: "arn:execution".to_owned(),
        error: "States.TaskFailed".to_owned(),
        cause: "no such table".to_owned(),
    };
    let lines = logged(get(good), Always(move || Err(failure())));
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["level"], "ERROR");
    let text = "execution arn:execution failed with States.TaskFailed: no such table";
    assert_eq!(lines[0]["error"], text);
}

#[test]
fn only_the_root_and_two_methods_are_answered() {
    for (method, path, status) in [
        ("GET", "/favicon.ico", 404),
        ("PUT", "/other", 404),
        ("PUT", "/", 405),
        ("HEAD", "/", 405),
        ("DELETE", "", 405),
        ("OPTIONS", "/", 405),
    ] {
        let memory = Memory::default();
        let answer = with("", "").method(method).path(path).send(&memory, &memory);
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.json()["message"].is_string());
        let allow = answer.headers.get("Allow").map(String::as_str);
        assert_eq!(allow, (status == 405).then_some("GET, POST"), "{method} {path}");
        assert!(memory.submitted().is_empty());
    }
}

#[test]
fn no_answer_is_cached_or_sniffed() {
    let memory = Memory::default();
    for call in [
        with("", ""),
        get("email="),
        get(""),
        get("").path("/x"),
        get("").header("accept", "text/html"),
    ] {
        let answer = call.send(&memory, &memory);
        assert_eq!(answer.headers["Cache-Control"], "no-store");
        assert_eq!(answer.headers["X-Content-Type-Options"], "nosniff");
    }
}
