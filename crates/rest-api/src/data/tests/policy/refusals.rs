//! Documents that are no policies.

use serde_json::{Value as Json, json};

use super::{API, statement, when, with};
use crate::data::policy::Policy;

#[test]
fn what_is_no_policy_is_refused_with_the_place() {
    let of = |statement: Json| json!({"Statement": [statement]});
    let without = |element: &str| {
        let mut statement = statement("Allow");
        statement.as_object_mut().unwrap().remove(element);
        of(statement)
    };
    for (document, expected) in [
        (json!("Allow"), r#"the policy must be an object; got "Allow""#),
        (json!({}), "Statement must be a statement or a list of them; got null"),
        (json!({"Statement": ["x"]}), r#"Statement[0] must be an object; got "x""#),
        (
            json!({"Version": "2020-01-01", "Statement": []}),
            r#"Version must be "2012-10-17" or "2008-10-17"; got "2020-01-01""#,
        ),
        (of(statement("allow")), r#"Statement[0].Effect must be "Allow" or "Deny"; got "allow""#),
        (without("Effect"), r#"Statement[0].Effect must be "Allow" or "Deny"; got null"#),
        (
            without("Action"),
            "Statement[0].Action must be there or its opposite, and not both; got null",
        ),
        (
            without("Resource"),
            "Statement[0].Resource must be there or its opposite, and not both; got null",
        ),
        (
            without("Principal"),
            "Statement[0].Principal must be there or its opposite, and not both; got null",
        ),
        (
            with("Sid", "NotAction", json!("s3:*")),
            r#"Statement[0].Action must be there or its opposite, and not both; got "execute-api:Invoke""#,
        ),
        (
            with("Sid", "Conditions", json!({})),
            r#"Statement[0] must be made of the elements that IAM knows; got "Conditions""#,
        ),
        (
            with("Action", "Action", json!([1])),
            "Statement[0].Action must be a text or a list of texts; got [1]",
        ),
        (
            with("Principal", "Principal", json!({"AWS": "arn:aws:iam::111122223333:user/*"})),
            r#"Statement[0].Principal must be *, the id of an account or the ARN of a principal; got "arn:aws:iam::111122223333:user/*""#,
        ),
        (
            with("Principal", "Principal", json!({"User": "ann"})),
            r#"Statement[0].Principal must be of AWS, Service, Federated or CanonicalUser; got "User""#,
        ),
        (
            when(json!({"StringIs": {"aws:SourceIp": "1"}})),
            r#"Statement[0].Condition.StringIs.aws:SourceIp must be below an operator of IAM; got "StringIs""#,
        ),
        (
            when(json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/33"}})),
            r#"Statement[0].Condition.IpAddress.aws:SourceIp must be an IP address or a CIDR block; got "192.0.2.0/33""#,
        ),
        (
            when(json!({"NumericEquals": {"x": {}}})),
            "Statement[0].Condition.NumericEquals.x must be a value or a list of values; got {}",
        ),
        (
            when(json!({"DateEquals": {"x": "soon"}})),
            r#"Statement[0].Condition.DateEquals.x must be a date as in ISO 8601 or in seconds since 1970; got "soon""#,
        ),
        (
            when(json!({"Bool": {"x": "yes"}})),
            r#"Statement[0].Condition.Bool.x must be true or false; got "yes""#,
        ),
        (
            when(json!({"NullIfExists": {"x": "true"}})),
            r#"Statement[0].Condition.NullIfExists.x must be below an operator of IAM; got "NullIfExists""#,
        ),
    ] {
        let error = Policy::of_api(&document, API).expect_err(&document.to_string());
        assert_eq!(error.to_string(), expected);
    }
    let error = Policy::parse(&of(statement("Allow"))).unwrap_err();
    assert_eq!(error.to_string(), r#"Statement[0].Principal must be left out; got "*""#);
}
