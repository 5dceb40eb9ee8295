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
            if as_json { output::line(request) } else { output::line(line(request)) }
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

/// `12:30:05.123  terraform     dynamodb      DescribeTable  200  1.2 ms`
fn line(request: &Value) -> String {
    let text = |field: &str| request[field].as_str().unwrap_or_default();
    // Of `2026-11-20T12:30:05.123456Z`, a reader wants the time of day.
    let time = text("time").get(11..23).unwrap_or_default();
    format!(
        "{time}  {:<12} {:<16} {:<44} {} {:>9.1} ms",
        text("caller"),
        text("service"),
        text("operation"),
        request["status"],
        request["duration_ms"].as_f64().unwrap_or_default(),
    )
}
