//! Who may call a REST API of the local AWS: users and sessions of IAM that sign, and API keys.

use serde_json::{Value, json};
use spillway_tests::{LocalAws, python_tool, repository};

#[test]
fn an_sdk_calls_as_users_sessions_and_with_keys() {
    let script = repository().join("tests/sdk/access.py");
    let mut command = python_tool("python", &[script.to_str().unwrap()]);
    command.envs(LocalAws::shared().environment());
    let output = assert_cmd::Command::from(command).assert().success();
    let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();

    let invalid = json!([
        403,
        "UnrecognizedClientException",
        {"message": "The security token included in the request is invalid."},
    ]);
    let user = "arn:aws:iam::000000000000:user/api-caller";
    let may_call = |arn: &str| json!([200, null, {"arn": arn}]);
    let forbidden = json!([403, "ForbiddenException", {"message": "Forbidden"}]);
    let exceeded = json!([429, "LimitExceededException", {"message": "Limit Exceeded"}]);
    let expected = json!({
        "the key of everybody": may_call("arn:aws:iam::000000000000:root"),
        "a user": may_call(user),
        "a presigned request": may_call(user),
        "a session": may_call("arn:aws:sts::000000000000:assumed-role/api-role/me"),
        "a session without its token": invalid,
        "nobody": [
            403,
            "MissingAuthenticationTokenException",
            {"message": "Missing Authentication Token"},
        ],
        "an unknown key": invalid,
        "the identities of MiniStack": [404, null, {"message": "there is nothing at this path"}],
        "a wrong secret": [
            403,
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided",
        ],
        "whom a policy denies, before it is deployed": 200,
        "whom a policy denies": [
            403,
            "AccessDeniedException",
            format!(
                "User: {user} is not authorized to perform: execute-api:Invoke on resource: \
                 arn:aws:execute-api:us-east-1:********0000:API/live/POST/signed with an explicit \
                 deny"
            ),
        ],
        "whom it does not deny": 200,
        "a key that is not active": invalid,
        "a key without a plan": forbidden,
        "no key": forbidden,
        "the key is shown": true,
        "more than the quota": [200, 200, exceeded],
        "usage": [[2, 1]],
        "more was granted": [200, 429],
    });
    assert_eq!(report, expected, "{report:#}");
}
