//! `AWS_IAM`: requests signed as an SDK signs them, by whoever may call and by others.

mod refusals;

use std::future::ready;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Keys;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::Request;
use serde_json::json;

use super::harness::{ACCOUNT, Api, Call, HOST, api, call, check, get, mock, ok, refused};
use crate::credentials::{Answer, Credentials, Identity, Invoke, Lookup, Permission};

/// A key with its secret, and its token if it is a session's.
type Key = (&'static str, &'static str, Option<&'static str>);

const ANN: Key = ("AKIAANN", "of ann", None);
const SESSION: Key = ("ASIASESSION", "of the session", Some("token"));
const OTHER: Key = ("AKIAOTHER", "of another account", None);

const ANN_ARN: &str = "arn:aws:iam::123456789012:user/staff/ann";
const SESSION_ARN: &str = "arn:aws:sts::123456789012:assumed-role/writer/me";
const OTHER_ARN: &str = "arn:aws:iam::210987654321:user/other";

/// IAM with two users, a session, and one answer about permissions.
#[derive(Debug)]
struct Iam(Permission);

impl Credentials for Iam {
    fn identity<'a>(&'a self, access_key_id: &'a str) -> Answer<'a, Lookup> {
        let known = |(_, secret, token): Key, arn: &str, account: &str, user_id: &str| {
            Lookup::Known(Identity {
                secret_access_key: secret.to_owned(),
                session_token: token.map(str::to_owned),
                arn: arn.to_owned(),
                account_id: account.to_owned(),
                user_id: user_id.to_owned(),
                organization_id: None,
            })
        };
        let lookup = match access_key_id {
            "AKIAANN" => known(ANN, ANN_ARN, ACCOUNT, "AIDAANN"),
            "ASIASESSION" => known(SESSION, SESSION_ARN, ACCOUNT, "AROAWRITER:me"),
            "AKIAOTHER" => known(OTHER, OTHER_ARN, "210987654321", "AIDAOTHER"),
            "ASIAOLD" => Lookup::Expired,
            "AKIABROKEN" => return Box::pin(ready(Err("IAM is away".into()))),
            _ => Lookup::Unknown,
        };
        Box::pin(ready(Ok(lookup)))
    }

    fn may_invoke<'a>(&'a self, call: &'a Invoke<'a>) -> Answer<'a, Permission> {
        let prefix = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/test/";
        assert!(call.method_arn.starts_with(prefix), "{call:?}");
        assert_eq!((call.region, call.source_ip), ("eu-west-1", "203.0.113.7"));
        Box::pin(ready(Ok(self.0)))
    }
}

const WHO: &str = "$context.identity.accessKey $context.identity.accountId \
                   $context.identity.caller $context.identity.user $context.identity.userArn";

fn closed() -> Api {
    let method = json!({"authorizationType": "AWS_IAM", "methodIntegration": mock(WHO)});
    api(json!({"/": {"ANY": method}, "/{proxy+}": {"ANY": method}}))
        .credentials(Iam(Permission::Allowed))
}

struct Signing {
    key: Key,
    region: &'static str,
    service: &'static str,
    /// In the query string, for how many seconds.
    presigned: Option<u64>,
}

fn signing(key: Key) -> Signing {
    Signing { key, region: "eu-west-1", service: "execute-api", presigned: None }
}

impl Signing {
    fn sign(&self, call: Call) -> Call {
        let (id, secret, token) = self.key;
        let identity = Keys::new(id, secret, token.map(str::to_owned), None, "test").into();
        let mut settings = SigningSettings::default();
        if let Some(seconds) = self.presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(seconds));
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::from(call.received))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let uri = format!("http://{HOST}/test{}", call.target);
        let headers =
            call.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let body = SignableBody::Bytes(&call.body);
        let signable = SignableRequest::new(call.method.as_str(), &uri, headers, body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut request = Request::builder().method(&call.method).uri(&uri).body(()).unwrap();
        *request.headers_mut() = call.headers.clone();
        instructions.apply_to_request_http1x(&mut request);
        let target = request.uri().path_and_query().unwrap().as_str();
        let target = target.strip_prefix("/test").unwrap().to_owned();
        Call { target, headers: request.headers().clone(), ..call }
    }
}

fn by(key: Key, call: Call) -> Call {
    signing(key).sign(call)
}

fn presigned(key: Key, call: Call) -> Call {
    Signing { presigned: Some(60), ..signing(key) }.sign(call)
}

fn who((id, ..): Key) -> String {
    ok(&match id {
        "AKIAANN" => format!("{id} {ACCOUNT} AIDAANN AIDAANN {ANN_ARN}"),
        "ASIASESSION" => format!("{id} {ACCOUNT} AROAWRITER:me AROAWRITER:me {SESSION_ARN}"),
        _ => format!("{id} 210987654321 AIDAOTHER AIDAOTHER {OTHER_ARN}"),
    })
}

#[tokio::test]
async fn signed_requests_come_through_with_their_identity() {
    let post = || call("POST", "/notes").header("content-type", "text/plain").body("héllo");
    let odd_headers = || {
        get("/").header("x-amz-meta", "  a   b ").header("x-amz-meta", "c").header("accept", "*/*")
    };
    for unsigned in [
        get("/"),
        get("/pets"),
        get("/pets/"),
        get("//pets"),
        get("/a/./b/../c"),
        get("/a%20b/%E2%82%AC"),
        get("/a:b@c,d;e=f"),
        get("/~a_b-c.d!$'()*+"),
        get("/?b=2&a=2&a=1&A=0"),
        get("/?empty&none=&s=a%20b&t=a+b"),
        get("/?%C3%A9=%2F%3D%26&x=~*'()!"),
        post(),
        odd_headers(),
        call("DELETE", "/notes/1"),
    ] {
        check(&closed(), by(ANN, unsigned.clone()), &who(ANN), "").await;
        check(&closed(), by(SESSION, unsigned.clone()), &who(SESSION), "").await;
        check(&closed(), presigned(ANN, unsigned.clone()), &who(ANN), "").await;
        check(&closed(), presigned(SESSION, unsigned), &who(SESSION), "").await;
    }
}

#[tokio::test]
async fn the_environments_key_is_known_without_more() {
    let template = "$context.identity.accessKey $context.identity.userArn";
    let method = json!({"authorizationType": "AWS_IAM", "methodIntegration": mock(template)});
    let api = api(json!({"/": {"ANY": method}}));
    let expected = ok("test arn:aws:iam::123456789012:root");
    check(&api, by(("test", "test", None), get("/")), &expected, "").await;
}

fn denied(arn: &str, ending: &str) -> String {
    let message = format!(
        "User: {arn} is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:eu-west-1:********9012:a1b2c3d4e5/test/GET/{ending}"
    );
    refused(403, "AccessDeniedException", &json!({"Message": message}).to_string())
}

#[tokio::test]
async fn policies_of_both_sides_decide() {
    use Permission::{Allowed, Denied, NotAllowed};
    let explicitly = " with an explicit deny";
    let allow = |principal: &str| Some(("Allow", json!({"AWS": principal})));
    let deny = |principal: &str| Some(("Deny", json!({"AWS": principal})));
    let role = "arn:aws:iam::123456789012:role/writer";
    for (key, own, policy, expected) in [
        (ANN, Allowed, None, who(ANN)),
        (
            ANN,
            NotAllowed,
            None,
            denied(
                ANN_ARN,
                " because no identity-based policy allows the execute-api:Invoke action",
            ),
        ),
        (ANN, Denied, None, denied(ANN_ARN, explicitly)),
        (ANN, NotAllowed, allow(ANN_ARN), who(ANN)),
        (ANN, Allowed, allow(role), who(ANN)),
        (ANN, NotAllowed, allow(role), denied(ANN_ARN, "")),
        (ANN, Allowed, deny(ANN_ARN), denied(ANN_ARN, explicitly)),
        (ANN, Denied, allow(ANN_ARN), denied(ANN_ARN, explicitly)),
        (SESSION, NotAllowed, allow(role), who(SESSION)),
        (SESSION, Allowed, deny(role), denied(SESSION_ARN, explicitly)),
        (OTHER, Allowed, None, denied(OTHER_ARN, "")),
        (OTHER, Allowed, allow("210987654321"), who(OTHER)),
        (OTHER, NotAllowed, allow(OTHER_ARN), denied(OTHER_ARN, "")),
        (OTHER, Allowed, deny(OTHER_ARN), denied(OTHER_ARN, explicitly)),
    ] {
        let policy = policy.map(|(effect, principal)| {
            let statement = json!({"Effect": effect, "Principal": principal,
                                   "Action": "execute-api:Invoke", "Resource": "execute-api:/*"});
            json!({"Version": "2012-10-17", "Statement": statement}).to_string()
        });
        let api = closed().credentials(Iam(own)).change(|api| api.rest_api.policy = policy);
        check(&api, by(key, get("/")), &expected, "").await;
    }
}

#[tokio::test]
async fn refusals_can_be_replaced() {
    let instead = |code: &str| {
        json!({
            "statusCode": code,
            "responseParameters": {"gatewayresponse.header.X-Why": "context.error.responseType"},
            "responseTemplates": {"application/json": "{}"},
        })
    };
    let unsigned = get("/");
    let wrong = by(("AKIAANN", "wrong", None), get("/"));
    let unknown = by(("AKIANOBODY", "wrong", None), get("/"));
    let old = by(("ASIAOLD", "x", Some("token")), get("/"));
    let denied = by(ANN, get("/"));
    for (kind, call, error_type) in [
        ("MISSING_AUTHENTICATION_TOKEN", unsigned, "MissingAuthenticationTokenException"),
        ("INVALID_SIGNATURE", wrong, "InvalidSignatureException"),
        ("DEFAULT_4XX", unknown, "UnrecognizedClientException"),
        ("EXPIRED_TOKEN", old, "ExpiredTokenException"),
        ("ACCESS_DENIED", denied, "AccessDeniedException"),
    ] {
        let api =
            closed().credentials(Iam(Permission::Denied)).gateway_response(kind, instead("418"));
        let expected = format!(
            "418\ncontent-type: application/json\nx-amzn-errortype: {error_type}\nx-why: {kind}\n\n{{}}"
        );
        check(&api, call, &expected, "").await;
    }
}
