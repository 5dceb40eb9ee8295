//! The one entry of every function's `main`: logs, start, and the loop that answers invocations.

use crate::{Chain, Invocation, Metrics, Settings, logs};
use lambda_runtime::{Context, Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::error::Error as StdError;
use std::pin::Pin;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::SystemTime;
use tracing::{Instrument as _, Span};

/// What Lambda sets for every function; `lambda_runtime` panics without it.
const RUNTIME: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
];

/// A function's behaviour. It is made once and answers one invocation at a time.
pub trait Handler {
    /// What Lambda hands in.
    type Event: DeserializeOwned + 'static;
    /// What the function answers.
    type Response: Serialize + 'static;
    /// Why an invocation failed. Its text becomes the invocation's `errorMessage`, which a direct
    /// caller sees; its causes only go to the log.
    type Error: StdError + 'static;

    /// Answers one invocation.
    async fn handle(
        &self,
        event: Self::Event,
        invocation: &Invocation,
    ) -> Result<Self::Response, Self::Error>;
}

/// Runs a function until Lambda ends it: `init` makes the handler, once, while the process still
/// has a full core, then every invocation goes to it.
///
/// Every invocation has a log span with `requestId`, `functionName`, `coldStart` and
/// `xrayTraceId`, and metrics, which are written when it ends, also when it fails or panics
/// (though not where a panic aborts the process).
///
/// Returns only when it cannot go on: a failed `init` is logged and ends the process, which
/// Lambda reports as `Runtime.ExitError`.
pub fn run<H, E>(init: impl AsyncFnOnce(&Settings) -> Result<H, E>) -> ExitCode
where
    H: Handler + 'static,
    E: StdError + 'static,
{
    let settings = Settings::from_environment();
    logs::init(&settings);
    match block_on(start(&settings, init)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %Chain(error.as_ref()), "the function cannot start or go on");
            ExitCode::FAILURE
        }
    }
}

/// One thread: a function answers one invocation at a time, and a second thread only costs start
/// time and memory.
fn block_on(
    work: impl Future<Output = Result<(), Box<dyn StdError>>>,
) -> Result<(), Box<dyn StdError>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

async fn start<H, E>(
    settings: &Settings,
    init: impl AsyncFnOnce(&Settings) -> Result<H, E>,
) -> Result<(), Box<dyn StdError>>
where
    H: Handler + 'static,
    E: StdError + 'static,
{
    settings.require(RUNTIME)?;
    let function = Rc::new(Function { handler: init(settings).await?, cold: Cell::new(true) });
    let service = service_fn(move |event: LambdaEvent<H::Event>| {
        let function = Rc::clone(&function);
        // Boxed, or the runtime's layers around a handler that calls two services nest types deeper
        // than the compiler follows.
        Box::pin(async move { function.answer(event).await }) as Answer<H::Response>
    });
    let ended = Runtime::new(service).run().await;
    ended.map_err(|error| -> Box<dyn StdError> { error })
}

type Answer<R> = Pin<Box<dyn Future<Output = Result<R, Diagnostic>>>>;

struct Function<H> {
    handler: H,
    cold: Cell<bool>,
}

impl<H: Handler> Function<H> {
    async fn answer(&self, event: LambdaEvent<H::Event>) -> Result<H::Response, Diagnostic> {
        let (event, context) = event.into_parts();
        let cold = self.cold.replace(false);
        let name = &context.env_config.function_name;
        let metrics = Metrics::new(name, &context.request_id);
        if cold {
            metrics.count("ColdStart", 1);
        }
        let invocation = Flushed(Invocation::new(metrics, context.deadline()));
        let answer = async {
            let answer = self.handler.handle(event, &invocation.0).await;
            answer.map_err(|error| {
                tracing::error!(error = %Chain(&error), "the invocation failed");
                Diagnostic {
                    error_type: std::any::type_name::<H::Error>().to_owned(),
                    error_message: error.to_string(),
                }
            })
        };
        answer.instrument(span(&context, cold)).await
    }
}

/// The span of an invocation. Its level is the highest, so that it is there whatever the level of
/// the logs. The trace id is the root alone, which is what X-Ray's console searches for.
fn span(context: &Context, cold: bool) -> Span {
    let trace = context.xray_trace_id.as_deref().and_then(root);
    tracing::error_span!(
        "invocation",
        requestId = context.request_id,
        functionName = context.env_config.function_name,
        coldStart = cold,
        xrayTraceId = trace,
    )
}

/// `1-5759e988-bd862e3fe1be46a994272793` of `Root=1-5759e988-...;Parent=...;Sampled=1`.
fn root(header: &str) -> Option<&str> {
    header.split(';').find_map(|part| part.trim().strip_prefix("Root="))
}

/// Writes the metrics when the invocation ends, in whatever way it does.
struct Flushed(Invocation);

impl Drop for Flushed {
    fn drop(&mut self) {
        for document in self.0.metrics().take_documents(SystemTime::now()) {
            logs::write_line(&document);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_id_is_the_root_of_the_header() {
        assert_eq!(root("Root=1-a-b;Parent=c;Sampled=0"), Some("1-a-b"));
        assert_eq!(root("Parent=c; Root=1-a-b"), Some("1-a-b"));
        assert_eq!(root("Parent=c"), None);
    }
}
