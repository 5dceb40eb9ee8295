//! `async-sqs`: users are accepted, written and read, and what fails for good is a dead letter.

use serde_json::json;
use spillway_tests::{Answer, Stack, get, post};

use super::{Pattern, Permission, assert_mapping_misses, check, depth, eventually};

/// What a missing permission shows in.
#[derive(Clone, Copy)]
enum Shows {
    /// Users are not accepted.
    Create,
    /// What became of a message cannot be read.
    Status,
    /// Users cannot be read.
    User,
    /// The mapping says that it has a problem when it begins.
    Begin,
    /// The mapping says that it has a problem with what the function has done.
    Done,
    /// A message becomes a dead letter, and nothing is known of it.
    Write,
}

const API: &str = "users-api";
const FUNCTION: &str = "user-writer";

struct Users {
    stack: Stack,
    url: String,
    queue: String,
}

#[test]
fn every_permission_is_needed_and_none_is_missing() {
    check::<Users>();
}

impl Pattern for Users {
    const NAME: &'static str = "async-sqs";
    const ROLES: [(&str, &str); 2] = [(API, "api"), (FUNCTION, "function")];
    type Shows = Shows;
    const PERMISSIONS: &'static [Permission<Shows>] = &[
        Permission::new(API, "SendMessages", "sqs:SendMessage", Shows::Create),
        Permission::new(API, "GetStatus", "dynamodb:Query", Shows::Status),
        Permission::new(API, "GetUsers", "dynamodb:GetItem", Shows::User),
        Permission::new(FUNCTION, "ReceiveMessages", "sqs:DeleteMessage", Shows::Done),
        Permission::new(FUNCTION, "ReceiveMessages", "sqs:GetQueueAttributes", Shows::Begin),
        Permission::new(FUNCTION, "ReceiveMessages", "sqs:ReceiveMessage", Shows::Begin),
        Permission::new(FUNCTION, "WriteUsers", "dynamodb:PutItem", Shows::Write),
        Permission::of_logs(FUNCTION, "logs:CreateLogStream"),
        Permission::of_logs(FUNCTION, "logs:PutLogEvents"),
    ];

    fn new(stack: Stack) -> Self {
        let queue = stack.output(Self::NAME, "queue");
        // What fails shall be a dead letter soon; a request that waits still hides messages for as
        // long as it was to before.
        let soon = json!({"QueueUrl": queue, "Attributes": {"VisibilityTimeout": "1"}});
        stack.aws().call("AmazonSQS.SetQueueAttributes", &soon);
        stack.restart_mapping(Self::NAME);
        Self { url: stack.url(Self::NAME), queue, stack }
    }

    fn stack(&self) -> &Stack {
        &self.stack
    }

    fn assert_that_everything_works(&self, run: &str) {
        let id = self.accepted(run);
        eventually("the user is written", || self.status(&id).status == 200);
        let status = self.status(&id).json();
        let user = get(&format!("{}/users/{}", self.url, status["userID"].as_str().unwrap()));
        assert_eq!((user.status, &user.json()["name"]), (200, &json!(name(run))));
        let before = self.dead_letters();
        let poison = json!({"QueueUrl": self.queue, "MessageBody": "poison"});
        self.stack.aws().call("AmazonSQS.SendMessage", &poison);
        eventually("what fails is a dead letter", || self.dead_letters() > before);
    }

    fn assert_broken(&self, permission: &Permission<Shows>, shows: Shows, run: &str) {
        match shows {
            Shows::Create => assert_eq!(self.create(run).status, 500, "{permission}"),
            Shows::Status => assert_eq!(self.status(run).status, 500, "{permission}"),
            Shows::User => {
                let user = get(&format!("{}/users/{run}", self.url));
                assert_eq!(user.status, 500, "{permission}");
            }
            Shows::Begin => {
                self.stack.restart_mapping(Self::NAME);
                assert_mapping_misses::<Self>(&self.stack, permission);
            }
            Shows::Done => {
                self.accepted(run);
                assert_mapping_misses::<Self>(&self.stack, permission);
            }
            Shows::Write => {
                let before = self.dead_letters();
                let id = self.accepted(run);
                eventually(&format!("{permission} is missed"), || self.dead_letters() > before);
                assert_eq!(self.status(&id).status, 404, "{permission}");
            }
        }
    }
}

/// A name that is long enough.
fn name(run: &str) -> String {
    format!("Ada {run}")
}

impl Users {
    fn create(&self, run: &str) -> Answer {
        let user = json!({"name": name(run), "email": "ada@example.com"}).to_string();
        post(&format!("{}/users", self.url), "application/json", user.as_bytes())
    }

    /// The id of a message that was accepted.
    fn accepted(&self, run: &str) -> String {
        let answer = self.create(run);
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.json()["messageId"].as_str().unwrap().to_owned()
    }

    fn status(&self, id: &str) -> Answer {
        get(&format!("{}/status/{id}", self.url))
    }

    fn dead_letters(&self) -> u64 {
        depth(&self.stack, &self.stack.output(Self::NAME, "dead_letter_queue"))
    }
}
