//! `dynamo-proxy`: comments are created, listed and counted, and what cannot be counted is sent away.

use serde_json::json;
use spillway_tests::{Stack, get, post};

use super::{Pattern, Permission, assert_mapping_misses, check, depth, eventually};

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
}

const API: &str = "comments-api";
const FUNCTION: &str = "comment-stream";

struct Comments {
    stack: Stack,
    url: String,
}

#[test]
fn every_permission_is_needed_and_none_is_missing() {
    check::<Comments>();
}

impl Pattern for Comments {
    const NAME: &'static str = "dynamo-proxy";
    const ROLES: [(&str, &str); 2] = [(API, "api"), (FUNCTION, "function")];
    type Shows = Shows;
    const PERMISSIONS: &'static [Permission<Shows>] = &[
        Permission::new(API, "CreateComments", "dynamodb:PutItem", Shows::Create),
        Permission::new(API, "ListComments", "dynamodb:Query", Shows::List),
        Permission::new(API, "GetStats", "dynamodb:GetItem", Shows::Stats),
        Permission::new(FUNCTION, "ReadStream", "dynamodb:DescribeStream", Shows::Mapping),
        Permission::new(FUNCTION, "ReadStream", "dynamodb:GetRecords", Shows::Mapping),
        Permission::new(FUNCTION, "ReadStream", "dynamodb:GetShardIterator", Shows::Mapping),
        Permission::of_aws(FUNCTION, "ReadStream", "dynamodb:ListStreams"),
        Permission::new(FUNCTION, "RememberEvents", "dynamodb:PutItem", Shows::Count),
        Permission::new(FUNCTION, "CountComments", "dynamodb:UpdateItem", Shows::Count),
        Permission::new(FUNCTION, "SendFailures", "sqs:SendMessage", Shows::Mapping),
        Permission::of_logs(FUNCTION, "logs:CreateLogStream"),
        Permission::of_logs(FUNCTION, "logs:PutLogEvents"),
    ];

    fn new(stack: Stack) -> Self {
        let url = stack.url(Self::NAME);
        // What cannot be counted shall be sent away soon.
        stack.update_mapping(Self::NAME, &json!({"MaximumRetryAttempts": 1}));
        eventually("the mapping is changed", || stack.mapping(Self::NAME)["State"] == "Enabled");
        Self { stack, url }
    }

    fn stack(&self) -> &Stack {
        &self.stack
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

    fn assert_broken(&self, permission: &Permission<Shows>, shows: Shows, page: &str) {
        match shows {
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
                self.stack.restart_mapping(Self::NAME);
                self.create_poison(page);
                assert_mapping_misses::<Self>(&self.stack, permission);
            }
        }
    }
}

impl Comments {
    fn create(&self, page: &str) -> u16 {
        let comment = json!({"pageId": page, "userName": "Ada", "message": "Hello"});
        post(&self.url, "application/json", comment.to_string().as_bytes()).status
    }

    /// Stores a comment of no page, which nobody can count.
    fn create_poison(&self, id: &str) {
        let table = self.stack.output(Self::NAME, "table");
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
        depth(&self.stack, &self.stack.output(Self::NAME, "failures_queue"))
    }
}
