//! Tokens of user pools, signed here with keys that sign nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Response;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value as Json, json};

use super::{guarding, misconfigured, unauthorized};
use crate::data::tests::harness::{Api, Call, Stub, check, get, ok, refused, show};

/// The moment at which requests come, in seconds.
const NOW: i64 = 1_428_582_896;

const POOL: &str = "eu-west-1_pets";
const POOL_KEY: &str = include_str!("keys/pool.base64");
const OTHER_KEY: &str = include_str!("keys/other.base64");

fn key(text: &str) -> RsaKeyPair {
    let text: String = text.split_whitespace().collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap()
}

/// What the pool publishes.
fn key_set() -> Json {
    let key = RsaPublicKeyComponents::<Vec<u8>>::from(key(POOL_KEY).public());
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    // Some key sets write numbers with a zero in front.
    let padded = [&[0], key.n.as_slice()].concat();
    let (n, e) = (number(&key.n), number(&key.e));
    json!({"keys": [
        {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "access", "n": n, "e": e},
        {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "id", "n": number(&padded), "e": e},
        {"kty": "EC", "alg": "ES256", "kid": "curve", "crv": "P-256", "x": "AA", "y": "AA"},
    ]})
}

async fn pool() -> Stub {
    Stub::returning(key_set().to_string().leak()).await
}

/// The claims of an identity token.
fn claims() -> Json {
    json!({
        "sub": "ada",
        "iss": format!("https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"),
        "aud": "client",
        "token_use": "id",
        "auth_time": NOW - 60,
        "iat": NOW - 60,
        "exp": NOW + 60,
    })
}

/// The same with some in the place of others; `null` takes one away.
fn with(changes: Json) -> Json {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn signed_by(pair: &str, header: &Json, claims: &Json) -> String {
    let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let pair = key(pair);
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn token(claims: &Json) -> String {
    signed_by(POOL_KEY, &json!({"alg": "RS256", "kid": "id"}), claims)
}

fn bearing(token: &str) -> Call {
    get("/pets/7").header("authorization", token)
}

fn authorizer() -> Json {
    let arn = |pool: &str| format!("arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{pool}");
    json!({
        "type": "COGNITO_USER_POOLS",
        "providerARNs": [arn("eu-west-1_other"), arn("${stageVariables.pool}")],
    })
}

fn api_of(authorizer: &Json, scopes: &[&str]) -> Api {
    let method = json!({"authorizationType": "COGNITO_USER_POOLS", "authorizationScopes": scopes});
    guarding(authorizer, &method, "$context.authorizer.claims.sub").variable("pool", POOL)
}

#[tokio::test]
async fn whoever_has_a_token_of_the_pool_is_let_in() {
    for call in [
        bearing(&token(&claims())),
        bearing(&format!("Bearer {}", token(&claims()))),
        bearing(&format!("bearer  {}", token(&claims()))),
        bearing(&token(&with(json!({"nbf": NOW})))),
        bearing(&signed_by(POOL_KEY, &json!({"alg": "RS256", "kid": "access"}), &claims())),
    ] {
        let stub = pool().await;
        check(&api_of(&authorizer(), &[]).aws(&stub), call, &ok("ada"), "").await;
        let asked = stub.received();
        assert_eq!(asked.method(), "GET");
        assert_eq!(asked.uri().path(), format!("/{POOL}/.well-known/jwks.json"));
    }
}

#[tokio::test]
async fn a_token_that_does_not_count_is_refused() {
    let header = json!({"alg": "RS256", "kid": "id"});
    let mut bits = token(&claims());
    let last = if bits.pop() == Some('A') { 'Q' } else { 'A' };
    bits.push(last);
    let parts = token(&claims());
    let parts: Vec<&str> = parts.split('.').collect();
    let swapped = URL_SAFE_NO_PAD.encode(with(json!({"sub": "eve"})).to_string());
    let unsigned = json!({"alg": "none", "kid": "id"});
    let symmetric = json!({"alg": "HS256", "kid": "id"});
    let unknown = json!({"alg": "RS256", "kid": "new"});
    let curve = json!({"alg": "RS256", "kid": "curve"});
    let foreign = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_third";
    for (sent, logged) in [
        ("nonsense".to_owned(), "cannot be read"),
        ("a.b.c".to_owned(), "cannot be read"),
        (parts[..2].join("."), "cannot be read"),
        (format!("{}.{swapped}.{}", parts[0], parts[2]), "signature"),
        (bits, "signature"),
        (signed_by(OTHER_KEY, &header, &claims()), "signature"),
        (format!("{}.", signed_by(POOL_KEY, &unsigned, &claims())), "cannot be read"),
        (signed_by(POOL_KEY, &unsigned, &claims()), "cannot be read"),
        (signed_by(POOL_KEY, &symmetric, &claims()), "cannot be read"),
        (signed_by(POOL_KEY, &json!({"alg": "RS256"}), &claims()), "cannot be read"),
        (signed_by(POOL_KEY, &unknown, &claims()), "no key \"new\""),
        (signed_by(POOL_KEY, &curve, &claims()), "no key \"curve\""),
        (token(&with(json!({"iss": foreign}))), "none of the pools"),
        (token(&with(json!({"iss": null}))), "none of the pools"),
        (token(&with(json!({"exp": null}))), "has no end"),
        (token(&with(json!({"exp": "later"}))), "has no end"),
        (token(&with(json!({"nbf": NOW + 1}))), "does not count yet"),
        (token(&with(json!({"token_use": "access"}))), "token_use is \"access\", not \"id\""),
        (token(&with(json!({"token_use": null}))), "token_use is null"),
    ] {
        let api = api_of(&authorizer(), &[]).aws(&pool().await);
        check(&api, bearing(&sent), &unauthorized(), logged).await;
    }
}

#[tokio::test]
async fn whoever_has_no_token_is_refused_without_a_word() {
    for call in [get("/pets/7"), bearing("")] {
        let stub = pool().await;
        check(&api_of(&authorizer(), &[]).aws(&stub), call, &unauthorized(), "").await;
        assert_eq!(stub.count(), 0);
    }
}

#[tokio::test]
async fn a_token_that_has_expired_is_told_so() {
    let body = r#"{"message":"The incoming token has expired"}"#;
    let expected = refused(401, "UnauthorizedException", body);
    let api = api_of(&authorizer(), &[]).aws(&pool().await);
    let last = bearing(&token(&claims()));
    check(&api, last.clone().later(59.0), &ok("ada"), "").await;
    check(&api, last.later(60.0), &expected, "it has expired").await;
    let forged =
        signed_by(OTHER_KEY, &json!({"alg": "RS256", "kid": "id"}), &with(json!({"exp": NOW - 1})));
    check(&api, bearing(&forged), &unauthorized(), "signature").await;
}

#[tokio::test]
async fn a_method_with_scopes_takes_access_tokens_that_have_one() {
    let access = |scope: &str| with(json!({"token_use": "access", "aud": null, "scope": scope}));
    for (claims, logged) in [
        (access("pets/read"), ""),
        (access("openid pets/write"), ""),
        (access("openid"), "none of the scopes"),
        (access(""), "none of the scopes"),
        (access("pets"), "none of the scopes"),
        (with(json!({"scope": "pets/read"})), "token_use is \"id\", not \"access\""),
    ] {
        let api = api_of(&authorizer(), &["pets/read", "pets/write"]).aws(&pool().await);
        let expected = if logged.is_empty() { ok("ada") } else { unauthorized() };
        check(&api, bearing(&token(&claims)), &expected, logged).await;
    }
}

#[tokio::test]
async fn a_validation_expression_is_for_the_audience() {
    let mut authorizer = authorizer();
    for (pattern, logged) in [("cl[a-z]+", ""), ("cl", "its audience is \"client\"")] {
        authorizer["identityValidationExpression"] = json!(pattern);
        let api = api_of(&authorizer, &[]).aws(&pool().await);
        let expected = if logged.is_empty() { ok("ada") } else { unauthorized() };
        check(&api, bearing(&token(&claims())), &expected, logged).await;
    }
    let access = with(json!({"token_use": "access", "aud": null, "scope": "a"}));
    let api = api_of(&authorizer, &["a"]).aws(&pool().await);
    check(&api, bearing(&token(&access)), &unauthorized(), "no audience").await;
}

#[tokio::test]
async fn a_token_may_come_from_elsewhere() {
    let mut authorizer = authorizer();
    authorizer["identitySource"] = json!("method.request.header.X-Identity");
    let api = api_of(&authorizer, &[]).aws(&pool().await);
    let call = get("/pets/7").header("x-identity", &token(&claims()));
    check(&api, call, &ok("ada"), "").await;
    let elsewhere = api_of(&authorizer, &[]).aws(&pool().await);
    check(&elsewhere, bearing(&token(&claims())), &unauthorized(), "").await;
}

#[tokio::test]
async fn claims_are_shown_as_texts() {
    let claims = with(json!({
        "email_verified": true,
        "cognito:groups": ["admins", "staff"],
        "identities": [{"userId": "1", "primary": "true"}],
        "custom:level": "7",
        "number": 1.5,
    }));
    let shown = "#set($claims = $context.authorizer.claims)\
                 #foreach($name in $claims.keySet())$name=$claims.get($name);#end";
    let method = json!({"authorizationType": "COGNITO_USER_POOLS"});
    let api = guarding(&authorizer(), &method, shown).variable("pool", POOL).aws(&pool().await);
    let answer = api.answer(bearing(&token(&claims))).await;
    let (_, shown) = answer.split_once("\n\n").unwrap();
    let mut shown: Vec<&str> = shown.trim_end_matches(';').split(';').collect();
    shown.sort_unstable();
    let expected = [
        "aud=client",
        "auth_time=1428582836",
        "cognito:groups=admins,staff",
        "custom:level=7",
        "email_verified=true",
        "exp=Thu Apr 09 12:35:56 UTC 2015",
        "iat=Thu Apr 09 12:33:56 UTC 2015",
        "identities={\"userId\":\"1\",\"primary\":\"true\"}",
        "iss=https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pets",
        "number=1.5",
        "sub=ada",
        "token_use=id",
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_one_that_is_new() {
    let stub = pool().await;
    let api = api_of(&authorizer(), &[]).aws(&stub);
    let (plane, stage) = (api.plane(), api.served());
    let known = bearing(&token(&with(json!({"exp": NOW + 9000}))));
    let unknown = json!({"alg": "RS256", "kid": "new"});
    let unknown = bearing(&signed_by(POOL_KEY, &unknown, &claims()));
    for (call, second, calls) in [
        (&known, 0, 1),
        (&known, 1, 1),
        (&unknown, 9, 1),
        (&unknown, 10, 2),
        (&unknown, 19, 2),
        (&known, 3609, 2),
        (&known, 3610, 3),
    ] {
        let answer = plane.answer(&stage, call.clone().later(second.into()).incoming()).await;
        let expected = if std::ptr::eq(call, &known) { ok("ada") } else { unauthorized() };
        assert_eq!((show(&answer), stub.count()), (expected, calls), "at {second}");
    }
}

#[tokio::test]
async fn a_pool_whose_keys_are_not_known_is_a_misconfiguration() {
    let missing = Response::builder().status(404).body(&b"<Error/>"[..]).unwrap();
    for (stub, logged) in [
        (Stub::answering(missing).await, "404"),
        (Stub::returning("{}").await, "200"),
        (Stub::closed(), "no keys of eu-west-1_pets"),
    ] {
        let api = api_of(&authorizer(), &[]).aws(&stub);
        check(&api, bearing(&token(&claims())), &misconfigured(), logged).await;
    }
    let mut nothing = authorizer();
    nothing["providerARNs"] = json!(["arn:aws:s3:::bucket"]);
    let call = bearing(&token(&claims()));
    check(&api_of(&nothing, &[]), call.clone(), &misconfigured(), "no ARN of a user pool").await;
    let function = super::token();
    check(&api_of(&function, &[]), call, &misconfigured(), "no user pool").await;
}
