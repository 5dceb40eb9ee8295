//! The request journal: the last requests to the one endpoint, for whoever wonders who called what.
//!
//! `GET /_spillway/requests?after=ID` answers `{"requests":[...],"last":ID}` with the requests that
//! were answered after the one with that id, oldest first. A request is in it from the moment its
//! answer begins; `duration_ms` is the time until then. A call of a REST API that ended in an error
//! has a `detail`: what its integration sent, what came back, and why the gateway answered itself. A
//! call that failed on purpose has the rule that struck it as its `fault`.
//! What event source mappings ask for all the time, and what API Gateway logs to CloudWatch, is in it
//! only if it fails.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::Response;
use jiff::Timestamp;
use rest_api::Detail;
use serde::Serialize;
use serde_json::json;

use crate::call::Call;
use crate::fault::Fault;

/// How many requests it remembers.
const CAPACITY: usize = 1000;

/// What was asked of the endpoint, newest last.
#[derive(Default)]
pub(crate) struct Journal {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// The id of the newest entry; the first is 1.
    last: u64,
    newest: VecDeque<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: u64,
    /// When the request arrived.
    time: Timestamp,
    caller: String,
    service: String,
    operation: String,
    status: u16,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

impl Journal {
    /// Writes down a request whose answer begins now.
    pub(crate) fn record<B>(&self, call: &Call, response: &Response<B>, took: Duration) {
        let entry = Entry {
            id: 0,
            time: Timestamp::now() - took,
            caller: call.caller().to_owned(),
            service: call.service().to_owned(),
            operation: call.operation(),
            status: response.status().as_u16(),
            duration_ms: took.as_micros() as f64 / 1000.0,
            detail: response.extensions().get().cloned(),
            fault: response.extensions().get().cloned(),
        };
        let mut entries = self.entries();
        entries.last += 1;
        let id = entries.last;
        if entries.newest.len() == CAPACITY {
            entries.newest.pop_front();
        }
        entries.newest.push_back(Entry { id, ..entry });
    }

    /// The requests after the one with the id `after`, as JSON.
    pub(crate) fn since(&self, after: u64) -> String {
        let entries = self.entries();
        let fresh = entries.newest.iter().filter(|entry| entry.id > after);
        json!({"requests": fresh.collect::<Vec<_>>(), "last": entries.last}).to_string()
    }

    /// A panic elsewhere leaves the entries whole: each is added in one step.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
