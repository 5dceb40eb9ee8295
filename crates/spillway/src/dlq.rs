//! `spillway dlq`: what nobody could take, from the dead-letter queue of a pattern: to be read, and to
//! be sent back once its cause is mended.
//!
//! Reading leaves a queue as it is but for the count of receives: what was received is given back
//! ([`letters`]). A message that is sent back is a new one to SQS, with an id that its sender never
//! saw; so it carries the one that its sender knows ([`redrive`]).

mod letters;
mod redrive;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use local_aws::Instance;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::dlq::letters::{Letter, Letters};
use crate::error::Error;
use crate::output;
use crate::status::Applied;

/// How much of a body a list shows.
const PREVIEW: usize = 80;

/// What is wanted of the dead letters.
#[derive(Args)]
pub(crate) struct Dlq {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print a line for each dead letter.
    List {
        /// A pattern, such as `async-sqs`, or the URL of a dead-letter queue.
        source: String,
    },
    /// Print dead letters whole, with their attributes.
    Show {
        /// A pattern, such as `async-sqs`, or the URL of a dead-letter queue.
        source: String,
        /// Only these.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Print a list of SQS's own documents: `{"MessageId","Body","Attributes","MessageAttributes"}`.
        #[arg(long)]
        json: bool,
    },
    /// Send dead letters back to the queue that they come from, and take them out of the dead-letter
    /// queue. Exit status 1 if one could not be sent back.
    ///
    /// The attribute `OriginalMessageId` says under which id a message was first accepted. What arrives
    /// while this runs is left for the next time.
    Redrive {
        /// A pattern, such as `async-sqs`, or the URL of a dead-letter queue.
        source: String,
        /// Only these.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// The URL of the queue to send to, if it is not the pattern's.
        #[arg(long, value_name = "URL")]
        queue: Option<String>,
    },
}

/// Reads dead letters or sends them back.
pub(crate) fn dlq(asked: &Dlq, instance: &Instance) -> Result<ExitCode, Error> {
    let cloud = Cloud::of(instance)?;
    match &asked.action {
        Action::List { source } => list(&cloud, &find(instance, source)?.dead_letters)?,
        Action::Show { source, ids, json } => {
            show(&cloud, &find(instance, source)?.dead_letters, ids, *json)?;
        }
        Action::Redrive { source, ids, queue } => {
            let found = find(instance, source)?;
            let queue = queue.clone().or(found.queue);
            let queue = queue.ok_or_else(|| Error::NoQueue { source_url: source.clone() })?;
            return redrive::redrive(&cloud, &found.dead_letters, &queue, ids);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The queues of a pattern, by URL.
struct Queues {
    dead_letters: String,
    queue: Option<String>,
}

impl Queues {
    fn of(outputs: &Value) -> Option<Self> {
        let url = |name: &str| outputs[name].as_str().map(ToOwned::to_owned);
        Some(Self { dead_letters: url("dead_letter_queue")?, queue: Some(url("queue")?) })
    }
}

fn find(instance: &Instance, source: &str) -> Result<Queues, Error> {
    if source.starts_with("http://") || source.starts_with("https://") {
        return Ok(Queues { dead_letters: source.to_owned(), queue: None });
    }
    of_pattern(&Applied::here(instance)?, source, instance)
}

fn of_pattern(applied: &Applied, pattern: &str, instance: &Instance) -> Result<Queues, Error> {
    let queues = Queues::of(applied.pattern(pattern, instance)?);
    queues.ok_or_else(|| {
        let with_queues = applied.patterns().filter(|(_, outputs)| Queues::of(outputs).is_some());
        let known = with_queues.map(|(name, _)| name.to_owned()).collect();
        Error::NoDeadLetterQueue { pattern: pattern.to_owned(), known }
    })
}

fn list(cloud: &Cloud, url: &str) -> Result<(), Error> {
    let mut letters = Letters::of(cloud, url);
    let there = letters.count()?;
    let mut lines = Vec::new();
    while let Some(received) = letters.receive()? {
        lines.extend(received.iter().map(line));
    }
    letters.give_back()?;
    let noun = if lines.len() == 1 { "dead letter" } else { "dead letters" };
    output::line(format_args!("{} {noun} in {}", lines.len(), output::printable(url)));
    if !lines.is_empty() {
        output::line(format_args!(
            "{:<36}  {:<24}  {:<24}  {:>8}  {:>8}  BODY",
            "ID", "SENT", "FIRST RECEIVED", "RECEIVES", "BYTES"
        ));
    }
    for line in &lines {
        output::line(line);
    }
    match there.saturating_sub(lines.len() as u64) {
        0 => {}
        hidden => output::line(format_args!(
            "{hidden} more cannot be read now: somebody else holds them, or earlier ones of their group"
        )),
    }
    Ok(())
}

fn line(letter: &Letter) -> String {
    let one_line = |c: char| if c.is_control() { ' ' } else { c };
    let preview: String = letter.body().chars().map(one_line).take(PREVIEW).collect();
    format!(
        "{:<36}  {:<24}  {:<24}  {:>8}  {:>8}  {preview}",
        output::printable(letter.id()),
        letter.time("SentTimestamp"),
        letter.time("ApproximateFirstReceiveTimestamp"),
        output::printable(letter.attribute("ApproximateReceiveCount")),
        letter.body().len(),
    )
}

fn show(cloud: &Cloud, url: &str, ids: &[String], as_json: bool) -> Result<(), Error> {
    let mut letters = Letters::of(cloud, url);
    let mut wanted = Vec::new();
    while let Some(mut received) = letters.receive()? {
        received.retain(|letter| letter.is_among(ids));
        wanted.append(&mut received);
    }
    letters.give_back()?;
    if as_json {
        let documents: Vec<_> = wanted.iter().map(Letter::document).collect();
        output::line(output::printable_json(&Value::from(documents)));
    } else {
        for letter in &wanted {
            print(letter);
        }
    }
    match ids.iter().find(|id| wanted.iter().all(|letter| letter.id() != *id)) {
        Some(id) => Err(Error::NoSuchLetter { id: id.clone(), url: url.to_owned() }),
        None => Ok(()),
    }
}

fn print(letter: &Letter) {
    output::line(output::printable(letter.id()));
    for (name, value) in letter.attributes() {
        let is_time = name.ends_with("Timestamp");
        let value = if is_time { letter.time(name) } else { value.to_owned() };
        output::line(format_args!(
            "  {:<34}{}",
            output::printable(name),
            output::printable(&value)
        ));
    }
    for (name, value) in letter.message_attributes() {
        let text = value["StringValue"].as_str().or(value["BinaryValue"].as_str());
        let kind = value["DataType"].as_str().unwrap_or_default();
        output::line(format_args!(
            "  {:<34}{}",
            output::printable(&format!("{name} ({kind})")),
            output::printable(text.unwrap_or_default())
        ));
    }
    output::line(format_args!("  {} bytes:", letter.body().len()));
    for line in output::printable(letter.body()).lines() {
        output::line(format_args!("    {line}"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(pattern: &str, expected: Result<(&str, &str), &str>) {
        let both = json!({"queue": "http://q", "dead_letter_queue": "http://d"});
        let patterns = json!({"both": both, "half": {"queue": "http://q"}, "none": {}});
        let applied = Applied { generation: "1".to_owned(), patterns };
        let instance = Instance::new("nowhere".as_ref(), 4600);
        let found = of_pattern(&applied, pattern, &instance);
        let found = found.map(|it| (it.dead_letters, it.queue)).map_err(|error| error.to_string());
        let expected = expected.map(|(dead, queue)| (dead.to_owned(), Some(queue.to_owned())));
        assert_eq!(found, expected.map_err(ToOwned::to_owned));
    }

    #[test]
    fn the_queues_of_a_pattern_are_its_outputs() {
        check("both", Ok(("http://d", "http://q")));
    }

    #[test]
    fn a_pattern_without_them_is_told_from_one_that_is_not_applied() {
        for pattern in ["half", "none"] {
            let message = format!(
                "{pattern} has no dead letters to read: its outputs lack `dead_letter_queue` or \
                 `queue`; these have both: both"
            );
            check(pattern, Err(&message));
        }
        let message = "\"other\" is not applied to the local AWS on port 4600: run scripts/up";
        check("other", Err(message));
    }
}
