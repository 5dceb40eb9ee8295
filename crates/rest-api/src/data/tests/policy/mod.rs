//! Policies: what they say to a call.

mod refusals;

use serde_json::{Value as Json, json};

use crate::data::policy::{Policy, Principal, Question, Verdict};

const API: &str = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5";

/// A call of an API, by what policies can tell apart.
struct Asked {
    principal: Option<Principal>,
    action: &'static str,
    path: String,
    keys: Vec<(&'static str, &'static str)>,
}

/// An anonymous call below the API's ARN.
fn anonymous(path: &str) -> Asked {
    Asked {
        principal: None,
        action: "execute-api:Invoke",
        path: path.to_owned(),
        keys: vec![("aws:sourceip", "192.0.2.17")],
    }
}

fn signed(arn: &str) -> Asked {
    let account_id = arn.split(':').nth(4).unwrap().to_owned();
    let principal = Principal { arn: arn.to_owned(), account_id, user_id: "AIDA".to_owned() };
    Asked { principal: Some(principal), ..anonymous("prod/GET/pets") }
}

impl Asked {
    fn with(mut self, key: &'static str, value: &'static str) -> Self {
        self.keys.push((key, value));
        self
    }

    fn without_keys(mut self) -> Self {
        self.keys.clear();
        self
    }

    fn of(&self, policy: &Policy) -> Verdict {
        let condition = |key: &str| -> Vec<String> {
            let values = self.keys.iter().filter(|(name, _)| *name == key);
            values.map(|(_, value)| (*value).to_owned()).collect()
        };
        policy.evaluate(&Question {
            principal: self.principal.as_ref(),
            action: self.action,
            resource: &format!("{API}/{}", self.path),
            condition: &condition,
        })
    }
}

#[track_caller]
fn check(document: &Json, asked: &Asked, expected: Verdict) {
    let policy = Policy::of_api(document, API).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(asked.of(&policy), expected, "{document:#} for {}", asked.path);
}

fn statement(effect: &str) -> Json {
    json!({
        "Effect": effect,
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
    })
}

fn policy(statements: Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A policy of one statement that allows under a condition.
fn when(condition: Json) -> Json {
    let mut statement = statement("Allow");
    statement["Condition"] = condition;
    policy(statement)
}

/// A policy of one statement that allows, with one element in place of another.
fn with(element: &str, instead: &str, value: Json) -> Json {
    let mut statement = statement("Allow");
    statement.as_object_mut().unwrap().remove(element);
    statement[instead] = value;
    policy(json!([statement]))
}

#[test]
fn resources_are_matched_part_by_part() {
    use Verdict::{Allow, None};
    for (resource, path, expected) in [
        (json!("*"), "prod/GET/pets", Allow),
        (json!("execute-api:/*"), "prod/GET/pets", Allow),
        (json!("execute-api:/prod/*"), "prod/GET/pets/1/name", Allow),
        (json!("execute-api:/prod/*"), "production/GET/", None),
        (json!("execute-api:/*/GET/pets"), "prod/GET/pets", Allow),
        (json!("execute-api:/*/GET/pets"), "prod/POST/pets", None),
        (json!("execute-api:/prod/GET/pe?s"), "prod/GET/pets", Allow),
        (json!("execute-api:/prod/GET/pet?"), "prod/GET/pet", None),
        (json!("execute-api:/prod/GET/PETS"), "prod/GET/pets", None),
        (json!("execute-api:/prod/GET/a*a*b"), "prod/GET/aaaaaaaaaaaaaaaaaaaaaaaaaaaac", None),
        (json!("execute-api:/prod/GET/a*a*b"), "prod/GET/aaaaab", Allow),
        (json!("execute-api:/prod/GET/"), "prod/GET/", Allow),
        (json!([format!("{API}/prod/PUT/*"), format!("{API}/prod/GET/*")]), "prod/GET/", Allow),
        (json!("arn:aws:execute-api:*:*:*"), "prod/GET/pets", Allow),
        (json!("arn:aws:execute-api:us-east-1:*:a1b2c3d4e5/*"), "prod/GET/pets", Allow),
        (json!("arn:aws:execute-api:eu-west-1:*:a1b2c3d4e5/*"), "prod/GET/pets", None),
        (json!("arn:aws:execute-api:us-*:a1b2c3d4e5/*"), "prod/GET/pets", None),
        (json!("arn:aws:execute-api"), "prod/GET/pets", Allow),
        (json!("arn:aws:execute-api:us-east-1:111122223333:other/*"), "prod/GET/pets", None),
        (json!("arn:aws:s3:::*"), "prod/GET/pets", None),
        (json!(format!("{API}/prod/GET/a:b")), "prod/GET/a:b", Allow),
        (json!([]), "prod/GET/pets", None),
    ] {
        check(&with("Resource", "Resource", resource), &anonymous(path), expected);
    }
    let not_admin = with("Resource", "NotResource", json!("execute-api:/*/*/admin/*"));
    check(&not_admin, &anonymous("prod/GET/pets"), Allow);
    check(&not_admin, &anonymous("prod/GET/admin/users"), None);
}

#[test]
fn actions_have_wildcards_and_no_case() {
    use Verdict::{Allow, None};
    for (element, action, expected) in [
        ("Action", json!("execute-api:Invoke"), Allow),
        ("Action", json!("execute-api:invoke"), Allow),
        ("Action", json!("EXECUTE-API:I*"), Allow),
        ("Action", json!("execute-api:*"), Allow),
        ("Action", json!("*"), Allow),
        ("Action", json!(["s3:GetObject", "execute-api:Invok?"]), Allow),
        ("Action", json!("execute-api:ManageConnections"), None),
        ("NotAction", json!("execute-api:ManageConnections"), Allow),
        ("NotAction", json!("execute-api:Invoke"), None),
    ] {
        check(&with("Action", element, action), &anonymous("prod/GET/"), expected);
    }
}

#[test]
fn principals_are_everybody_accounts_users_roles_and_sessions() {
    use Verdict::{Allow, None};
    let ann = "arn:aws:iam::111122223333:user/ann";
    let session = "arn:aws:sts::111122223333:assumed-role/writer/session-1";
    for (element, principal, asking, expected) in [
        ("Principal", json!("*"), Option::None, Allow),
        ("Principal", json!({"AWS": "*"}), Option::None, Allow),
        ("Principal", json!({"AWS": ann}), Option::None, None),
        ("Principal", json!({"AWS": ann}), Some(ann), Allow),
        ("Principal", json!({"AWS": [session, ann]}), Some(ann), Allow),
        ("Principal", json!({"AWS": "111122223333"}), Some(ann), Allow),
        ("Principal", json!({"AWS": "arn:aws:iam::111122223333:root"}), Some(session), Allow),
        ("Principal", json!({"AWS": "arn:aws:iam::444455556666:root"}), Some(ann), None),
        (
            "Principal",
            json!({"AWS": "arn:aws:iam::111122223333:role/writer"}),
            Some(session),
            Allow,
        ),
        (
            "Principal",
            json!({"AWS": "arn:aws:iam::111122223333:role/x/writer"}),
            Some(session),
            Allow,
        ),
        ("Principal", json!({"AWS": "arn:aws:iam::111122223333:role/reader"}), Some(session), None),
        ("Principal", json!({"AWS": "arn:aws:iam::444455556666:role/writer"}), Some(session), None),
        ("Principal", json!({"AWS": session}), Some(session), Allow),
        ("Principal", json!({"Service": "lambda.amazonaws.com"}), Some(ann), None),
        ("NotPrincipal", json!({"AWS": ann}), Some(ann), None),
        ("NotPrincipal", json!({"AWS": ann}), Some(session), Allow),
        ("NotPrincipal", json!({"AWS": ann}), Option::None, Allow),
    ] {
        let asked = asking.map_or_else(|| anonymous("prod/GET/pets"), signed);
        check(&with("Principal", element, principal), &asked, expected);
    }
}

#[test]
fn conditions_compare_as_their_operator_says() {
    use Verdict::{Allow, None};
    let asked = || {
        anonymous("prod/GET/pets")
            .with("aws:useragent", "curl/8")
            .with("aws:principalarn", "arn:aws:iam::111122223333:role/a/b")
            .with("aws:currenttime", "2026-11-20T12:00:00Z")
            .with("aws:epochtime", "1795176000")
            .with("aws:securetransport", "true")
            .with("aws:tagkeys", "one")
            .with("aws:tagkeys", "two")
    };
    for (operator, key, value, expected) in [
        ("StringEquals", "aws:UserAgent", json!("curl/8"), Allow),
        ("StringEquals", "AWS:useragent", json!(["wget", "curl/8"]), Allow),
        ("StringEquals", "aws:UserAgent", json!("Curl/8"), None),
        ("StringEquals", "aws:UserAgent", json!("curl/*"), None),
        ("StringEquals", "aws:Referer", json!(""), None),
        ("StringNotEquals", "aws:UserAgent", json!(["wget", "curl/8"]), None),
        ("StringNotEquals", "aws:UserAgent", json!("wget"), Allow),
        ("StringNotEquals", "aws:SourceVpc", json!("vpc-1"), Allow),
        ("StringEqualsIgnoreCase", "aws:UserAgent", json!("CURL/8"), Allow),
        ("StringNotEqualsIgnoreCase", "aws:UserAgent", json!("CURL/8"), None),
        ("StringLike", "aws:UserAgent", json!("curl/*"), Allow),
        ("StringLike", "aws:UserAgent", json!("curl/${*}"), None),
        ("StringNotLike", "aws:UserAgent", json!("curl/?"), None),
        ("StringEqualsIfExists", "aws:SourceVpc", json!("vpc-1"), Allow),
        ("StringEqualsIfExists", "aws:UserAgent", json!("wget"), None),
        ("BinaryEquals", "aws:UserAgent", json!("curl/8"), Allow),
        ("ArnEquals", "aws:PrincipalArn", json!("arn:aws:iam::*:role/a/*"), Allow),
        ("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam*role/a/b"), None),
        ("ArnNotLike", "aws:PrincipalArn", json!("arn:aws:iam::444455556666:*"), Allow),
        ("NumericEquals", "aws:EpochTime", json!(1_795_176_000), Allow),
        ("NumericLessThan", "aws:EpochTime", json!("1795176000.5"), Allow),
        ("NumericLessThanEquals", "aws:EpochTime", json!("1795175999"), None),
        ("NumericGreaterThan", "aws:EpochTime", json!("1"), Allow),
        ("NumericNotEquals", "aws:EpochTime", json!("1"), Allow),
        ("NumericEquals", "aws:UserAgent", json!("1"), None),
        ("DateGreaterThan", "aws:CurrentTime", json!("2026-11-20T11:59:59Z"), Allow),
        ("DateGreaterThan", "aws:CurrentTime", json!("2026-11-20"), Allow),
        ("DateLessThan", "aws:CurrentTime", json!("2026-11-20T12:00:00Z"), None),
        ("DateLessThanEquals", "aws:EpochTime", json!("2026-11-20T12:00:00Z"), Allow),
        ("DateGreaterThanEquals", "aws:CurrentTime", json!("1795176001"), None),
        ("Bool", "aws:SecureTransport", json!("true"), Allow),
        ("Bool", "aws:SecureTransport", json!(false), None),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", json!("true"), Allow),
        ("Null", "aws:SourceVpc", json!("true"), Allow),
        ("Null", "aws:SourceVpc", json!(false), None),
        ("Null", "aws:UserAgent", json!("false"), Allow),
        ("IpAddress", "aws:SourceIp", json!("192.0.2.0/24"), Allow),
        ("IpAddress", "aws:SourceIp", json!(["2001:db8::/32", "192.0.2.17"]), Allow),
        ("IpAddress", "aws:SourceIp", json!("192.0.2.16/31"), Allow),
        ("IpAddress", "aws:SourceIp", json!("192.0.2.18/31"), None),
        ("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), Allow),
        ("IpAddress", "aws:SourceIp", json!("::/0"), None),
        ("NotIpAddress", "aws:SourceIp", json!("192.0.2.0/24"), None),
        ("NotIpAddress", "aws:SourceIp", json!("198.51.100.0/24"), Allow),
        ("NotIpAddress", "aws:VpcSourceIp", json!("198.51.100.0/24"), Allow),
        ("ForAnyValue:StringEquals", "aws:TagKeys", json!(["two", "three"]), Allow),
        ("ForAnyValue:StringEquals", "aws:TagKeys", json!("three"), None),
        ("ForAnyValue:StringEquals", "aws:None", json!("one"), None),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", json!("one"), Allow),
        ("ForAllValues:StringEquals", "aws:TagKeys", json!(["one", "two", "three"]), Allow),
        ("ForAllValues:StringEquals", "aws:TagKeys", json!("one"), None),
        ("ForAllValues:StringEquals", "aws:None", json!("one"), Allow),
        ("ForAllValues:StringLike", "aws:TagKeys", json!("*o*"), Allow),
        ("StringEquals", "aws:UserAgent", json!([]), None),
    ] {
        check(&when(json!({operator: {key: value}})), &asked(), expected);
    }
}

#[test]
fn all_conditions_must_hold() {
    let both = |address: &str, agent: &str| {
        when(json!({
            "IpAddress": {"aws:SourceIp": address},
            "StringLike": {"aws:UserAgent": agent, "aws:Referer": "https://example.com/*"},
        }))
    };
    let asked = anonymous("prod/GET/")
        .with("aws:useragent", "curl/8")
        .with("aws:referer", "https://example.com/");
    check(&both("192.0.2.0/24", "curl/*"), &asked, Verdict::Allow);
    check(&both("192.0.2.0/24", "wget/*"), &asked, Verdict::None);
    check(&both("10.0.0.0/8", "curl/*"), &asked, Verdict::None);
    check(&both("192.0.2.0/24", "curl/*"), &asked.without_keys(), Verdict::None);
}

#[test]
fn variables_belong_to_the_newer_language() {
    let own = |version: &str| {
        let mut policy = with("Resource", "Resource", json!("execute-api:/*/*/${aws:UserName}/*"));
        policy["Version"] = version.into();
        policy
    };
    let ann = || anonymous("prod/GET/ann/notes").with("aws:username", "ann");
    check(&own("2012-10-17"), &ann(), Verdict::Allow);
    check(&own("2008-10-17"), &ann(), Verdict::None);
    check(&own("2012-10-17"), &ann().without_keys(), Verdict::None);
    let defaulted =
        with("Resource", "Resource", json!("execute-api:/*/*/${aws:UserName, 'nobody'}/*"));
    check(&defaulted, &anonymous("prod/GET/nobody/notes"), Verdict::Allow);
    check(&defaulted, &ann(), Verdict::Allow);
    // What a value has of wildcards are none.
    let star = anonymous("prod/GET/ann/notes").with("aws:username", "*");
    check(&own("2012-10-17"), &star, Verdict::None);
}

#[test]
fn a_denial_counts_more_than_what_allows() {
    let (allow, deny) = (statement("Allow"), statement("Deny"));
    let nothing = json!([]);
    for (statements, expected) in [
        (allow.clone(), Verdict::Allow),
        (deny.clone(), Verdict::Deny),
        (json!([allow, deny]), Verdict::Deny),
        (json!([deny, allow]), Verdict::Deny),
        (nothing, Verdict::None),
    ] {
        check(&policy(statements), &anonymous("prod/GET/"), expected);
    }
}

/// The kinds of resource policies that AWS documents as examples.
#[test]
fn documented_policies_say_what_they_are_documented_to_say() {
    let mut deny_range = statement("Deny");
    deny_range["Condition"] =
        json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}});
    let denied_range = policy(json!([statement("Allow"), deny_range]));
    check(&denied_range, &anonymous("prod/GET/pets"), Verdict::Deny);
    let elsewhere = anonymous("prod/GET/pets").without_keys().with("aws:sourceip", "203.0.113.7");
    check(&denied_range, &elsewhere, Verdict::Allow);

    let mut deny_others = statement("Deny");
    deny_others["Condition"] = json!({"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}});
    let only_vpc = policy(json!([statement("Allow"), deny_others]));
    check(&only_vpc, &anonymous("prod/GET/pets"), Verdict::Deny);
    let in_vpc = anonymous("prod/GET/pets").with("aws:sourcevpc", "vpc-1a2b3c4d");
    check(&only_vpc, &in_vpc, Verdict::Allow);

    let roles = json!({
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::444455556666:role/developer",
                              "arn:aws:iam::444455556666:role/Admin"]},
        "Action": "execute-api:Invoke",
        "Resource": ["execute-api:/stage/GET/pets"],
    });
    let other_account = |role: &str| {
        let arn = format!("arn:aws:sts::444455556666:assumed-role/{role}/me");
        Asked { path: "stage/GET/pets".to_owned(), ..signed(&arn) }
    };
    check(&policy(json!([roles])), &other_account("developer"), Verdict::Allow);
    check(&policy(json!([roles])), &other_account("tester"), Verdict::None);
    check(&policy(json!([roles])), &anonymous("stage/GET/pets"), Verdict::None);
}

#[test]
fn an_authorizers_policy_has_no_principal() {
    let document = policy(json!([{
        "Sid": "1",
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": [format!("{API}/prod/GET/*")],
    }]));
    let policy = Policy::parse(&document).unwrap();
    assert_eq!(anonymous("prod/GET/pets").of(&policy), Verdict::Allow);
    assert_eq!(anonymous("prod/POST/pets").of(&policy), Verdict::None);
    assert_eq!(signed("arn:aws:iam::444455556666:user/x").of(&policy), Verdict::Allow);
}
