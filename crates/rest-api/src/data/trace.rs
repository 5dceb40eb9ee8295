//! What is noted of a request on its way, for its logs and metrics.
//!
//! Whoever does a part of the work notes what came of it; nothing here decides anything. The lines
//! of the execution log are worded as API Gateway words them in CloudWatch. A line that nobody wants
//! is never written: give `format_args!` to the methods here rather than `format!`.

use std::fmt::{Display, Write};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use super::request::Pair;
use crate::delivery::Line;
use crate::model::MethodSetting;

/// The most bytes of a line behind the request's id; more are cut off, and the line says so.
const LONGEST_LINE: usize = 1024;

/// How much of a secret is shown: its end.
const SHOWN_OF_SECRET: usize = 6;

/// The headers whose values are secrets.
const SECRETS: [&str; 3] = ["authorization", "x-api-key", "x-amz-security-token"];

/// Which lines of a method's execution log are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    #[default]
    Off,
    Error,
    Info,
}

/// What a stage wants to know of the requests to a method.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reporting {
    level: Level,
    /// Whether lines may hold parameters, headers and bodies.
    data_trace: bool,
    /// Whether the method has metrics of its own.
    pub(super) detailed_metrics: bool,
}

/// The notes on one request.
#[derive(Debug)]
pub(super) struct Trace {
    began: Instant,
    /// Until the request has a route, nothing is wanted of it.
    reporting: Reporting,
    /// What every line begins with: the request's id.
    prefix: String,
    /// What the log of a request begins with. At level `ERROR` it waits for an error to follow.
    opening: String,
    lines: Vec<Line>,
    /// When the backend was called.
    sent: Option<Instant>,
    /// What the method's backend did, if it was called.
    pub(super) integration: Step,
    /// What a function that is proxied gave as the status, while Lambda's is the integration's.
    pub(super) function_status: Option<u16>,
    /// What the authorizer did, if it was called.
    pub(super) authorizer: Step,
    /// What came of finding out who calls.
    pub(super) authenticate: Step,
    /// What came of finding out what the caller may do.
    pub(super) authorize: Step,
}

/// What one party behind the gateway did.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// The status that it answered with.
    pub(super) status: Option<u16>,
    /// Until its answer was there.
    pub(super) latency: Option<Duration>,
    /// The id that it gave the request.
    pub(super) request_id: Option<String>,
    /// What went wrong.
    pub(super) error: Option<String>,
}

impl From<&MethodSetting> for Reporting {
    fn from(setting: &MethodSetting) -> Self {
        let level = match setting.logging_level.as_str() {
            "INFO" => Level::Info,
            "ERROR" => Level::Error,
            _ => Level::Off,
        };
        Self {
            level,
            data_trace: setting.data_trace_enabled,
            detailed_metrics: setting.metrics_enabled,
        }
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            reporting: Reporting::default(),
            prefix: String::new(),
            opening: String::new(),
            lines: Vec::new(),
            sent: None,
            integration: Step::default(),
            function_status: None,
            authorizer: Step::default(),
            authenticate: Step::default(),
            authorize: Step::default(),
        }
    }
}

impl Trace {
    /// Begins the execution log, once it is known what is wanted of it.
    pub(super) fn open(&mut self, reporting: Reporting, id: &str, extended_id: &str) {
        self.reporting = reporting;
        if reporting.level > Level::Off {
            self.prefix = format!("({id}) ");
            self.opening = format!("Extended Request Id: {extended_id}");
        }
        if reporting.level == Level::Info {
            self.write_opening();
        }
    }

    /// Since the request came.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Notes a step of the request's way.
    pub(super) fn line(&mut self, text: impl Display) {
        if self.reporting.level == Level::Info {
            self.write(text);
        }
    }

    /// Notes what a request or an answer holds, which is for those who trace data only.
    pub(super) fn data(&mut self, text: impl Display) {
        if self.reporting.data_trace {
            self.line(text);
        }
    }

    /// Notes why a request fails.
    pub(super) fn error(&mut self, text: impl Display) {
        if self.reporting.level > Level::Off {
            self.write_opening();
            self.write(text);
        }
    }

    /// Notes what goes to the backend. Its time runs from here.
    pub(super) fn sending(&mut self, uri: impl Display, headers: &HeaderMap, body: &[u8]) {
        self.data(format_args!("Endpoint request URI: {uri}"));
        self.data(format_args!("Endpoint request headers: {}", HeaderLines(headers)));
        self.data(format_args!("Endpoint request body after transformations: {}", Text(body)));
        self.data(format_args!("Sending request to {uri}"));
        self.sent = Some(Instant::now());
    }

    /// Notes what came back from the backend.
    pub(super) fn received(&mut self, status: u16, headers: &[Pair], body: &Bytes) {
        let latency = self.sent.map(|sent| sent.elapsed());
        let milliseconds = latency.unwrap_or_default().as_millis();
        self.data(format_args!(
            "Received response. Status: {status}, Integration latency: {milliseconds} ms"
        ));
        self.data(format_args!("Endpoint response headers: {}", Pairs(headers)));
        self.data(format_args!("Endpoint response body before transformations: {}", Text(body)));
        let header = |wanted: &str| headers.iter().find(|(name, _)| &**name == wanted);
        let id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
        self.integration.status = Some(status);
        self.integration.latency = latency;
        self.integration.request_id = id.map(|(_, id)| id.to_string());
    }

    /// Notes that the request fails, which is the backend's doing if it was called.
    pub(super) fn failed(&mut self, reason: &str) {
        if let Some(sent) = self.sent {
            self.integration.latency.get_or_insert_with(|| sent.elapsed());
            self.integration.error.get_or_insert_with(|| reason.to_owned());
        }
        self.error(reason);
    }

    /// The execution log.
    pub(super) fn into_lines(self) -> Vec<Line> {
        self.lines
    }

    fn write_opening(&mut self) {
        let opening = std::mem::take(&mut self.opening);
        if !opening.is_empty() {
            self.write(opening);
        }
    }

    fn write(&mut self, text: impl Display) {
        let mut line = Bounded { text: self.prefix.clone(), room: LONGEST_LINE, is_cut: false };
        // Only an error of the text's own could come here, and none of ours has any.
        let _ = write!(line, "{text}");
        if line.is_cut {
            line.text.push_str(" [TRUNCATED]");
        }
        self.lines.push(Line { milliseconds: Timestamp::now().as_millisecond(), text: line.text });
    }
}

/// A text to which only so much is added.
struct Bounded {
    text: String,
    room: usize,
    is_cut: bool,
}

impl Write for Bounded {
    fn write_str(&mut self, more: &str) -> std::fmt::Result {
        let taken = more.floor_char_boundary(self.room);
        self.is_cut |= taken < more.len();
        self.room -= taken;
        self.text.push_str(&more[..taken]);
        Ok(())
    }
}

/// Parameters as `{a=b, c=d}`, secrets hidden.
pub(super) struct Pairs<'a>(pub(super) &'a [Pair]);

/// The same of headers.
pub(super) struct HeaderLines<'a>(pub(super) &'a HeaderMap);

/// A secret, of which only the end is shown.
pub(super) struct Masked<'a>(pub(super) &'a str);

/// A payload.
pub(super) struct Text<'a>(pub(super) &'a [u8]);

impl Display for Pairs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        braced(f, self.0.iter().map(|(name, value)| (&**name, &**value)))
    }
}

impl Display for HeaderLines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pair = |(name, value): (&'_ http::HeaderName, &'_ http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let pairs: Vec<(String, String)> = self.0.iter().map(pair).collect();
        braced(f, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

impl Display for Masked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = self.0.chars().count().saturating_sub(SHOWN_OF_SECRET);
        // A secret that is as short as its end would be shown whole.
        let hidden = if hidden == 0 { self.0.chars().count() } else { hidden };
        let end: String = self.0.chars().skip(hidden).collect();
        write!(f, "{}{end}", "*".repeat(hidden))
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // One character more than fits, so that the line is seen to be cut.
        let shown = &self.0[..self.0.len().min(LONGEST_LINE + 1)];
        f.write_str(&String::from_utf8_lossy(shown))
    }
}

fn braced<'a>(
    f: &mut std::fmt::Formatter<'_>,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> std::fmt::Result {
    f.write_str("{")?;
    for (number, (name, value)) in pairs.enumerate() {
        let joint = if number == 0 { "" } else { ", " };
        let is_secret = SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
        if is_secret {
            write!(f, "{joint}{name}={}", Masked(value))?;
        } else {
            write!(f, "{joint}{name}={value}")?;
        }
    }
    f.write_str("}")
}
