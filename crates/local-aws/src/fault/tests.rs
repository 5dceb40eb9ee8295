use hyper::Request;
use hyper::http::request::Parts;
use serde_json::Value;

use super::*;

fn injector(seed: u64, rules: &[&str]) -> Injector {
    let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    Injector::new(&Faults { rules, seed })
}

/// Which of so many calls of PutItem are struck.
fn struck(injector: &Injector, calls: u32) -> Vec<u32> {
    let strikes = |_: &u32| injector.strike("dynamodb", Some("PutItem")).is_some();
    (0..calls).filter(strikes).collect()
}

fn check_refused(rule: &str, message: &str) {
    assert_eq!(rule.parse::<Fault>().unwrap_err().to_string(), message);
}

/// A request as `METHOD path` with headers.
fn head(line: &str, headers: &[(&str, &str)]) -> Parts {
    let (method, uri) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn check_answer(rule: &str, head: &Parts, status: u16, expected: &[&str]) -> Response {
    let (parts, body) = rule.parse::<Fault>().unwrap().answer(head).into_parts();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert_eq!(parts.status, status, "{body}");
    for part in expected {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    Response { head: parts, body }
}

struct Response {
    head: hyper::http::response::Parts,
    body: String,
}

#[test]
fn a_rule_is_written_as_it_is_read() {
    for rule in [
        "dynamodb:PutItem=throttle@10%",
        "sqs:*=lost@100%",
        "lambda:Invoke=error@0.01%",
        "s3:PutObject=throttle@12.5%",
        "states:StartExecution=error@99.99%",
    ] {
        assert_eq!(rule.parse::<Fault>().unwrap().to_string(), rule);
    }
    assert_eq!("sqs:*=lost@5.50%".parse::<Fault>().unwrap().to_string(), "sqs:*=lost@5.5%");
}

#[test]
fn what_is_no_rule_is_refused_with_the_field_its_rule_and_its_value() {
    for rule in ["", "dynamodb", "dynamodb:PutItem", "PutItem=error@1%", "sqs:*=error"] {
        check_refused(
            rule,
            &format!("a rule must be SERVICE:OPERATION=FAULT@PERCENT%; got {rule:?}"),
        );
    }
    check_refused(
        "DynamoDB:PutItem=error@1%",
        "SERVICE must be one of dynamodb, events, kinesis, kms, lambda, logs, s3, secretsmanager, sns, \
         sqs, ssm, states; got \"DynamoDB\"",
    );
    for operation in ["", "putItem", "Put*", "Put Item"] {
        check_refused(
            &format!("dynamodb:{operation}=error@1%"),
            &format!(
                "OPERATION must be * or the name of an operation, such as PutItem; got {operation:?}"
            ),
        );
    }
    check_refused(
        "lambda:GetFunction=error@1%",
        "OPERATION of lambda must be * or one of Invoke; got \"GetFunction\"",
    );
    check_refused("sqs:SendMessage=slow@1%", "FAULT must be throttle, error or lost; got \"slow\"");
    for percent in
        ["", "%", "10", "0%", "0.001%", "100.01%", "-1%", "+1%", "1e1%", "1.%", ".5%", "65536%"]
    {
        check_refused(
            &format!("sqs:SendMessage=error@{percent}"),
            &format!(
                "PERCENT must be 0.01 to 100 with at most two decimals, and end with %; got {percent:?}"
            ),
        );
    }
}

#[test]
fn a_rule_is_about_the_calls_that_it_names_alone() {
    let injector = injector(0, &["dynamodb:PutItem=error@100%", "sqs:*=error@100%"]);
    for (service, operation, is_struck) in [
        ("dynamodb", Some("PutItem"), true),
        ("dynamodb", Some("GetItem"), false),
        ("dynamodb", None, false),
        ("kinesis", Some("PutItem"), false),
        ("sqs", Some("SendMessage"), true),
        ("sqs", None, true),
        ("lambda", Some("Invoke"), false),
    ] {
        let fault = injector.strike(service, operation);
        assert_eq!(fault.is_some(), is_struck, "{service} {operation:?}");
    }
    assert!(injector.concerns("sqs") && !injector.concerns("lambda"));
}

#[test]
fn the_share_of_calls_that_are_struck_is_the_percentage() {
    for (rule, least, most) in [
        ("dynamodb:PutItem=error@1%", 800, 1200),
        ("dynamodb:PutItem=error@10%", 9_600, 10_400),
        ("dynamodb:PutItem=lost@50%", 49_000, 51_000),
        ("dynamodb:PutItem=throttle@100%", 100_000, 100_000),
    ] {
        let struck = struck(&injector(0, &[rule]), 100_000).len();
        assert!((least..=most).contains(&struck), "{rule}: {struck}");
    }
}

#[test]
fn which_calls_are_struck_follows_from_the_seed() {
    let rule = ["dynamodb:PutItem=throttle@10%"];
    let first = struck(&injector(0, &rule), 100);
    // Written down, so that a new version goes on with what campaigns were told.
    assert_eq!(first, [23, 51, 83]);
    assert_eq!(struck(&injector(0, &rule), 100), first);
    assert_ne!(struck(&injector(1, &rule), 100), first);
}

#[test]
fn a_higher_percentage_strikes_the_same_calls_and_more() {
    let few = struck(&injector(7, &["dynamodb:PutItem=lost@5%"]), 1000);
    let many = struck(&injector(7, &["dynamodb:PutItem=lost@20%"]), 1000);
    assert!(few.iter().all(|call| many.contains(call)) && many.len() > few.len());
}

#[test]
fn rules_know_nothing_of_each_other_and_the_first_has_its_way() {
    let alone = struck(&injector(3, &["dynamodb:PutItem=lost@10%"]), 1000);
    let both = injector(3, &["dynamodb:PutItem=lost@10%", "dynamodb:*=throttle@50%"]);
    let lost = |_: &u32| {
        let fault = both.strike("dynamodb", Some("PutItem"));
        fault.is_some_and(|fault| fault.kind() == Kind::Lost)
    };
    assert_eq!((0..1000).filter(lost).collect::<Vec<_>>(), alone);
}

#[test]
fn faults_are_kept_as_they_were_given() {
    let text = r#"{"rules":["dynamodb:PutItem=throttle@10%"],"seed":4}"#;
    let faults: Faults = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&faults).unwrap(), text);
    serde_json::from_str::<Faults>(&text.replace("10%", "10")).unwrap_err();
}

#[test]
fn json_services_name_the_exception_in_the_body() {
    let target = ("x-amz-target", "DynamoDB_20120810.PutItem");
    let head = head("POST /", &[target, ("content-type", "application/x-amz-json-1.1")]);
    let answer = check_answer("dynamodb:*=throttle@1%", &head, 400, &[]);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let kind = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
    assert_eq!(body["__type"], kind);
    assert_eq!(answer.head.headers["content-type"], "application/x-amz-json-1.1");
    check_answer("dynamodb:*=error@1%", &head, 500, &["#InternalServerError"]);
    check_answer("dynamodb:*=lost@1%", &head, 500, &["#InternalServerError"]);
    let answer = check_answer("sqs:*=throttle@1%", &head, 400, &["sqs#RequestThrottled"]);
    assert_eq!(answer.head.headers["x-amzn-query-error"], "RequestThrottled;Sender");
}

#[test]
fn lambda_names_the_exception_in_a_header() {
    let head = head("POST /2015-03-31/functions/f/invocations", &[]);
    let answer = check_answer("lambda:*=throttle@1%", &head, 429, &["CallerRateLimitExceeded"]);
    assert_eq!(answer.head.headers["x-amzn-errortype"], "TooManyRequestsException");
    let answer = check_answer("lambda:*=error@1%", &head, 500, &[r#""Type":"Service""#]);
    assert_eq!(answer.head.headers["x-amzn-errortype"], "ServiceException");
}

#[test]
fn forms_and_s3_are_answered_in_xml() {
    let form = head("POST /", &[("content-type", "application/x-www-form-urlencoded")]);
    let sqs = ["<ErrorResponse>", "<Type>Sender</Type><Code>RequestThrottled</Code>"];
    check_answer("sqs:*=throttle@1%", &form, 400, &sqs);
    check_answer(
        "sns:*=error@1%",
        &form,
        500,
        &["<Type>Receiver</Type><Code>InternalError</Code>"],
    );
    let put = head("PUT /bucket/key", &[]);
    check_answer("s3:*=throttle@1%", &put, 503, &["<Error><Code>SlowDown</Code>"]);
}

#[test]
fn operations_of_rest_services_are_told_by_method_and_path() {
    for (service, line, operation) in [
        ("lambda", "POST /2015-03-31/functions/f/invocations?Qualifier=live", Some("Invoke")),
        ("lambda", "GET /2015-03-31/functions/f", None),
        ("s3", "PUT /bucket/a/key", Some("PutObject")),
        ("s3", "GET /bucket/key", Some("GetObject")),
        ("s3", "DELETE /bucket/key", Some("DeleteObject")),
        ("s3", "PUT /bucket", None),
        ("s3", "GET /bucket/", None),
        ("s3", "PUT /bucket/key?tagging", None),
        ("dynamodb", "POST /", None),
    ] {
        assert_eq!(rest_operation(service, &head(line, &[])), operation, "{service} {line}");
    }
    let copy = head("PUT /bucket/key", &[("x-amz-copy-source", "/bucket/other")]);
    assert_eq!(rest_operation("s3", &copy), None);
}
