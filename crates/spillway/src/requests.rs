//! `spillway requests`: the last requests to the local AWS, from the one endpoint's journal.

use std::thread::sleep;
use std::time::Duration;

use local_aws::Instance;
use serde_json::Value;

use crate::error::Error;
use crate::output;

/// How often a follower asks for more.
const FOLLOW: Duration = Duration::from_millis(300);

/// Prints the requests that the journal remembers, oldest first; with `follow` until interrupted.
pub(crate) fn requests(instance: &Instance, follow: bool, as_json: bool) -> Result<(), Error> {
    let record = instance.record()?.ok_or(Error::NotRunning { port: instance.port() })?;
    let mut after = 0;
    loop {
        let page = since(&record.endpoint, after)?;
        for request in page["requests"].as_array().into_iter().flatten() {
            if as_json {
                output::line(request);
                continue;
            }
            output::line(line(request));
            for line in detail(&request["detail"]) {
                output::line(line);
            }
        }
        after = page["last"].as_u64().unwrap_or(after);
        if !follow {
            return Ok(());
        }
        sleep(FOLLOW);
    }
}

fn since(endpoint: &str, after: u64) -> Result<Value, Error> {
    let failed = |source| Error::Request { action: "GetRequests", source: Box::new(source) };
    ureq::get(format!("{endpoint}/_spillway/requests?after={after}"))
        .call()
        .map_err(failed)?
        .body_mut()
        .read_json()
        .map_err(failed)
}

/// What a failed call of a REST API sent and got, a line each. A payload has lines of its own, which
/// stay below it.
fn detail(detail: &Value) -> impl Iterator<Item = String> {
    let members = ["integration", "request", "status", "answer", "failure"];
    let told = members.into_iter().filter_map(|name| Some((name, detail.get(name)?)));
    told.map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let text = output::printable(text.trim_end()).replace('\n', &format!("\n{:28}", ""));
        format!("{:14}{name:<12}  {text}", "")
    })
}

/// `12:30:05.123  terraform     dynamodb      DescribeTable  200  1.2 ms`
fn line(request: &Value) -> String {
    let text = |field: &str| request[field].as_str().unwrap_or_default();
    // Of `2026-11-20T12:30:05.123456Z`, a reader wants the time of day.
    let time = text("time").get(11..23).unwrap_or_default();
    let fault = request["fault"].as_str().map(|rule| format!("  on purpose: {rule}"));
    format!(
        "{time}  {:<12} {:<16} {:<44} {} {:>9.1} ms{}",
        text("caller"),
        text("service"),
        text("operation"),
        request["status"],
        request["duration_ms"].as_f64().unwrap_or_default(),
        fault.unwrap_or_default(),
    )
}
