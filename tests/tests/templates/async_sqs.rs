//! What the templates of `async-sqs` promise for any text: a body is the one value of one parameter on
//! its way to SQS, and every id, name and reason stays the value that it is to DynamoDB and back.

use std::borrow::Cow;

use mapping_template::{MappingTemplate, Parameters, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::any_text::{self, for_any, read, rendered, structure, text};

const TIME: &str = "2026-11-20T09:00:00.001Z";

fn template(name: &str) -> MappingTemplate {
    any_text::template("async-sqs", name)
}

/// A request with this body, and with text wherever else a client can put some.
fn request(body: &str, elsewhere: &str) -> Request {
    let pairs = || vec![(elsewhere.into(), elsewhere.into()), ("Action".into(), elsewhere.into())];
    let parameters = Parameters { path: pairs(), querystring: pairs(), header: pairs() };
    Request { body: body.into(), parameters: parameters.into(), ..Request::default() }
}

/// A request for what has an id.
fn request_for(parameter: &str, id: &str) -> Request {
    let path = vec![(parameter.into(), id.into())];
    let parameters = Parameters { path, ..Parameters::default() };
    Request { parameters: parameters.into(), ..Request::default() }
}

fn answer(template: &MappingTemplate, answer: &Value) -> String {
    let body = answer.to_string().into();
    rendered(template, &Request { body, ..Request::default() }).text
}

/// Any text, and users as clients write them. One in a hundred is larger than most.
fn body() -> impl Strategy<Value = String> {
    let user = (text(), text())
        .prop_map(|(name, email)| json!({"name": name, "email": email}).to_string());
    let large = text().prop_map(|text| text.chars().cycle().take(100_000).collect());
    prop_oneof![50 => text(), 49 => user, 1 => large]
}

#[test]
fn any_body_goes_to_the_queue_byte_for_byte_and_alone() {
    let send = template("create_user.request");
    for_any(10_000, (body(), text()), |(body, elsewhere)| {
        let sent = rendered(&send, &request(&body, &elsewhere));
        assert!(sent.overrides.is_empty());
        let form = sent.text;
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_.*+%&=".contains(c);
        assert!(form.chars().all(is_safe), "{form}");
        assert_eq!(form.matches(['&', '=']).count(), 3, "{form}");
        let parameters: Vec<_> = form_urlencoded::parse(form.as_bytes()).collect();
        let expected = [("Action", "SendMessage"), ("MessageBody", &body)];
        let expected = expected.map(|(name, value)| (Cow::from(name), Cow::from(value)));
        assert_eq!(parameters, expected);
    });
}

#[test]
fn any_id_is_looked_up_as_it_is() {
    let (status, user) = (template("get_status.request"), template("get_user.request"));
    let query = |id: &str| rendered(&status, &request_for("messageID", id)).text;
    let get = |id: &str| rendered(&user, &request_for("userID", id)).text;
    let (plain_query, plain_get) = (structure(&query("i")), structure(&get("i")));
    for_any(10_000, text(), |id| {
        let (query, get) = (query(&id), get(&id));
        assert_eq!((structure(&query), structure(&get)), (plain_query.clone(), plain_get.clone()));
        let expected = json!({
            "TableName": "",
            "IndexName": "SQSMessageID-index",
            "KeyConditionExpression": "SQSMessageID = :messageID",
            "ExpressionAttributeValues": {":messageID": {"S": id}},
            "Limit": 1,
        });
        assert_eq!(read(&query), expected);
        let expected = json!({"TableName": "", "Key": {"ID": {"S": id}}, "ConsistentRead": true});
        assert_eq!(read(&get), expected);
    });
}

#[test]
fn any_text_that_is_stored_is_read_as_it_is() {
    let (status, user) = (template("get_status.response"), template("get_user.response"));
    let found = |item: Value| answer(&status, &json!({"Items": [item], "Count": 1}));
    let stored = |[id, name, email]: [&str; 3]| {
        let item = json!({
            "ID": {"S": id},
            "Name": {"S": name},
            "Email": {"S": email},
            "CreatedAt": {"S": TIME},
            "SQSMessageID": {"S": id},
        });
        answer(&user, &json!({"Item": item}))
    };
    let done = |id: &str| found(json!({"ID": {"S": id}}));
    let failed = |id: &str, reason: &str| found(json!({"ID": {"S": id}, "Reason": {"S": reason}}));
    let plain_user = structure(&stored(["i", "n", "e"]));
    let (plain_done, plain_failed) = (structure(&done("i")), structure(&failed("i", "r")));

    for_any(10_000, (text(), text(), text()), |(id, name, email)| {
        let user = stored([&id, &name, &email]);
        assert_eq!(structure(&user), plain_user);
        let expected = json!({"ID": id, "name": name, "email": email, "createdAt": TIME});
        assert_eq!(read(&user), expected);

        let (done, failed) = (done(&id), failed(&id, &name));
        assert_eq!(
            (structure(&done), structure(&failed)),
            (plain_done.clone(), plain_failed.clone())
        );
        assert_eq!(read(&done), json!({"status": "done", "userID": id}));
        assert_eq!(read(&failed), json!({"status": "failed", "reason": name}));
    });
}
