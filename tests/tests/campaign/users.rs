//! `async-sqs`: which users were accepted, and what became of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use spillway_tests::{Client, LocalAws, Stack, eventually};

/// Messages that nobody can make a user of, put into the queue by hand.
const POISON: usize = 20;

/// How long a message stays hidden after it was received. In the module it is a minute and more.
const VISIBILITY_SECONDS: &str = "6";

const DEADLINE: Duration = Duration::from_secs(120);

pub(crate) struct Users<'a> {
    stack: &'a Stack,
    url: String,
    /// Ids of messages.
    accepted: Mutex<BTreeSet<String>>,
    poison: Mutex<BTreeSet<String>>,
}

impl<'a> Users<'a> {
    pub(crate) fn of(stack: &'a Stack) -> Self {
        let url = format!("{}/users", stack.url("async-sqs"));
        let users = Self { stack, url, accepted: Mutex::default(), poison: Mutex::default() };
        let attributes = json!({ "VisibilityTimeout": VISIBILITY_SECONDS });
        let change = json!({ "QueueUrl": users.queue(), "Attributes": attributes });
        users.aws().call("AmazonSQS.SetQueueAttributes", &change);
        // A poller asks once how long messages stay hidden.
        stack.restart_mapping("async-sqs");
        users
    }

    /// Asks for a user, who is accepted: no fault stands between the client and the queue.
    pub(crate) fn send(&self, client: &Client, number: usize) {
        let user = json!({ "name": format!("user {number} & co"), "email": format!("{number}@example.com") });
        let answer = client.post(&self.url, &user);
        assert_eq!(answer.status, 202, "{}", answer.body);
        let id = answer.json()["messageId"].as_str().unwrap().to_owned();
        self.accepted.lock().unwrap().insert(id);
    }

    pub(crate) fn send_poison(&self) {
        for number in 0..POISON {
            let message =
                json!({ "QueueUrl": self.queue(), "MessageBody": format!("poison {number}") });
            let sent = self.aws().call("AmazonSQS.SendMessage", &message);
            self.poison.lock().unwrap().insert(sent["MessageId"].as_str().unwrap().to_owned());
        }
    }

    pub(crate) fn accepted(&self) -> usize {
        self.accepted.lock().unwrap().len()
    }

    /// Whether the queue holds no message any more.
    pub(crate) fn is_drained(&self) -> bool {
        self.messages(&self.queue()) == 0
    }

    /// Every message that was accepted has made one user or is a dead letter, and nothing else has
    /// made one. Says how many of each there are.
    pub(crate) fn assert_that_nothing_is_lost(&self) -> String {
        let (accepted, poison) = (self.accepted.lock().unwrap(), self.poison.lock().unwrap());
        let (stored, dead) = (self.stored(), self.dead_letters());
        let is_lost = |id: &&String| !stored.contains_key(*id) && !dead.contains(*id);
        let lost: Vec<_> = accepted.iter().filter(is_lost).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
        let doubled: Vec<_> = stored.iter().filter(|(_, users)| **users > 1).collect();
        assert!(doubled.is_empty(), "stored more than once: {doubled:?}");
        let unasked: Vec<_> = stored.keys().filter(|&id| !accepted.contains(id)).collect();
        assert!(unasked.is_empty(), "nobody asked for: {unasked:?}");
        assert!(poison.is_subset(&dead), "{poison:?} are not all among {dead:?}");
        format!(
            "of {} users accepted {} are stored; {} dead letters, {} of them poison",
            accepted.len(),
            stored.len(),
            dead.len(),
            poison.len()
        )
    }

    /// How many users each message has made.
    fn stored(&self) -> BTreeMap<String, usize> {
        let table = self.stack.output("async-sqs", "table");
        let mut stored = BTreeMap::new();
        for user in self.aws().scan(&table).iter().filter(|item| item.get("Name").is_some()) {
            let id = user["SQSMessageID"]["S"].as_str().unwrap().to_owned();
            *stored.entry(id).or_default() += 1;
        }
        stored
    }

    /// The ids of the messages in the dead-letter queue, which stay there. An answer that is lost hides
    /// what was in it until it is visible again.
    fn dead_letters(&self) -> BTreeSet<String> {
        let queue = self.stack.output("async-sqs", "dead_letter_queue");
        let input =
            json!({ "QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 20 });
        let mut ids = BTreeSet::new();
        eventually("every dead letter is read", DEADLINE, || {
            let (_, answer) = self.aws().answer("AmazonSQS.ReceiveMessage", &input);
            let messages = answer["Messages"].as_array().into_iter().flatten();
            ids.extend(messages.map(|message| message["MessageId"].as_str().unwrap().to_owned()));
            (ids.len() == self.messages(&queue)).then_some(())
        });
        ids
    }

    /// How many messages a queue holds, visible or not.
    fn messages(&self, queue: &str) -> usize {
        let kinds = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let input = json!({ "QueueUrl": queue, "AttributeNames": kinds });
        let answer = self.aws().call("AmazonSQS.GetQueueAttributes", &input);
        let number =
            |kind: &str| answer["Attributes"][kind].as_str().unwrap().parse::<usize>().unwrap();
        kinds.iter().map(|kind| number(kind)).sum()
    }

    fn queue(&self) -> String {
        self.stack.output("async-sqs", "queue")
    }

    fn aws(&self) -> &'static LocalAws {
        self.stack.aws()
    }
}
