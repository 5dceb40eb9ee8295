//! Authorizers on the local AWS: REST APIs that ask a user pool and a function of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, get, post, python_tool, repository, request};

const ACCOUNT: &str = "000000000000";
const JSON: &str = "application/json";
const PASSWORD: &str = "Correct-horse-1";

fn cognito(operation: &str, input: &Value) -> Value {
    LocalAws::shared().call(&format!("AWSCognitoIdentityProviderService.{operation}"), input)
}

/// A user pool with a user who has signed in: its ARN and the user's tokens.
fn signed_in(name: &str) -> (String, Value) {
    let pool = cognito("CreateUserPool", &json!({"PoolName": name}));
    let (id, arn) = (&pool["UserPool"]["Id"], &pool["UserPool"]["Arn"]);
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": id, "ClientName": "web", "ExplicitAuthFlows": flows});
    let client = cognito("CreateUserPoolClient", &client);
    let user = json!({
        "UserPoolId": id,
        "Username": "ada",
        "MessageAction": "SUPPRESS",
        "UserAttributes": [{"Name": "email", "Value": "ada@example.com"}],
    });
    cognito("AdminCreateUser", &user);
    let password = json!({
        "UserPoolId": id,
        "Username": "ada",
        "Password": PASSWORD,
        "Permanent": true,
    });
    cognito("AdminSetUserPassword", &password);
    let sign_in = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": client["UserPoolClient"]["ClientId"],
        "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD},
    });
    let tokens = cognito("InitiateAuth", &sign_in)["AuthenticationResult"].clone();
    (arn.as_str().unwrap().to_owned(), tokens)
}

/// Makes a function of `tests/sdk/authorizer.py`, and returns its URI for an authorizer.
fn function(name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (archive, source) =
        (folder.path().join("code.zip"), repository().join("tests/sdk/authorizer.py"));
    let mut zip = python_tool("python", &["-m", "zipfile", "-c"]);
    zip.arg(&archive).arg(source);
    assert_cmd::Command::from(zip).assert().success();
    let code = STANDARD.encode(std::fs::read(archive).unwrap());
    let created = create(
        "/2015-03-31/functions",
        &json!({
            "FunctionName": name,
            "Runtime": "python3.12",
            "Handler": "authorizer.handler",
            "Role": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
            "Code": {"ZipFile": code},
        }),
    );
    let arn = created["FunctionArn"].as_str().unwrap();
    format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations")
}

/// Makes something by a path of the local AWS.
fn create(path: &str, input: &Value) -> Value {
    let url = format!("{}{path}", LocalAws::shared().endpoint());
    let answer = post(&url, JSON, input.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

/// A method that greets whom its authorizer lets in.
fn greeting(scopes: &[&str], greeting: &str) -> Value {
    json!({
        "security": [{"callers": scopes}],
        "responses": {"200": {"description": "a greeting"}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseTemplates": {"application/json": greeting},
                },
            },
        },
    })
}

/// Makes an API of paths with an authorizer, and returns where its stage is.
fn deployed(paths: &Value, kind: &str, authorizer: &Value) -> String {
    let callers = json!({
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": kind,
        "x-amazon-apigateway-authorizer": authorizer,
    });
    let document = json!({
        "openapi": "3.0.1",
        "info": {"title": "greeting", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {"callers": callers}},
    });
    let imported = create("/restapis?mode=import", &document);
    let api = imported["id"].as_str().unwrap();
    create(&format!("/restapis/{api}/deployments"), &json!({"stageName": "live"}));
    format!("{}/_aws/execute-api/{api}/live", LocalAws::shared().endpoint())
}

/// Checks that an answer is the whole of what is expected, by the type of error if it is a refusal.
#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value, error_type: &str, place: &str) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()), "{place}");
    let headers = [("content-type", JSON), ("x-amzn-errortype", error_type)];
    answer.assert_headers(if error_type.is_empty() { &headers[..1] } else { &headers });
}

fn bearing(url: &str, token: &str) -> Answer {
    request("GET", url, &[("Authorization", token)], b"")
}

#[test]
fn users_of_a_pool_are_let_in_and_nobody_else() {
    let (pool, tokens) = signed_in("greeted");
    let (_, strangers) = signed_in("strangers");
    let text = |tokens: &Value, kind: &str| tokens[kind].as_str().unwrap().to_owned();
    let (identity, access) = (text(&tokens, "IdToken"), text(&tokens, "AccessToken"));
    let by_email = r#"{"hello": "$context.authorizer.claims.email"}"#;
    let by_name = r#"{"hello": "$context.authorizer.claims.username"}"#;
    let scope = "aws.cognito.signin.user.admin";
    let paths = json!({
        "/": {"get": greeting(&[], by_email)},
        "/scoped": {"get": greeting(&["pets/read", scope], by_name)},
        "/other": {"get": greeting(&["pets/read"], by_name)},
    });
    let authorizer = json!({"type": "cognito_user_pools", "providerARNs": [pool]});
    let url = deployed(&paths, "cognito_user_pools", &authorizer);

    let by_email = json!({"hello": "ada@example.com"});
    for token in [identity.clone(), format!("Bearer {identity}")] {
        assert_answer(&bearing(&url, &token), 200, &by_email, "", "with an identity");
    }
    let scoped = bearing(&format!("{url}/scoped"), &access);
    assert_answer(&scoped, 200, &json!({"hello": "ada"}), "", "with a scope");

    let mut forged = identity.clone();
    forged.replace_range(forged.len() - 20..forged.len() - 10, "AAAAAAAAAA");
    for (place, answer) in [
        ("without a token", get(&url)),
        ("with a forged token", bearing(&url, &forged)),
        ("with a token of another pool", bearing(&url, &text(&strangers, "IdToken"))),
        ("with an access token for an identity", bearing(&url, &access)),
        ("with an identity for scopes", bearing(&format!("{url}/scoped"), &identity)),
        ("without the right scope", bearing(&format!("{url}/other"), &access)),
    ] {
        let unauthorized = json!({"message": "Unauthorized"});
        assert_answer(&answer, 401, &unauthorized, "UnauthorizedException", place);
    }
}

#[test]
fn a_function_lets_in_whom_it_allows() {
    let word = "{\"hello\": \"$context.authorizer.principalId\", \
                \"attempt\": \"$context.authorizer.attempt\"}";
    let method = json!({"get": greeting(&[], word)});
    let paths = json!({"/": method, "/other": method});
    let authorizer = json!({
        "type": "token",
        "authorizerUri": function("words"),
        "identityValidationExpression": "[a-z]+",
    });
    let url = deployed(&paths, "custom", &authorizer);

    let hello = json!({"hello": "ada", "attempt": "1"});
    let unauthorized = json!({"message": "Unauthorized"});
    let denied = "User is not authorized to access this resource";
    let (implicit, explicit) =
        (json!({"Message": denied}), json!({"Message": format!("{denied} with an explicit deny")}));
    let (refused, unknown) = ("AccessDeniedException", "UnauthorizedException");
    for (path, word, status, body, error_type) in [
        ("", "allow", 200, &hello, ""),
        ("/", "allow", 200, &hello, ""),
        // The policy that is kept allows the other path only.
        ("/other", "allow", 403, &implicit, refused),
        ("/other", "deny", 403, &explicit, refused),
        ("/other", "unauthorized", 401, &unauthorized, unknown),
        ("/other", "ALLOW", 401, &unauthorized, unknown),
    ] {
        let answer = bearing(&format!("{url}{path}"), word);
        assert_answer(&answer, status, body, error_type, &format!("{path} {word}"));
    }
}
