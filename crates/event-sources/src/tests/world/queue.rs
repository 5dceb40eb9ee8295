//! A queue in memory, standard or FIFO as it is asked.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{State, World};

/// The visibility timeout.
const VISIBILITY: Duration = Duration::from_secs(30);

pub(in crate::tests) struct FakeMessage {
    id: String,
    body: String,
    /// Of a FIFO queue.
    group: Option<String>,
    attributes: Value,
    pub(in crate::tests) receives: u32,
    visible: Instant,
}

impl World {
    pub(in crate::tests) fn send(&self, bodies: &[&str]) {
        for body in bodies {
            self.send_with(body, json!({}));
        }
    }

    pub(in crate::tests) fn send_with(&self, body: &str, attributes: Value) {
        self.enqueue(body, None, attributes);
    }

    /// Sends messages of the groups that stand before the slashes.
    pub(in crate::tests) fn send_in_groups(&self, bodies: &[&str]) {
        for body in bodies {
            self.enqueue(body, body.split('/').next(), json!({}));
        }
    }

    fn enqueue(&self, body: &str, group: Option<&str>, attributes: Value) {
        let mut state = self.state();
        state.sent += 1;
        let id = format!("message-{}", state.sent);
        let (body, group, visible) =
            (body.to_owned(), group.map(ToOwned::to_owned), Instant::now());
        state.messages.push(FakeMessage { id, body, group, attributes, receives: 0, visible });
    }
}

impl State {
    /// Gives messages that are visible; of a group, none while another one is under way.
    pub(super) fn receive(&mut self, input: &Value) -> Option<Value> {
        let most = usize::try_from(input["MaxNumberOfMessages"].as_u64().unwrap()).unwrap();
        let now = Instant::now();
        let under_way = self.messages.iter().filter(|message| message.visible > now);
        let locked: BTreeSet<_> = under_way.filter_map(|message| message.group.clone()).collect();
        let may_go = |message: &&mut FakeMessage| {
            let is_locked = message.group.as_ref().is_some_and(|group| locked.contains(group));
            message.visible <= now && !is_locked
        };
        let mut received = Vec::new();
        for message in self.messages.iter_mut().filter(may_go).take(most) {
            message.receives += 1;
            message.visible = now + VISIBILITY;
            let mut attributes = json!({"ApproximateReceiveCount": message.receives.to_string()});
            if let Some(group) = &message.group {
                attributes["MessageGroupId"] = json!(group);
            }
            received.push(json!({
                "MessageId": message.id,
                "ReceiptHandle": format!("{}#{}", message.id, message.receives),
                "Body": message.body,
                "MD5OfBody": "digest",
                "Attributes": attributes,
                "MessageAttributes": message.attributes,
            }));
        }
        (!received.is_empty()).then(|| json!({ "Messages": received }))
    }

    pub(super) fn delete(&mut self, input: &Value) {
        for entry in input["Entries"].as_array().unwrap() {
            let handle = entry["ReceiptHandle"].as_str().unwrap();
            self.messages
                .retain(|message| format!("{}#{}", message.id, message.receives) != handle);
        }
    }
}
