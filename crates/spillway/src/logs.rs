//! `spillway logs`: what the functions wrote, from CloudWatch Logs of the local AWS.

use std::collections::{HashMap, HashSet};
use std::thread::sleep;
use std::time::Duration;

use local_aws::Instance;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::error::Error;
use crate::output;

/// Lambda's log groups are named by this and the function.
const LOG_GROUPS: &str = "/aws/lambda/";

/// How far back a follower looks for lines that arrived late.
const LATE_MS: i64 = 60_000;

/// How often a follower looks for new lines.
const FOLLOW: Duration = Duration::from_millis(500);

/// Prints the lines of one function or of all, oldest first; with `follow` until interrupted.
pub(crate) fn logs(instance: &Instance, function: Option<&str>, follow: bool) -> Result<(), Error> {
    let logs = Logs { cloud: Cloud::of(instance)? };
    let functions = logs.functions()?;
    let chosen: Vec<_> = functions
        .iter()
        .filter(|name| function.is_none_or(|wanted| name.ends_with(wanted)))
        .collect();
    if let (Some(name), true) = (function, chosen.is_empty()) {
        return Err(Error::NoSuchFunction { name: name.to_owned(), known: functions });
    }

    let mut printed = HashSet::new();
    let mut since_ms = 0;
    loop {
        let mut events = Vec::new();
        for name in &chosen {
            events.extend(logs.events(name, since_ms)?.into_iter().map(|event| (*name, event)));
        }
        events.sort_by_key(|(_, event)| event.timestamp_ms);
        since_ms = events.last().map_or(since_ms, |(_, event)| event.timestamp_ms - LATE_MS);
        for (name, event) in events {
            if !printed.insert(event.clone()) {
                continue;
            }
            match chosen.len() {
                1 => output::line(event.message),
                _ => output::line(format_args!("{name}: {}", event.message)),
            }
        }
        if !follow {
            return Ok(());
        }
        printed.retain(|event: &Event| event.timestamp_ms >= since_ms);
        sleep(FOLLOW);
    }
}

/// One line of a log. Two are the same line only if everything is the same.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Event {
    timestamp_ms: i64,
    stream: String,
    message: String,
    /// Which of the equal lines of one millisecond it is: MiniStack gives lines no id.
    occurrence: usize,
}

/// A client of CloudWatch Logs for the two calls that are needed here.
struct Logs {
    cloud: Cloud,
}

impl Logs {
    fn functions(&self) -> Result<Vec<String>, Error> {
        let groups =
            self.all("DescribeLogGroups", "logGroups", json!({"logGroupNamePrefix": LOG_GROUPS}))?;
        let name = |group: &Value| {
            Some(group["logGroupName"].as_str()?.trim_start_matches(LOG_GROUPS).to_owned())
        };
        Ok(groups.iter().filter_map(name).collect())
    }

    fn events(&self, function: &str, since_ms: i64) -> Result<Vec<Event>, Error> {
        let group = format!("{LOG_GROUPS}{function}");
        let input = json!({"logGroupName": group, "startTime": since_ms.max(0)});
        let mut seen = HashMap::new();
        let event = |event: &Value| {
            let mut event = Event {
                timestamp_ms: event["timestamp"].as_i64()?,
                stream: event["logStreamName"].as_str()?.to_owned(),
                message: event["message"].as_str()?.trim_end().to_owned(),
                occurrence: 0,
            };
            let count = seen.entry(event.clone()).or_insert(0);
            event.occurrence = *count;
            *count += 1;
            Some(event)
        };
        Ok(self.all("FilterLogEvents", "events", input)?.iter().filter_map(event).collect())
    }

    /// Every page of a listing.
    fn all(&self, action: &str, field: &str, mut input: Value) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        loop {
            let page = self.cloud.call("logs", &format!("Logs_20140328.{action}"), &input)?;
            found.extend(page[field].as_array().cloned().unwrap_or_default());
            match page["nextToken"].as_str() {
                Some(token) => input["nextToken"] = token.into(),
                None => return Ok(found),
            }
        }
    }
}
