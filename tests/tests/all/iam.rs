//! Policies enforced: with every permission everything works, and without any one of them something
//! does not. So no role lacks a permission, and none has one that nothing needs. What works in a
//! pattern, and what shows that it does not, is the pattern's own file.

mod async_sqs;
mod dynamo_proxy;

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::Stack;

/// A permission, and what shows that it is gone.
struct Permission<S> {
    /// The end of the role's name.
    role: &'static str,
    statement: &'static str,
    action: &'static str,
    /// Nothing on the local AWS, if it is nothing.
    shows: Option<S>,
}

impl<S> Permission<S> {
    const fn new(
        role: &'static str,
        statement: &'static str,
        action: &'static str,
        shows: S,
    ) -> Self {
        Self { role, statement, action, shows: Some(shows) }
    }

    /// One that AWS asks for and the local AWS does not.
    const fn of_aws(role: &'static str, statement: &'static str, action: &'static str) -> Self {
        Self { role, statement, action, shows: None }
    }

    /// To write logs, which the local AWS does itself.
    const fn of_logs(role: &'static str, action: &'static str) -> Self {
        Self::of_aws(role, "WriteLogs", action)
    }

    /// A policy without this permission.
    fn taken_from(&self, policy: &Value) -> Value {
        let mut policy = policy.clone();
        let statements = policy["Statement"].as_array_mut().unwrap();
        for statement in statements.iter_mut().filter(|one| one["Sid"] == self.statement) {
            statement["Action"].as_array_mut().unwrap().retain(|action| action != self.action);
        }
        statements.retain(|statement| statement["Action"] != json!([]));
        policy
    }
}

impl<S> fmt::Display for Permission<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.role, self.statement, self.action)
    }
}

/// A pattern, applied where policies are enforced.
trait Pattern {
    const NAME: &'static str;
    /// What its roles are, with how Terraform calls the one inline policy of each.
    const ROLES: [(&str, &str); 2];
    /// What can be missing.
    type Shows: Copy + 'static;
    const PERMISSIONS: &'static [Permission<Self::Shows>];

    fn new(stack: Stack) -> Self;

    fn stack(&self) -> &Stack;

    /// `run` tells this time from others.
    fn assert_that_everything_works(&self, run: &str);

    /// Checks that what shows that this permission is gone does.
    fn assert_broken(&self, permission: &Permission<Self::Shows>, shows: Self::Shows, run: &str);
}

/// Takes each permission away, and gives it back.
fn check<P: Pattern>() {
    let pattern = P::new(Stack::enforcing_iam().only(&[P::NAME]).apply());
    pattern.assert_that_everything_works("before");
    let mut expected: Vec<String> = P::PERMISSIONS.iter().map(Permission::to_string).collect();
    expected.sort();
    assert_eq!(granted::<P>(pattern.stack()), expected);
    for (number, permission) in P::PERMISSIONS.iter().enumerate() {
        let Some(shows) = permission.shows else { continue };
        let whole = policy::<P>(pattern.stack(), permission.role);
        set_policy::<P>(pattern.stack(), permission.role, &permission.taken_from(&whole));
        pattern.assert_broken(permission, shows, &format!("without-{number}"));
        set_policy::<P>(pattern.stack(), permission.role, &whole);
    }
    pattern.assert_that_everything_works("after");
}

/// Every permission of all roles, as [`Permission`] writes itself.
fn granted<P: Pattern>(stack: &Stack) -> Vec<String> {
    let mut granted = Vec::new();
    for (role, _) in P::ROLES {
        for statement in policy::<P>(stack, role)["Statement"].as_array().unwrap() {
            let actions = statement["Action"].as_array().unwrap().iter();
            let sid = statement["Sid"].as_str().unwrap();
            granted
                .extend(actions.map(|action| format!("{role} {sid} {}", action.as_str().unwrap())));
        }
    }
    granted.sort();
    granted
}

/// The one inline policy of a role.
fn policy<P: Pattern>(stack: &Stack, role: &str) -> Value {
    let answer = of_policy::<P>(stack, "GetRolePolicy", role, &[]);
    let (_, rest) = answer.split_once("<PolicyDocument>").unwrap();
    let (document, _) = rest.split_once("</PolicyDocument>").unwrap();
    let document = percent_encoding::percent_decode_str(document).decode_utf8().unwrap();
    serde_json::from_str(&document).unwrap()
}

fn set_policy<P: Pattern>(stack: &Stack, role: &str, policy: &Value) {
    let policy = policy.to_string();
    of_policy::<P>(stack, "PutRolePolicy", role, &[("PolicyDocument", &policy)]);
}

/// Does something with the inline policy of a role.
fn of_policy<P: Pattern>(stack: &Stack, action: &str, role: &str, more: &[(&str, &str)]) -> String {
    let (_, policy) = P::ROLES.into_iter().find(|(name, _)| *name == role).unwrap();
    let role = format!("{}-{role}", stack.name());
    let form = [
        ("Action", action),
        ("Version", "2010-05-08"),
        ("RoleName", &role),
        ("PolicyName", policy),
    ];
    stack.aws().query("iam", &[&form, more].concat())
}

/// Waits until a mapping says that it may not do something.
fn assert_mapping_misses<P: Pattern>(stack: &Stack, permission: &Permission<P::Shows>) {
    let action = permission.action.to_lowercase();
    eventually(&format!("{permission} is missed"), || {
        let result = stack.mapping(P::NAME)["LastProcessingResult"].to_string();
        result.contains("PROBLEM")
            && result.contains("not authorized")
            && result.to_lowercase().contains(&action)
    });
}

/// How many messages a queue has.
fn depth(stack: &Stack, queue: &str) -> u64 {
    let names = ["ApproximateNumberOfMessages"];
    let input = json!({"QueueUrl": queue, "AttributeNames": names});
    let answer = stack.aws().call("AmazonSQS.GetQueueAttributes", &input);
    answer["Attributes"][names[0]].as_str().unwrap().parse().unwrap()
}

/// Waits for something to become true.
fn eventually(what: &str, mut probe: impl FnMut() -> bool) {
    spillway_tests::eventually(what, Duration::from_secs(120), || probe().then_some(()));
}
