//! Whole templates of the kind that services need, as one would write them.

use mapping_template::Case;
use serde_json::{Value, json};

use crate::check::render;

fn output_of(case: &str) -> Value {
    let case = Case::from_json(case).expect("the case is well formed");
    let answer: Value = serde_json::from_str(&case.answer()).expect("an answer is JSON");
    let output = answer["output"].as_str().expect("it renders");
    serde_json::from_str(output).expect("it prints JSON")
}

#[test]
fn a_request_becomes_an_item_for_dynamodb() {
    let text = |text: &str| json!({ "S": text });
    assert_eq!(
        output_of(include_str!("../../benches/cases/put-item.json")),
        json!({
            "TableName": "comments",
            "ConditionExpression": "attribute_not_exists(commentId)",
            "Item": {
                "commentId": text("c6af9ac6-7b61-11e6-9a41-93e8deadbeef"),
                "pageId": text("home"),
                "userName": text("Ada O'Neil"),
                "message": text("It's the \"best\" page / I've read this week \u{2013} thanks!\nMore, please."),
                "rating": {"N": "5"},
                "tags": {"L": [text("news"), text("rust & aws"), text("long-read")]},
                "sourceIp": text("192.0.2.44"),
                "createdAt": {"N": "1795176000000"},
            }
        })
    );
}

#[test]
fn a_hundred_items_become_a_list() {
    let output = output_of(include_str!("../../benches/cases/response-loop.json"));
    assert_eq!(output["count"], 100);
    assert_eq!(output["comments"].as_array().map(Vec::len), Some(100));
    assert_eq!(
        output["comments"][99],
        json!({
            "id": "c-0099",
            "page": "home",
            "user": "O'User 99",
            "message": "Comment number 99: \"quoted\" text / with a slash and an apostrophe's worth of trouble.",
            "rating": 5,
        })
    );
}

#[test]
fn a_message_for_a_queue_is_a_form() {
    let template = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)\
        #foreach($name in $input.params().querystring.keySet())\
        &MessageAttribute.${foreach.count}.Name=$name\
        &MessageAttribute.${foreach.count}.Value.StringValue=$util.urlEncode($input.params($name))\
        #end";
    let request =
        r#"{"body": {"a": "b c"}, "params": {"querystring": {"source": "web app", "v": "2"}}}"#;
    assert_eq!(
        render(request, template),
        "Action=SendMessage&MessageBody=%7B%22a%22%3A%22b+c%22%7D\
        &MessageAttribute.1.Name=source&MessageAttribute.1.Value.StringValue=web+app\
        &MessageAttribute.2.Name=v&MessageAttribute.2.Value.StringValue=2"
    );
}

#[test]
fn everything_is_passed_to_a_function() {
    let template = r##"#set($all = $input.params())
{
  "body": $input.json('$'),
  "params": {
#foreach($type in $all.keySet())
    "$type": {#foreach($name in $all.get($type).keySet())"$name": "$util.escapeJavaScript($all.get($type).get($name))"#if($foreach.hasNext), #end#end}#if($foreach.hasNext),#end

#end
  },
  "stage": "$context.stage"
}"##;
    let request = r#"{
        "body": [1, {"a": null}],
        "params": {"path": {"id": "7"}, "header": {"Accept": "*/*", "X-Q": "say \"hi\""}},
        "context": {"stage": "test"}
    }"#;
    let output: Value = serde_json::from_str(&render(request, template)).expect("it prints JSON");
    assert_eq!(
        output,
        json!({
            "body": [1, {"a": null}],
            "params": {"path": {"id": "7"}, "querystring": {}, "header": {"Accept": "*/*", "X-Q": "say \"hi\""}},
            "stage": "test",
        })
    );
}
