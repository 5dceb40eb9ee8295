//! `$context`, `$stageVariables` and the overrides that come back.

use crate::check::{answer, check};
use serde_json::json;

const REQUEST: &str = r#"{
    "context": {
        "requestId": "r-1", "httpMethod": "PUT", "requestTimeEpoch": 1700000000000,
        "identity": {"sourceIp": "192.0.2.7", "userAgent": null},
        "authorizer": {"principalId": "ada", "claims": {"sub": "s", "cognito:groups": "[x]"}}
    },
    "stageVariables": {"table": "orders", "x-y": "z"}
}"#;

#[test]
fn members_of_the_context_are_read_by_name_and_maps_print_nothing() {
    check(
        REQUEST,
        &[
            (
                "$context.requestId $context.httpMethod $context['requestTimeEpoch']",
                "r-1 PUT 1700000000000",
            ),
            ("$context.identity.sourceIp [$context.identity.userAgent]", "192.0.2.7 []"),
            (
                "$context.authorizer.claims.sub $context.authorizer.claims['cognito:groups']",
                "s [x]",
            ),
            (
                "[$context][$context.identity][$context.authorizer.claims][$context.nope.deeper]",
                "[][][][]",
            ),
        ],
    );
}

#[test]
fn naming_a_part_of_the_context_hides_nothing_from_what_sees_more() {
    check(
        REQUEST,
        &[
            ("$context.identity.sourceIp $context.identity.size()", "192.0.2.7 2"),
            ("#set($c = $context)$context.requestId $c.httpMethod", "r-1 PUT"),
            (r#"#set($x = "$context.requestId $context['httpMethod']")$x"#, "r-1 PUT"),
            ("#foreach($k in $context.authorizer.claims.keySet())$k #end", "sub cognito:groups "),
            ("#define($d)$context.identity.sourceIp#end$d", "192.0.2.7"),
            ("#if($context.nope == '' && !$context.requestId)a#{else}$context.stage b#end", " b"),
            (
                "#set($context.identity.x = 1)$context.identity.x $context.identity.sourceIp",
                "1 192.0.2.7",
            ),
        ],
    );
}

#[test]
fn the_context_is_walked_in_the_order_of_its_hashes() {
    check(
        REQUEST,
        &[(
            "#foreach($k in $context.keySet())$k #end",
            "requestOverride requestTimeEpoch authorizer requestId identity responseOverride httpMethod ",
        )],
    );
}

#[test]
fn stage_variables_are_a_plain_map() {
    check(
        REQUEST,
        &[
            (
                "$stageVariables.table ${stageVariables['x-y']} $stageVariables.x-y [$stageVariables.none]",
                "orders z z []",
            ),
            ("$stageVariables", "{table=orders, x-y=z}"),
        ],
    );
    check("{}", &[("$stageVariables", "{}")]);
}

#[test]
fn overrides_come_back() {
    let answer = answer(
        &json!({
            "id": 1,
            "template": "#set($context.requestOverride.header.accept = 'a/b')#set($context.requestOverride.path['id'] = $n)#set($context.responseOverride.status = 418)#set($context.responseOverride.extra = 'kept')done",
            "vars": {"n": 5}
        })
        .to_string(),
    );
    assert_eq!(
        answer,
        json!({
            "id": 1,
            "output": "done",
            "overrides": {
                "requestOverride": {"header": {"accept": "a/b"}, "path": {"id": 5}},
                "responseOverride": {"status": 418, "extra": "kept"}
            }
        })
    );
}

#[test]
fn overrides_of_the_request_template_reach_the_response_template() {
    check(
        r#"{"context": {"requestOverride": {"path": {"body": "carried"}}}}"#,
        &[(
            "$context.requestOverride.path.body [$context.responseOverride.header.x]",
            "carried []",
        )],
    );
}

#[test]
fn a_status_counts_if_it_is_a_status() {
    for (written, status) in [
        ("201", Some(201)),
        ("'404'", Some(404)),
        ("99", None),
        ("600", None),
        ("'ok'", None),
        ("2.5", None),
    ] {
        let template = format!("#set($context.responseOverride.status = {written})");
        let template = mapping_template::MappingTemplate::parse("t", &template).expect("it parses");
        let rendered = template.render(&mapping_template::Request::default()).expect("it renders");
        assert_eq!(rendered.overrides.status(), status, "{written}");
    }
}
