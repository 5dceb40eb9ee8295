//! Bad requests and their exact answers. None of them reaches the table.

use crate::call::{Call, ask, post};
use order_api::testing::Memory;
use serde_json::{Value, json};

const OPERATIONS: &str = "create, read, update, delete, list, echo, ping";

#[track_caller]
fn refused(call: Call, status: u16, expected: Value) {
    let memory = Memory::default();
    let answer = call.send(&memory);
    assert_eq!((answer.status, answer.json()), (status, expected));
    assert_eq!(answer.metrics["RequestsRefused"], 1);
    assert!(answer.metrics["TableDuration"].is_null(), "the table was asked");
    assert!(answer.text.len() < 2_000, "an answer of {} bytes", answer.text.len());
}

/// Sends `body` and expects 400 with this message.
#[track_caller]
fn check(body: &str, message: &str) {
    refused(post(body), 400, json!({ "message": message }));
}

/// Sends an operation with `payload` and expects 400 with this message.
#[track_caller]
fn wrong(operation: &str, payload: &str, message: &str) {
    refused(ask(operation, payload), 400, json!({ "message": message }));
}

#[test]
fn a_body_that_cannot_be_read_is_named() {
    let missing = "body is missing; it must be a JSON object with operation and payload";
    check("", missing);
    check(" \r\n", missing);
    refused(post("").without_body(), 400, json!({ "message": missing }));
    check("{", "body is not valid JSON at line 1, column 1");
    check("{\n  'operation': 1}", "body is not valid JSON at line 2, column 3");
    check(r#"{"operation":"ping"}}"#, "body is not valid JSON at line 1, column 21");
    check(r#"{"operation":NaN}"#, "body is not valid JSON at line 1, column 14");
    check("operation=ping", "body is not valid JSON at line 1, column 1");
    check("[]", "body must be a JSON object, not an array");
    check("null", "body must be a JSON object, not null");
    check("\"ping\"", "body must be a JSON object, not a string");
    check(" 12", "body must be a JSON object, not a number");
    check("true", "body must be a JSON object, not true or false");
    check(r#"{"\ud800":1}"#, "body has a name that is not valid Unicode");
    refused(post("/w==").encoded(), 400, json!({ "message": "body is not valid UTF-8" }));
    let message = "body is marked as base64 and is not";
    refused(post("{}").encoded(), 400, json!({ "message": message }));
}

#[test]
fn an_operation_is_one_of_those_there_are() {
    let rule = format!("must be one of {OPERATIONS}");
    check("{}", &format!("operation is missing; it {rule}"));
    for received in ["\"drop\"", "\"CREATE\"", "\"\"", "\"ping \"", "null", "1", "[\"ping\"]", "{}"]
    {
        let body = format!(r#"{{"operation":{received}}}"#);
        check(&body, &format!("operation {rule}; received {received}"));
    }
    check(r#"{"operation":"\udc00"}"#, &format!("operation {rule}; received \"\\udc00\""));
    let long = format!("\"{}\"", "x".repeat(100_000));
    let body = format!(r#"{{"operation":{long}}}"#);
    check(&body, &format!("operation {rule}; received \"{}…", "x".repeat(63)));
    check(r#"{"operation":"ping","operation":"ping"}"#, "operation is given more than once");
    check(
        r#"{"operation":"ping","table":"x"}"#,
        "table is not known here; allowed: operation, payload, tableName",
    );
    check(
        r#"{"operation":"ping","a\"b":"x"}"#,
        r#"["a\"b"] is not known here; allowed: operation, payload, tableName"#,
    );
}

#[test]
fn another_table_is_forbidden() {
    let rule = "tableName must be order-microservice-db or left out; received";
    for name in ["other", "", "shop-orders ", "../shop-orders", "SHOP-ORDERS"] {
        let body = json!({ "operation": "list", "tableName": name, "payload": {} });
        let message = format!("{rule} {}", json!(name));
        refused(post(body.to_string()), 403, json!({ "message": message }));
    }
    let body = r#"{"operation":"drop","tableName":"other","payload":[]}"#;
    refused(post(body), 403, json!({ "message": format!("{rule} \"other\"") }));
    check(r#"{"operation":"ping","tableName":7}"#, "tableName must be a string; received 7");
    check(r#"{"operation":"ping","tableName":null}"#, "tableName must be a string; received null");
}

#[test]
fn a_payload_takes_what_its_operation_takes() {
    wrong("create", "[]", "payload must be a JSON object, not an array");
    wrong("list", "null", "payload must be a JSON object, not null");
    wrong("read", "\"id\"", "payload must be a JSON object, not a string");
    check(r#"{"operation":"create"}"#, "payload.Item is missing");
    check(r#"{"operation":"read"}"#, "payload.Key is missing");
    wrong("delete", "{}", "payload.Key is missing");
    wrong("update", r#"{"Key":{"id":"a"}}"#, "payload.UpdateExpression is missing");
    wrong(
        "read",
        r#"{"Key":{"id":"a"},"UpdateExpression":"SET a = :a"}"#,
        "payload.UpdateExpression is not known here; allowed: Key, ProjectionExpression, \
         ExpressionAttributeNames, ConsistentRead",
    );
    wrong(
        "create",
        r#"{"Item":{"id":"a"},"TableName":"x"}"#,
        "payload.TableName is not known here; allowed: Item, ConditionExpression, \
         ExpressionAttributeNames, ExpressionAttributeValues, ReturnValues",
    );
    wrong(
        "update",
        r#"{"Key":{"id":"a"},"UpdateExpression":"REMOVE a","Item":{}}"#,
        "payload.Item is not known here; allowed: Key, UpdateExpression, ConditionExpression, \
         ExpressionAttributeNames, ExpressionAttributeValues, ReturnValues",
    );
    wrong(
        "delete",
        r#"{"Key":{"id":"a"},"Limit":1}"#,
        "payload.Limit is not known here; allowed: Key, ConditionExpression, \
         ExpressionAttributeNames, ExpressionAttributeValues, ReturnValues",
    );
    wrong(
        "list",
        r#"{"limit":1}"#,
        "payload.limit is not known here; allowed: Limit, ExclusiveStartKey, FilterExpression, \
         ProjectionExpression, ExpressionAttributeNames, ExpressionAttributeValues, ConsistentRead",
    );
    wrong("read", r#"{"Key":{"id":"a"},"Key":{"id":"a"}}"#, "payload.Key is given more than once");
}

#[test]
fn a_key_is_the_tables() {
    wrong("read", r#"{"Key":{}}"#, "payload.Key.id is missing");
    wrong("read", r#"{"Key":"a"}"#, "payload.Key must be an object; received \"a\"");
    wrong("read", r#"{"Key":null}"#, "payload.Key must be an object; received null");
    let rule = "must be a string of 1 to 2,048 bytes";
    for id in ["1", "null", "\"\"", "[]", "true"] {
        let payload = format!(r#"{{"Key":{{"id":{id}}}}}"#);
        wrong("delete", &payload, &format!("payload.Key.id {rule}"));
        let payload = format!(r#"{{"Item":{{"id":{id}}}}}"#);
        wrong("create", &payload, &format!("payload.Item.id {rule}"));
    }
    let payload = format!(r#"{{"Key":{{"id":"{}"}}}}"#, "é".repeat(1025));
    wrong("read", &payload, &format!("payload.Key.id {rule}"));
    wrong(
        "read",
        r#"{"Key":{"id":"a","sort":1}}"#,
        "payload.Key.sort is no part of the key, which is id",
    );
    wrong("create", r#"{"Item":{"price":1}}"#, "payload.Item.id is missing");
    wrong("list", r#"{"ExclusiveStartKey":{}}"#, "payload.ExclusiveStartKey.id is missing");
    wrong(
        "list",
        r#"{"ExclusiveStartKey":"a"}"#,
        "payload.ExclusiveStartKey must be an object; received \"a\"",
    );
}

#[test]
fn an_item_is_what_dynamodb_takes() {
    wrong(
        "create",
        r#"{"Item":{"id":"a","items":[{"price":1E+126}]}}"#,
        "payload.Item.items[0].price must be zero or from 1E-130 to \
         9.9999999999999999999999999999999999999E+125 in size; received 1E+126",
    );
    wrong(
        "create",
        r#"{"Item":{"id":"a","n":123456789012345678901234567890123456789}}"#,
        "payload.Item.n must have at most 38 significant digits; \
         received 123456789012345678901234567890123456789",
    );
    wrong(
        "create",
        r#"{"Item":{"id":"a","a":1,"a":2}}"#,
        "payload.Item must not have a name twice; received \"a\"",
    );
    wrong(
        "create",
        r#"{"Item":{"id":"a","a.b":{"":1}}}"#,
        "payload.Item[\"a.b\"] must have names of 1 to 65,535 bytes; received \"\"",
    );
    wrong(
        "create",
        r#"{"Item":{"id":"a","x":["\ud800"]}}"#,
        "payload.Item.x[0] is not valid Unicode",
    );
    let item = format!(r#"{{"Item":{{"id":"a","x":{}1{}}}}}"#, "[".repeat(40), "]".repeat(40));
    let path = format!("payload.Item.x{}", "[0]".repeat(32));
    let received = format!("{}1{}", "[".repeat(8), "]".repeat(8));
    let rule = "must not be nested more than 32 levels deep";
    wrong("create", &item, &format!("{path} {rule}; received {received}"));
    let item = format!(r#"{{"Item":{{"id":"a","x":"{}"}}}}"#, "x".repeat(409_600));
    let message = "payload.Item must have at most 409,600 bytes; received 409604";
    wrong("create", &item, message);
}

#[test]
fn expressions_and_their_placeholders_fit() {
    let key = r#""Key":{"id":"a"}"#;
    let update = |rest: &str| format!("{{{key},{rest}}}");
    wrong(
        "update",
        &update(r#""UpdateExpression":7"#),
        "payload.UpdateExpression must be a string; received 7",
    );
    for empty in ["", " ", "\\n"] {
        wrong(
            "update",
            &update(&format!(r#""UpdateExpression":"{empty}""#)),
            "payload.UpdateExpression must not be empty",
        );
    }
    for (expression, problem) in [
        ("price = 1", r#"expects SET, REMOVE, ADD or DELETE; received "price""#),
        ("SET price", "expects = where it ends"),
        ("SET price = 1", r#"expects a path or a placeholder such as :value; received "1""#),
        ("REMOVE a, a", r#"writes "a" twice"#),
        ("SET 😀", r#"expects a path; received "😀""#),
    ] {
        wrong(
            "update",
            &update(&format!(r#""UpdateExpression":"{expression}""#)),
            &format!("payload.UpdateExpression {problem}"),
        );
    }
    let deep = format!("SET a = {}:a", "(".repeat(1_000_000));
    wrong(
        "update",
        &update(&format!(r#""UpdateExpression":"{deep}","ExpressionAttributeValues":{{}}"#)),
        "payload.UpdateExpression must be at most 4,096 bytes long, not 1000010",
    );
    let deep = format!("SET a = {}", "(".repeat(4_088));
    wrong(
        "update",
        &update(&format!(r#""UpdateExpression":"{deep}""#)),
        "payload.UpdateExpression expects a path or a placeholder such as :value where it ends",
    );
    wrong(
        "list",
        r#"{"ProjectionExpression":"a,,b"}"#,
        r#"payload.ProjectionExpression expects a path; received ",""#,
    );
    for (key, names) in [("id", ""), ("#i", r##","ExpressionAttributeNames":{"#i":"id"}"##)] {
        wrong(
            "update",
            &update(&format!(r#""UpdateExpression":"REMOVE a, {key}"{names}"#)),
            "payload.UpdateExpression must not write id, which is the key",
        );
    }
    wrong(
        "delete",
        &update(r#""ConditionExpression":"""#),
        "payload.ConditionExpression must not be empty",
    );
    wrong(
        "update",
        &update(r#""UpdateExpression":"\ud800""#),
        "payload.UpdateExpression is not valid Unicode; received \"\\ud800\"",
    );
    wrong(
        "update",
        &update(r#""UpdateExpression":"SET price = :p""#),
        "payload.UpdateExpression uses \":p\", which ExpressionAttributeValues does not define",
    );
    wrong(
        "read",
        &update(r##""ProjectionExpression":"#p""##),
        "payload.ProjectionExpression uses \"#p\", which ExpressionAttributeNames does not define",
    );
    wrong(
        "update",
        &update(r#""UpdateExpression":"REMOVE a","ExpressionAttributeValues":{":p":1}"#),
        "payload.ExpressionAttributeValues[\":p\"] is used in no expression",
    );
    wrong(
        "list",
        r##"{"ExpressionAttributeNames":{"#a":"a"}}"##,
        "payload.ExpressionAttributeNames[\"#a\"] is used in no expression",
    );
    wrong(
        "update",
        &update(r#""UpdateExpression":"REMOVE a","ExpressionAttributeValues":{"p":1}"#),
        "payload.ExpressionAttributeValues.p must be : and letters, digits or underscores",
    );
    wrong(
        "read",
        &update(r#""ProjectionExpression":"a","ExpressionAttributeNames":{"a":"b"}"#),
        "payload.ExpressionAttributeNames.a must be # and letters, digits or underscores",
    );
    for name in ["1", "\"\"", "null", "{}"] {
        wrong(
            "read",
            &update(&format!(
                r##""ProjectionExpression":"#a","ExpressionAttributeNames":{{"#a":{name}}}"##
            )),
            "payload.ExpressionAttributeNames[\"#a\"] must be the name of an attribute, a string",
        );
    }
    wrong(
        "list",
        r#"{"FilterExpression":"a = :a","ExpressionAttributeValues":{":a":[1E-131]}}"#,
        "payload.ExpressionAttributeValues[\":a\"][0] must be zero or from 1E-130 to \
         9.9999999999999999999999999999999999999E+125 in size; received 1E-131",
    );
    wrong(
        "list",
        r#"{"FilterExpression":"a = :a","ExpressionAttributeValues":[]}"#,
        "payload.ExpressionAttributeValues must be an object; received []",
    );
}

#[test]
fn values_that_are_chosen_from_few_are_named_with_all_of_them() {
    let rule = "payload.ReturnValues must be one of NONE, ALL_OLD; received";
    for received in ["\"ALL_NEW\"", "\"all_old\"", "null", "7", "\"\\ud800\""] {
        let rest = format!(r#""ReturnValues":{received}"#);
        wrong(
            "create",
            &format!(r#"{{"Item":{{"id":"a"}},{rest}}}"#),
            &format!("{rule} {received}"),
        );
        wrong(
            "delete",
            &format!(r#"{{"Key":{{"id":"a"}},{rest}}}"#),
            &format!("{rule} {received}"),
        );
    }
    wrong(
        "update",
        r#"{"Key":{"id":"a"},"UpdateExpression":"REMOVE a","ReturnValues":"ALL"}"#,
        "payload.ReturnValues must be one of NONE, ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATED_NEW; \
         received \"ALL\"",
    );
    for limit in ["0", "-1", "1001", "1.0", "1.5", "1e2", "\"1\"", "null", "99999999999999999999"] {
        let message =
            format!("payload.Limit must be a whole number from 1 to 1000; received {limit}");
        wrong("list", &format!(r#"{{"Limit":{limit}}}"#), &message);
    }
    for flag in ["\"true\"", "1", "null", "[]"] {
        let message = format!("payload.ConsistentRead must be true or false; received {flag}");
        wrong("list", &format!(r#"{{"ConsistentRead":{flag}}}"#), &message);
        let payload = format!(r#"{{"Key":{{"id":"a"}},"ConsistentRead":{flag}}}"#);
        wrong("read", &payload, &message);
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let body = r#"{"operation":"update","x":1,"payload":{
        "Key":{"id":1,"b":2},"UpdateExpression":"","ReturnValues":"SOME","Limit":1}}"#;
    let allowed = "allowed: Key, UpdateExpression, ConditionExpression, ExpressionAttributeNames, \
                   ExpressionAttributeValues, ReturnValues";
    let errors = json!({
        "x": "is not known here; allowed: operation, payload, tableName",
        "payload.Key.id": "must be a string of 1 to 2,048 bytes",
        "payload.Key.b": "is no part of the key, which is id",
        "payload.UpdateExpression": "must not be empty",
        "payload.ReturnValues":
            "must be one of NONE, ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATED_NEW; received \"SOME\"",
        "payload.Limit": format!("is not known here; {allowed}"),
    });
    refused(post(body), 400, json!({ "message": "6 parameters are wrong", "errors": errors }));
}

#[test]
fn an_idempotency_key_is_visible_ascii_and_given_once() {
    let ping = || ask("ping", "{}");
    let rule = "Idempotency-Key must be 1 to 255 visible ASCII characters";
    let long = "x".repeat(256);
    for key in ["", " ", "a b", "a\tb", "ключ", "é", long.as_str()] {
        let call = ping().header("idempotency-key", key);
        refused(call, 400, json!({ "message": rule }));
    }
    let twice = ping().header("Idempotency-Key", "a").header("Idempotency-Key", "a");
    refused(twice, 400, json!({ "message": "Idempotency-Key is given more than once" }));
    let twice = ping().header("Idempotency-Key", "a").header("idempotency-key", "b");
    refused(twice, 400, json!({ "message": "Idempotency-Key is given more than once" }));
}

#[test]
fn what_dynamodb_refuses_is_refused_in_its_words() {
    let memory = Memory::default();
    let payload = r#"{"Key":{"id":"a"},"ConditionExpression":"price ="}"#;
    let message = r#"{"message":"the double knows no such condition"}"#;
    ask("delete", payload).send(&memory).is(400, message);
}
