//! What the templates of `dynamo-proxy` promise for any text: it stays the value that it is on its way
//! to DynamoDB and back, and a token leads on in its own page or nowhere.

use std::fs;

use mapping_template::{JsonObject, MappingTemplate, Parameters, Request};
use proptest::prelude::*;
use serde_json::{Value, json};
use spillway_tests::repository;

use crate::any_text::{self, for_any, read, rendered, structure, text};

const TIME: &str = "2026-11-20T09:00:00.001Z";

fn template(name: &str) -> MappingTemplate {
    any_text::template("dynamo-proxy", name)
}

/// A request for a page, with parameters in the query string.
fn request(page: &str, query: &[(&str, &str)], body: &Value) -> Request {
    let pair = |name: &str, value: &str| (name.into(), value.into());
    let querystring = query.iter().map(|(name, value)| pair(name, value)).collect();
    let path = vec![pair("pageId", page)];
    let parameters = Parameters { path, querystring, ..Parameters::default() };
    let body = body.to_string().into();
    Request { body, parameters: parameters.into(), ..Request::default() }
}

/// One in a hundred is as long as a message may be.
fn message() -> impl Strategy<Value = String> {
    let long = text().prop_map(|text| text.chars().cycle().take(100_000).collect());
    prop_oneof![99 => text(), 1 => long]
}

/// What a request says of itself.
fn context(id: &str) -> JsonObject {
    let context = json!({
        "requestId": id,
        "requestTime": "20/Nov/2026:09:00:00 +0000",
        "requestTimeEpoch": 1_795_165_200_001_u64,
    });
    context.as_object().unwrap().clone()
}

#[test]
fn any_text_is_stored_and_read_as_it_is() {
    let (create, list) = (template("create_comment.request"), template("list_comments.response"));
    let write = |[id, page, user, message]: [&str; 4]| {
        let body = json!({"pageId": page, "userName": user, "message": message});
        let request = request("", &[], &body);
        rendered(&create, &Request { context: context(id).into(), ..request }).text
    };
    let answer = |page: &str, item: &Value| {
        rendered(&list, &request(page, &[], &json!({"Items": [item], "Count": 1}))).text
    };
    let plain_write = structure(&write(["i", "p", "u", "m"]));
    let plain_answer = structure(&answer("p", &read(&write(["i", "p", "u", "m"]))["Item"]));

    for_any(10_000, (text(), text(), text(), message()), |(id, page, user, message)| {
        let written = write([&id, &page, &user, &message]);
        assert_eq!(structure(&written), plain_write);
        let item = json!({
            "commentId": {"S": id},
            "pageId": {"S": page},
            "userName": {"S": user},
            "message": {"S": message},
            "createdAt": {"S": TIME},
        });
        let expected = json!({
            "TableName": "",
            "Item": item,
            "ConditionExpression": "attribute_not_exists(commentId)",
        });
        assert_eq!(read(&written), expected);

        let answered = answer(&page, &item);
        assert_eq!(structure(&answered), plain_answer);
        let comment =
            json!({"commentId": id, "userName": user, "message": message, "createdAt": TIME});
        assert_eq!(read(&answered), json!({"comments": [comment]}));
    });
}

/// The token that a page ends with.
fn token(list: &MappingTemplate, page: &str, id: &str) -> String {
    let key = json!({"pageId": {"S": page}, "createdAt": {"S": TIME}, "commentId": {"S": id}});
    let body = json!({"Items": [], "LastEvaluatedKey": key});
    let answer = read(&rendered(list, &request(page, &[], &body)).text);
    answer["nextToken"].as_str().unwrap().to_owned()
}

/// What is asked of DynamoDB with a token, and what is answered if DynamoDB refuses that.
struct Judges {
    query: MappingTemplate,
    refusal: MappingTemplate,
}

impl Judges {
    fn new() -> Self {
        Self {
            query: template("list_comments.request"),
            refusal: template("list_comments.refusal"),
        }
    }

    #[track_caller]
    fn assert_refused(&self, page: &str, token: &str) {
        let body = json!({"__type": "com.amazonaws.dynamodb.v20120810#ValidationException"});
        let request = request(page, &[("nextToken", token)], &body);
        let query = read(&rendered(&self.query, &request).text);
        assert_eq!((&query["Limit"], &query["ExclusiveStartKey"]), (&json!(0), &Value::Null));
        let answer = rendered(&self.refusal, &request);
        assert_eq!(answer.overrides.status(), None, "the status of a refusal is 400");
        let message = read(&answer.text)["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("nextToken must be"), "{token}: {message}");
        assert!(message.ends_with(&format!("; got \"{token}\"")), "{token}: {message}");
    }
}

#[test]
fn a_token_leads_on_in_its_own_page_alone() {
    let (list, judges) = (template("list_comments.response"), Judges::new());
    for_any(10_000, (text(), text(), text()), |(page, other, id)| {
        let token = token(&list, &page, &id);
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(token.chars().all(is_safe), "{token}");
        let query = rendered(&judges.query, &request(&page, &[("nextToken", &token)], &json!({})));
        let key = json!({"pageId": {"S": page}, "createdAt": {"S": TIME}, "commentId": {"S": id}});
        assert_eq!(read(&query.text)["ExclusiveStartKey"], key);
        if other != page {
            judges.assert_refused(&other, &token);
        }
    });
}

#[test]
fn a_token_with_any_letter_changed_cut_or_added_is_refused() {
    let judges = Judges::new();
    // An id whose last letter in the token has bits to spare.
    let token = token(&template("list_comments.response"), "shop-1", "0b7f1d1e-6b7c-4a35-9d3f");
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=+/ ";
    for at in 0..token.len() {
        let (before, after) = (&token[..at], &token[at + 1..]);
        if at > 0 {
            judges.assert_refused("shop-1", before);
        }
        judges.assert_refused("shop-1", &format!("{before}{after}"));
        for letter in letters.chars() {
            judges.assert_refused("shop-1", &format!("{before}{letter}{}", &token[at..]));
            if !token[at..].starts_with(letter) {
                judges.assert_refused("shop-1", &format!("{before}{letter}{after}"));
            }
        }
    }
    for letter in letters.chars() {
        judges.assert_refused("shop-1", &format!("{token}{letter}"));
    }
}

#[test]
fn any_text_that_is_no_token_is_refused() {
    let judges = Judges::new();
    let like_a_token = "[A-Za-z0-9_-]{30,80}[.]-?[0-9]{1,10}[.]-?[0-9]{1,10}";
    for_any(2_000, prop_oneof![text(), like_a_token.prop_map(String::from)], |token| {
        judges.assert_refused("shop-1", &token);
    });
}

#[test]
fn a_request_for_a_page_and_its_refusal_judge_alike() {
    let judgement = |name: &str| {
        let file = repository().join(format!("modules/dynamo-proxy/templates/{name}.vtl"));
        let text = fs::read_to_string(file).unwrap();
        let (judgement, _) = text.split_once("## The end of the judgement.").unwrap();
        judgement[judgement.find("#set($pageId").unwrap()..].to_owned()
    };
    assert_eq!(judgement("list_comments.request"), judgement("list_comments.refusal"));
}
