//! `spillway dlq`, on two plain queues.

use serde_json::{Value, json};
use spillway_tests::LocalAws;

/// A queue, and the one that takes what was received once and is still there.
struct Queues {
    queue: String,
    dead_letters: String,
}

impl Queues {
    fn new(name: &str) -> Self {
        Self::named(name, &format!("{name}-dead-letters"), &json!({}))
    }

    fn fifo(name: &str) -> Self {
        let of_fifo = json!({"FifoQueue": "true"});
        Self::named(&format!("{name}.fifo"), &format!("{name}-dead-letters.fifo"), &of_fifo)
    }

    fn named(name: &str, dead_letters_name: &str, attributes: &Value) -> Self {
        let dead_letters = create(dead_letters_name, attributes);
        let arn = format!("arn:aws:sqs:us-east-1:000000000000:{dead_letters_name}");
        let mut attributes = attributes.clone();
        attributes["RedrivePolicy"] =
            json!({"deadLetterTargetArn": arn, "maxReceiveCount": 1}).to_string().into();
        let queue = create(name, &attributes);
        Self { queue, dead_letters }
    }

    /// Sends a message, lets it fail, and gives its id.
    fn fail(&self, mut message: Value) -> String {
        message["QueueUrl"] = self.queue.as_str().into();
        let sent = LocalAws::shared().call("AmazonSQS.SendMessage", &message);
        let id = sent["MessageId"].as_str().unwrap().to_owned();
        assert_eq!(receive(&self.queue, 0)[0]["MessageId"], id);
        assert!(receive(&self.queue, 0).is_empty(), "it is a dead letter");
        id
    }

    fn dlq(&self, action: &str, rest: &[&str]) -> assert_cmd::Command {
        let mut command = LocalAws::shared().command(&["dlq", action, &self.dead_letters]);
        command.args(rest);
        command
    }
}

fn create(name: &str, attributes: &Value) -> String {
    let input = json!({"QueueName": name, "Attributes": attributes});
    let answer = LocalAws::shared().call("AmazonSQS.CreateQueue", &input);
    answer["QueueUrl"].as_str().unwrap().to_owned()
}

fn receive(url: &str, hidden_seconds: u32) -> Vec<Value> {
    let input = json!({
        "QueueUrl": url,
        "MaxNumberOfMessages": 10,
        "VisibilityTimeout": hidden_seconds,
        "MessageAttributeNames": ["All"],
        "MessageSystemAttributeNames": ["All"],
    });
    let answer = LocalAws::shared().call("AmazonSQS.ReceiveMessage", &input);
    answer["Messages"].as_array().cloned().unwrap_or_default()
}

/// How many messages can be received, and how many are hidden.
fn numbers(url: &str) -> (String, String) {
    let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    let input = json!({"QueueUrl": url, "AttributeNames": names});
    let answer = LocalAws::shared().call("AmazonSQS.GetQueueAttributes", &input);
    let number = |name: &str| answer["Attributes"][name].as_str().unwrap().to_owned();
    (number(names[0]), number(names[1]))
}

fn numbers_are(url: &str, expected: u32) {
    assert_eq!(numbers(url), (expected.to_string(), "0".to_owned()), "{url}");
}

fn succeeds(mut command: assert_cmd::Command) -> String {
    let output = command.assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn fails(mut command: assert_cmd::Command, code: i32) -> String {
    let output = command.assert().code(code);
    let output = output.get_output();
    let texts = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(texts).unwrap()
}

#[test]
fn dead_letters_are_read_and_stay_where_they_are() {
    let queues = Queues::new("dlq-read");
    assert!(succeeds(queues.dlq("list", &[])).starts_with("0 dead letters in http://"));

    let body = "{\"name\":\"Ada\"}\n\u{9b}31mred \u{7f}é";
    let colour = json!({"DataType": "String", "StringValue": "blue\u{9b}2J"});
    let message = json!({"MessageBody": body, "MessageAttributes": {"colour": colour}});
    let first = queues.fail(message);
    let others: Vec<_> =
        (0..11).map(|n| queues.fail(json!({"MessageBody": format!("message {n}")}))).collect();

    let list = succeeds(queues.dlq("list", &[]));
    assert!(list.starts_with("12 dead letters in http://"), "{list}");
    for id in others.iter().chain([&first]) {
        assert_eq!(list.matches(id.as_str()).count(), 1, "{list}");
    }
    assert!(list.contains(r#"{"name":"Ada"}  31mred  é"#), "{list}");
    numbers_are(&queues.dead_letters, 12);

    let shown = succeeds(queues.dlq("show", &[&first]));
    assert!(shown.contains("colour (String)") && shown.contains("blue\\u{9b}2J"), "{shown}");
    assert!(shown.contains("    \\u{9b}31mred \\u{7f}é\n"), "{shown}");
    for text in [&list, &shown] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }

    let text = succeeds(queues.dlq("show", &[&first, "--json"]));
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&shown[0]["MessageId"], &shown[0]["Body"]), (&json!(first), &json!(body)));
    assert_eq!(shown[0]["MessageAttributes"]["colour"], colour);
    assert_eq!(shown.as_array().unwrap().len(), 1);
    let all: Value = serde_json::from_str(&succeeds(queues.dlq("show", &["--json"]))).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 12);

    let errors = fails(queues.dlq("show", &["nobody"]), 1);
    assert!(errors.contains("no dead letter \"nobody\" in http://"), "{errors}");
    numbers_are(&queues.dead_letters, 12);
}

#[test]
fn dead_letters_are_sent_back_as_they_were_and_say_who_they_are() {
    let queues = Queues::new("dlq-redrive");
    let body = "a=1&b=%2B \u{9b}é\u{1F600}";
    let bytes = json!({"DataType": "Binary", "BinaryValue": "AP8="});
    let original = json!({"DataType": "String", "StringValue": "first-id"});
    let with_bytes = json!({"MessageBody": body, "MessageAttributes": {"bytes": bytes}});
    let first = queues.fail(with_bytes);
    let before = json!({"MessageBody": "b", "MessageAttributes": {"OriginalMessageId": original}});
    let second = queues.fail(before);
    let others: Vec<_> = (0..9).map(|_| queues.fail(json!({"MessageBody": "c"}))).collect();

    let to = ["--queue", &queues.queue];
    let printed = succeeds(queues.dlq("redrive", &[&first, to[0], to[1]]));
    let sent = receive(&queues.queue, 600);
    let new_id = sent[0]["MessageId"].as_str().unwrap();
    let (line, total) =
        (format!("{first}  sent back as {new_id}\n"), format!("1 sent back to {}\n", queues.queue));
    assert_eq!(printed, format!("{line}{total}"));
    assert_eq!((sent.len(), &sent[0]["Body"]), (1, &json!(body)));
    let carried = json!({"DataType": "String", "StringValue": first});
    let attributes = json!({"bytes": bytes, "OriginalMessageId": carried});
    assert_eq!(sent[0]["MessageAttributes"], attributes);
    numbers_are(&queues.dead_letters, 10);

    succeeds(queues.dlq("redrive", &[&second, to[0], to[1]]));
    let sent = receive(&queues.queue, 600);
    assert_eq!(sent[0]["MessageAttributes"], json!({"OriginalMessageId": original}));

    let printed = succeeds(queues.dlq("redrive", &to));
    assert!(printed.ends_with(&format!("9 sent back to {}\n", queues.queue)), "{printed}");
    assert!(others.iter().all(|id| printed.contains(&format!("{id}  sent back as "))), "{printed}");
    numbers_are(&queues.dead_letters, 0);
    assert_eq!(receive(&queues.queue, 600).len(), 9);
}

#[test]
fn a_group_goes_back_in_its_order_and_is_not_taken_for_what_was_sent_before() {
    let queues = Queues::fifo("dlq-group");
    let bodies: Vec<_> = (0..12).map(|n| format!("message {n}")).collect();
    for body in &bodies {
        queues.fail(json!({
            "MessageBody": body,
            "MessageGroupId": "a group",
            "MessageDeduplicationId": format!("first {body}"),
        }));
    }
    let printed = succeeds(queues.dlq("redrive", &["--queue", &queues.queue]));
    assert!(printed.ends_with(&format!("12 sent back to {}\n", queues.queue)), "{printed}");
    numbers_are(&queues.dead_letters, 0);

    let mut sent = receive(&queues.queue, 600);
    for message in &sent {
        let input = json!({"QueueUrl": queues.queue, "ReceiptHandle": message["ReceiptHandle"]});
        LocalAws::shared().call("AmazonSQS.DeleteMessage", &input);
    }
    sent.append(&mut receive(&queues.queue, 600));
    let came: Vec<_> = sent.iter().map(|message| message["Body"].as_str().unwrap()).collect();
    assert_eq!(came, bodies);
    assert!(sent.iter().all(|it| it["Attributes"]["MessageGroupId"] == "a group"), "{sent:?}");
}

#[test]
fn what_cannot_be_sent_back_stays_a_dead_letter() {
    let queues = Queues::new("dlq-stays");
    let id = queues.fail(json!({"MessageBody": "a"}));
    let nowhere = queues.queue.replace("dlq-stays", "dlq-nowhere");
    let printed = fails(queues.dlq("redrive", &["--queue", &nowhere]), 1);
    assert!(printed.contains(&format!("{id}  not sent back: ")), "{printed}");
    assert!(printed.contains(&format!("0 sent back to {nowhere}, 1 failed")), "{printed}");
    let printed = fails(queues.dlq("redrive", &["nobody", "--queue", &queues.queue]), 1);
    assert!(
        printed.contains("nobody  is not among the dead letters that can be read now"),
        "{printed}"
    );
    numbers_are(&queues.dead_letters, 1);
    numbers_are(&queues.queue, 0);
}

#[test]
fn what_has_no_dead_letters_is_said() {
    let queues = Queues::new("dlq-said");
    let errors = fails(queues.dlq("redrive", &[]), 2);
    assert!(errors.contains("name the queue with --queue"), "{errors}");
    let errors = fails(LocalAws::shared().command(&["dlq", "list", "crud-lambda"]), 1);
    assert!(errors.contains("\"crud-lambda\" is not applied to the local AWS"), "{errors}");
}
