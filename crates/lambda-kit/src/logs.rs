//! Logs as Lambda's managed runtimes write them: one flat JSON object a line on stdout.
//!
//! A line holds `timestamp` (RFC 3339, UTC, milliseconds), `level`, `message`, the fields of the
//! spans it was written in from the outermost in (an invocation's are `requestId`,
//! `functionName`, `coldStart` and `xrayTraceId`), `logger` (the event's target) and the event's
//! own fields. A field whose name is taken gets underscores behind it, so that no line has a name
//! twice and nothing is lost.
//!
//! `AWS_LAMBDA_LOG_FORMAT` (`JSON` or `Text`) and `AWS_LAMBDA_LOG_LEVEL` (`TRACE` to `FATAL`) are
//! honoured; they are what `logging_config` of a function sets. Unlike the managed runtimes it
//! writes JSON unless `Text` is asked for. Left out: filters by target, which would bring `regex`
//! into every function.

use crate::Settings;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::SystemTime;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object.
    Json,
    /// `timestamp level logger message name=value ...`
    Text,
}

/// Sends the events of this process to stdout, as `settings` ask. Later calls do nothing.
pub(crate) fn init(settings: &Settings) {
    let subscriber = subscriber(settings, write_line);
    // It fails only if there is one already, which then was put there on purpose.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// The subscriber of a function, writing each line, without its end, to `sink`.
pub fn subscriber(
    settings: &Settings,
    sink: impl Fn(&str) + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    let format = match settings.optional("AWS_LAMBDA_LOG_FORMAT") {
        Some(format) if format.eq_ignore_ascii_case("text") => Format::Text,
        _ => Format::Json,
    };
    Registry::default()
        .with(level(settings.optional("AWS_LAMBDA_LOG_LEVEL")))
        .with(Lines { format, sink })
}

/// The least severe level that is written; `INFO` if the variable is missing or unknown.
fn level(name: Option<&str>) -> LevelFilter {
    match name.unwrap_or_default().to_ascii_uppercase().as_str() {
        "TRACE" => LevelFilter::TRACE,
        "DEBUG" => LevelFilter::DEBUG,
        "WARN" => LevelFilter::WARN,
        "ERROR" => LevelFilter::ERROR,
        // `tracing` has no such level, so no event is as severe.
        "FATAL" => LevelFilter::OFF,
        _ => LevelFilter::INFO,
    }
}

/// Writes a line to stdout in one piece, so that lines never mix. A closed stdout is no reason to
/// fail an invocation.
pub(crate) fn write_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(format!("{line}\n").as_bytes()).and_then(|()| stdout.flush());
}

struct Lines<S> {
    format: Format,
    sink: S,
}

/// The fields of a span or an event, in the order they were given.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl<S, K> Layer<S> for Lines<K>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    K: Fn(&str) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut own = Fields::default();
        event.record(&mut own);
        let message = own.take("message").unwrap_or_default();
        let level = event.metadata().level().as_str();

        let mut line = Line::default();
        line.put("timestamp", Value::from(timestamp(SystemTime::now())));
        line.put("level", Value::from(level));
        line.put("message", message);
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                fields.0.iter().for_each(|(name, value)| line.put(name, value.clone()));
            }
        }
        line.put("logger", Value::from(event.metadata().target()));
        own.0.into_iter().for_each(|(name, value)| line.put(name, value));
        (self.sink)(&line.write(self.format));
    }
}

/// A line being put together.
#[derive(Default)]
struct Line(Vec<(Cow<'static, str>, Value)>);

impl Line {
    fn put(&mut self, name: &'static str, value: Value) {
        let mut name = Cow::Borrowed(name);
        while self.0.iter().any(|(taken, _)| *taken == name) {
            name.to_mut().push('_');
        }
        self.0.push((name, value));
    }

    fn write(self, format: Format) -> String {
        let mut text = String::with_capacity(256);
        for (name, value) in self.0 {
            match format {
                Format::Json => {
                    text.push(if text.is_empty() { '{' } else { ',' });
                    // `Value` writes a string with its quotes and escapes.
                    let _ = write!(text, "{}:{value}", Value::from(name));
                }
                Format::Text => {
                    if !text.is_empty() {
                        text.push(' ');
                    }
                    match (&*name, value) {
                        // What a person reads first stands bare, but on one line.
                        ("timestamp" | "level" | "message", Value::String(value)) => {
                            text.push_str(&value.replace(['\n', '\r'], " "));
                        }
                        (name, value) => {
                            let _ = write!(text, "{name}={value}");
                        }
                    }
                }
            }
        }
        if format == Format::Json {
            text.push('}');
        }
        text
    }
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        // `r#type` is written `type`.
        let name = field.name();
        let name = name.strip_prefix("r#").unwrap_or(name);
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => self.0.push((name, value)),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.remove(at).1)
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::from(format!("{value:?}")));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::from(value));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::from(value));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }
    /// What is not finite has no JSON number, and is written as text.
    fn record_f64(&mut self, field: &Field, value: f64) {
        let number = serde_json::Number::from_f64(value).map(Value::Number);
        self.put(field, number.unwrap_or_else(|| Value::from(value.to_string())));
    }
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, Value::from(crate::Chain(value).to_string()));
    }
}

/// A time as it stands in logs and items: RFC 3339, UTC, milliseconds, `2026-11-20T12:56:07.042Z`. Of
/// two of them the greater text is the later time.
pub fn timestamp(now: SystemTime) -> String {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (seconds, millis) = (since.as_secs(), since.subsec_millis());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of the Gregorian calendar, by counting 400-year eras of 146,097 days that
/// start on 1 March, so that the leap day is the last of its year.
fn civil(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    /// The lines that `work` logs under these variables.
    fn lines(variables: &[(&str, &str)], work: impl FnOnce()) -> Vec<String> {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let settings = Settings::from_variables(variables.iter().copied());
        let subscriber = subscriber(&settings, move |line| {
            sink.lock().unwrap().push(line.to_owned());
        });
        tracing::subscriber::with_default(subscriber, work);
        let lines = written.lock().unwrap();
        lines.clone()
    }

    fn every_level() {
        tracing::trace!("trace");
        tracing::debug!("debug");
        tracing::info!("info");
        tracing::warn!("warn");
        tracing::error!("error");
    }

    #[test]
    fn a_line_is_one_flat_object_with_the_fields_of_its_spans() {
        let lines = lines(&[], || {
            let span = tracing::info_span!("invocation", requestId = "r-1", coldStart = true);
            span.in_scope(|| tracing::warn!(target: "shop", count = 3, "low \"stock\"\n{}", "x"));
        });
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        let at = line["timestamp"].as_str().unwrap();
        assert_eq!((at.len(), &at[19..20], &at[23..]), (24, ".", "Z"));
        let expected = serde_json::json!({
            "timestamp": at, "level": "WARN", "message": "low \"stock\"\nx",
            "requestId": "r-1", "coldStart": true, "logger": "shop", "count": 3,
        });
        assert_eq!(line, expected);
        assert!(!lines[0].contains('\n'));
        assert!(lines[0].starts_with(&format!("{{\"timestamp\":\"{at}\",\"level\":\"WARN\",")));
    }

    #[test]
    fn a_taken_name_gets_an_underscore_and_nothing_is_lost() {
        let lines = lines(&[], || {
            let span = tracing::info_span!("invocation", requestId = "real");
            span.in_scope(|| tracing::info!(requestId = "fake", level = 7, "hello"));
        });
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(line["requestId"], "real");
        assert_eq!(line["requestId_"], "fake");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["level_"], 7);
    }

    #[test]
    fn values_keep_their_types_and_errors_their_causes() {
        let source = std::io::Error::other("refused");
        let lines = lines(&[], || {
            tracing::info!(
                float = 0.5,
                nan = f64::NAN,
                debug = ?Some(1),
                error = &source as &(dyn std::error::Error + 'static),
            );
        });
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(line["float"], 0.5);
        assert_eq!(line["nan"], "NaN");
        assert_eq!(line["debug"], "Some(1)");
        assert_eq!(line["error"], "refused");
        assert_eq!(line["message"], Value::Null);
    }

    #[test]
    fn the_level_is_lambdas_and_info_by_default() {
        for (name, written) in [
            ("TRACE", 5),
            ("DEBUG", 4),
            ("INFO", 3),
            ("WARN", 2),
            ("ERROR", 1),
            ("FATAL", 0),
            ("warn", 2),
            ("", 3),
            ("LOUD", 3),
        ] {
            let lines = lines(&[("AWS_LAMBDA_LOG_LEVEL", name)], every_level);
            assert_eq!(lines.len(), written, "{name:?}");
        }
    }

    #[test]
    fn text_is_written_when_it_is_asked_for() {
        let lines = lines(&[("AWS_LAMBDA_LOG_FORMAT", "Text")], || {
            let span = tracing::info_span!("invocation", requestId = "r-1");
            span.in_scope(|| tracing::info!(target: "shop", name = "a b", "two\nlines"));
        });
        assert_eq!(
            &lines[0][24..],
            " INFO two lines requestId=\"r-1\" logger=\"shop\" name=\"a b\""
        );
    }

    #[test]
    fn timestamps_follow_the_calendar() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (1_763_643_367_042, "2025-11-20T12:56:07.042Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            let at = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
            assert_eq!(timestamp(at), expected);
        }
    }
}
