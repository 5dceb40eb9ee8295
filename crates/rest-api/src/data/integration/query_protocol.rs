//! AWS's query protocol with JSON for answers, which only AWS's own front ends speak.
//!
//! API Gateway asks query services for JSON and gets it: the same names as in their XML, in
//! alphabetical order, members without a value as `null`. It also reaches SSM by a query front end,
//! although SSM's own protocol is JSON. A local AWS answers queries in XML whatever is accepted,
//! and takes SSM's own protocol alone. So here XML becomes that JSON, and a query becomes SSM's
//! input. What already is in the form that AWS has is left as it is.

use std::collections::BTreeMap;

use ::http::{HeaderMap, StatusCode};
use form_urlencoded::parse;
use roxmltree::{Document, Node};
use serde_json::{Map, Value as Json, json};

/// Members that JSON shows as `null` where XML leaves them out, by the element that has them, as
/// AWS has been recorded to answer.
const NULLABLE: [(&str, &[&str]); 4] = [
    ("Message", &["Attributes", "MD5OfMessageAttributes", "MessageAttributes"]),
    ("PublishResult", &["SequenceNumber"]),
    ("ReceiveMessageResult", &["messages"]),
    (
        "SendMessageResult",
        &["MD5OfMessageAttributes", "MD5OfMessageSystemAttributes", "SequenceNumber"],
    ),
];

/// Elements that are a list without an element around them: parent, element, and what JSON calls the
/// list.
const LISTS: [(&str, &str, &str); 1] = [("ReceiveMessageResult", "Message", "messages")];

/// Parameters of SSM's actions that are no text.
const FLAGS: [&str; 3] = ["Overwrite", "Recursive", "WithDecryption"];
const NUMBERS: [&str; 1] = ["MaxResults"];

/// An answer in XML as AWS writes it in JSON. `None` if it is no XML.
pub(super) fn json_of_xml(xml: &[u8]) -> Option<String> {
    let document = Document::parse(std::str::from_utf8(xml).ok()?).ok()?;
    let root = document.root_element();
    let value = value(root);
    // An error stands for itself.
    let is_error = root.tag_name().name() == "ErrorResponse";
    let json = if is_error { value } else { json!({root.tag_name().name(): value}) };
    Some(json.to_string())
}

fn value(element: Node<'_, '_>) -> Json {
    let name = element.tag_name().name();
    let children: Vec<Node<'_, '_>> = element.children().filter(Node::is_element).collect();
    if children.is_empty() && !name.ends_with("Result") {
        return Json::from(element.text().unwrap_or_default());
    }
    if !children.is_empty() && children.iter().all(|child| child.tag_name().name() == "member") {
        return children.into_iter().map(value).collect();
    }
    let mut members: BTreeMap<String, Json> = BTreeMap::new();
    let nullable = NULLABLE.iter().find(|(parent, _)| *parent == name);
    for absent in nullable.into_iter().flat_map(|(_, members)| *members) {
        members.insert((*absent).to_owned(), Json::Null);
    }
    for child in children {
        let (element, value) = (child.tag_name().name(), value(child));
        let is_it = |list: &&(&str, &str, &str)| (list.0, list.1) == (name, element);
        let list = LISTS.iter().find(is_it).map(|(.., list)| *list);
        let member = members.entry(list.unwrap_or(element).to_owned()).or_default();
        match member {
            Json::Null if list.is_some() => *member = json!([value]),
            Json::Null => *member = value,
            Json::Array(items) => items.push(value),
            first => *first = json!([first.take(), value]),
        }
    }
    Json::Object(members.into_iter().collect())
}

/// The input of an action that a query string describes, as the service's own JSON.
pub(super) fn input(query: &str) -> String {
    let mut input = Map::new();
    for (name, value) in parse(query.as_bytes()) {
        if matches!(&*name, "Action" | "Version") {
            continue;
        }
        // `Names.member.1=a` and `Names.1=a` are lists.
        match name.split_once('.') {
            Some((list, _)) => {
                let items = input.entry(list).or_insert_with(|| json!([]));
                if let Json::Array(items) = items {
                    items.push(Json::from(value));
                }
            }
            None => {
                let typed = if FLAGS.contains(&&*name) {
                    value.parse().ok().map(Json::Bool)
                } else if NUMBERS.contains(&&*name) {
                    value.parse::<u64>().ok().map(Json::from)
                } else {
                    None
                };
                input.insert(name.into_owned(), typed.unwrap_or_else(|| Json::from(value)));
            }
        }
    }
    Json::Object(input).to_string()
}

/// An answer in a service's own JSON as its query front end wraps it. `None` if it is wrapped.
pub(super) fn wrapped(
    action: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<String> {
    let Ok(Json::Object(answer)) = serde_json::from_slice(body) else {
        return None;
    };
    let response = format!("{action}Response");
    if answer.contains_key(&response) || answer.contains_key("Error") {
        return None;
    }
    let id = headers.get("x-amzn-requestid").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let json = if status.is_success() {
        let result = format!("{action}Result");
        json!({response: {result: answer, "ResponseMetadata": {"RequestId": id}}})
    } else {
        let text = |names: [&str; 2]| names.iter().find_map(|name| answer.get(*name)?.as_str());
        // `com.amazon.coral.service#Name` is how some write the type.
        let code = text(["__type", "code"]).and_then(|code| code.rsplit('#').next());
        let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
        let message = text(["message", "Message"]);
        json!({"Error": {"Code": code, "Message": message, "Type": kind}, "RequestId": id})
    };
    Some(json.to_string())
}
