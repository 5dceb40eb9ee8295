//! Policies enforced: with every permission everything works, and without any one of them something
//! does not. So no role lacks a permission, and none has one that nothing needs.

use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{Stack, get, post};

/// A permission, and what shows that it is gone.
struct Permission {
    /// The end of the role's name.
    role: &'static str,
    statement: &'static str,
    action: &'static str,
    shows: Shows,
}

/// What a missing permission shows in.
#[derive(Clone, Copy)]
enum Shows {
    /// Comments cannot be created.
    Create,
    /// Comments cannot be listed.
    List,
    /// The number of comments cannot be read.
    Stats,
    /// The mapping says that it has a problem.
    Mapping,
    /// A comment's event is sent away uncounted.
    Count,
    /// Nowhere on the local AWS, which writes the logs of functions itself.
    Nowhere,
}

const fn permission(
    role: &'static str,
    statement: &'static str,
    action: &'static str,
    shows: Shows,
) -> Permission {
    Permission { role, statement, action, shows }
}

const PERMISSIONS: [Permission; 12] = [
    permission("comments-api", "CreateComments", "dynamodb:PutItem", Shows::Create),
    permission("comments-api", "ListComments", "dynamodb:Query", Shows::List),
    permission("comments-api", "GetStats", "dynamodb:GetItem", Shows::Stats),
    permission("comment-stream", "ReadStream", "dynamodb:DescribeStream", Shows::Mapping),
    permission("comment-stream", "ReadStream", "dynamodb:GetRecords", Shows::Mapping),
    permission("comment-stream", "ReadStream", "dynamodb:GetShardIterator", Shows::Mapping),
    permission("comment-stream", "ReadStream", "dynamodb:ListStreams", Shows::Mapping),
    permission("comment-stream", "RememberEvents", "dynamodb:PutItem", Shows::Count),
    permission("comment-stream", "CountComments", "dynamodb:UpdateItem", Shows::Count),
    permission("comment-stream", "SendFailures", "sqs:SendMessage", Shows::Mapping),
    permission("comment-stream", "WriteLogs", "logs:CreateLogStream", Shows::Nowhere),
    permission("comment-stream", "WriteLogs", "logs:PutLogEvents", Shows::Nowhere),
];

#[test]
fn every_permission_of_dynamo_proxy_is_needed_and_none_is_missing() {
    let comments = Comments::apply();
    comments.assert_that_everything_works("before");
    let mut expected: Vec<String> = PERMISSIONS.iter().map(Permission::to_string).collect();
    expected.sort();
    assert_eq!(comments.granted(), expected);
    for (number, permission) in PERMISSIONS.iter().enumerate() {
        if let Shows::Nowhere = permission.shows {
            continue;
        }
        let whole = comments.policy(permission.role);
        comments.set_policy(permission.role, &permission.taken_from(&whole));
        comments.assert_broken(permission, &format!("without-{number}"));
        comments.set_policy(permission.role, &whole);
    }
    comments.assert_that_everything_works("after");
}

/// The pattern, applied where policies are enforced.
struct Comments {
    stack: Stack,
    url: String,
}

impl Comments {
    fn apply() -> Self {
        let stack = Stack::enforcing_iam().only(&["dynamo-proxy"]).apply();
        let url = stack.url("dynamo-proxy");
        let comments = Self { stack, url };
        // What cannot be counted shall be sent away soon.
        comments.update_mapping(&json!({"MaximumRetryAttempts": 1}));
        comments
    }

    fn assert_that_everything_works(&self, page: &str) {
        assert_eq!(self.create(page), 200, "a comment is created");
        let list = get(&format!("{}/{page}", self.url));
        assert_eq!(list.status, 200, "{}", list.body);
        assert_eq!(list.json()["comments"].as_array().unwrap().len(), 1, "{}", list.body);
        eventually("the comment is counted", || self.count(page) == 1);
        let before = self.failures();
        self.create_poison(page);
        eventually("what cannot be counted is sent away", || self.failures() > before);
    }

    fn assert_broken(&self, permission: &Permission, page: &str) {
        match permission.shows {
            Shows::Create => assert_eq!(self.create(page), 500, "{permission}"),
            Shows::List => assert_eq!(get(&format!("{}/{page}", self.url)).status, 500),
            Shows::Stats => assert_eq!(get(&self.stats_url(page)).status, 500, "{permission}"),
            Shows::Count => {
                let before = self.failures();
                assert_eq!(self.create(page), 200, "{permission}");
                eventually(&format!("{permission} is missed"), || self.failures() > before);
                assert_eq!(self.count(page), 0, "{permission}");
            }
            Shows::Mapping => {
                // A poller that runs has its place in the stream already.
                self.update_mapping(&json!({"Enabled": false}));
                self.update_mapping(&json!({"Enabled": true}));
                self.create_poison(page);
                eventually(&format!("{permission} is missed"), || {
                    let result = self.mapping()["LastProcessingResult"].to_string();
                    result.contains("PROBLEM") && result.contains("not authorized")
                });
            }
            Shows::Nowhere => {}
        }
    }

    fn create(&self, page: &str) -> u16 {
        let comment = json!({"pageId": page, "userName": "Ada", "message": "Hello"});
        post(&self.url, "application/json", comment.to_string().as_bytes()).status
    }

    /// Stores a comment of no page, which nobody can count.
    fn create_poison(&self, id: &str) {
        let table = self.stack.output("dynamo-proxy", "table");
        let item = json!({"commentId": {"S": id}});
        let input = json!({"TableName": table, "Item": item});
        self.stack.aws().call("DynamoDB_20120810.PutItem", &input);
    }

    fn stats_url(&self, page: &str) -> String {
        format!("{}/{page}/stats", self.url)
    }

    fn count(&self, page: &str) -> i64 {
        let stats = get(&self.stats_url(page));
        assert_eq!(stats.status, 200, "{}", stats.body);
        stats.json()["count"].as_i64().unwrap()
    }

    /// How many messages tell of events that were not counted.
    fn failures(&self) -> u64 {
        let queue = self.stack.output("dynamo-proxy", "failures_queue");
        let names = ["ApproximateNumberOfMessages"];
        let input = json!({"QueueUrl": queue, "AttributeNames": names});
        let answer = self.stack.aws().call("AmazonSQS.GetQueueAttributes", &input);
        answer["Attributes"][names[0]].as_str().unwrap().parse().unwrap()
    }

    fn mapping(&self) -> Value {
        let function = self.stack.output("dynamo-proxy", "function");
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}");
        let answer = self.stack.aws().rest("lambda", "GET", &path, "");
        let list: Value = serde_json::from_str(&answer).unwrap();
        list["EventSourceMappings"][0].clone()
    }

    /// Changes the mapping and waits until the change has taken effect.
    fn update_mapping(&self, change: &Value) {
        let id = self.mapping()["UUID"].as_str().unwrap().to_owned();
        let path = format!("/2015-03-31/event-source-mappings/{id}");
        self.stack.aws().rest("lambda", "PUT", &path, &change.to_string());
        eventually("the mapping is changed", || {
            matches!(self.mapping()["State"].as_str(), Some("Enabled" | "Disabled"))
        });
    }

    fn role(&self, role: &str) -> String {
        format!("{}-{role}", self.stack.name())
    }

    /// The one inline policy of a role.
    fn policy(&self, role: &str) -> Value {
        let (role, name) = (self.role(role), policy_name(role));
        let form = [
            ("Action", "GetRolePolicy"),
            ("Version", "2010-05-08"),
            ("RoleName", &role),
            ("PolicyName", name),
        ];
        let answer = self.stack.aws().query("iam", &form);
        let (_, rest) = answer.split_once("<PolicyDocument>").unwrap();
        let (document, _) = rest.split_once("</PolicyDocument>").unwrap();
        let document = percent_encoding::percent_decode_str(document).decode_utf8().unwrap();
        serde_json::from_str(&document).unwrap()
    }

    fn set_policy(&self, role: &str, policy: &Value) {
        let (role, name, policy) = (self.role(role), policy_name(role), policy.to_string());
        let form = [
            ("Action", "PutRolePolicy"),
            ("Version", "2010-05-08"),
            ("RoleName", &role),
            ("PolicyName", name),
            ("PolicyDocument", &policy),
        ];
        self.stack.aws().query("iam", &form);
    }

    /// Every permission of both roles, as [`Permission`] writes itself.
    fn granted(&self) -> Vec<String> {
        let mut granted = Vec::new();
        for role in ["comments-api", "comment-stream"] {
            for statement in self.policy(role)["Statement"].as_array().unwrap() {
                let actions = statement["Action"].as_array().unwrap().iter();
                let sid = statement["Sid"].as_str().unwrap();
                granted.extend(
                    actions.map(|action| format!("{role} {sid} {}", action.as_str().unwrap())),
                );
            }
        }
        granted.sort();
        granted
    }
}

/// Waits for something to become true.
fn eventually(what: &str, mut probe: impl FnMut() -> bool) {
    spillway_tests::eventually(what, Duration::from_secs(60), || probe().then_some(()));
}

/// Roles of functions are made by rust-lambda.
fn policy_name(role: &str) -> &'static str {
    if role == "comments-api" { "api" } else { "function" }
}

impl Permission {
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

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.role, self.statement, self.action)
    }
}
