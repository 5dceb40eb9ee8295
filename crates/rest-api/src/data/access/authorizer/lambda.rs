//! Lambda authorizers: a function is told of a token or of the whole request, and answers a policy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use jiff::SignedDuration;
use mapping_template::find;
use serde::Serialize;
use serde_json::json;
use tokio::time::timeout;
use vtl::{JavaPattern, Limits, Meter};

use super::answer::Answer;
use super::cache::{Cache, Identity};
use super::{misconfigured, unauthorized};
use crate::data::Backend;
use crate::data::access::resource_policy;
use crate::data::event::{Empty, RequestFields};
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::headers;
use crate::data::integration::lambda::{FUNCTION_ERROR, Function};
use crate::data::integration::{Endpoint, substitute};
use crate::data::log::{chain, excerpt};
use crate::data::media_type::JSON;
use crate::data::parameters::Source;
use crate::data::policy::Verdict;
use crate::data::request::TRACE_ID;
use crate::model::{Authorizer, Integration, IntegrationType, Strings};

/// How long an answer counts unless the authorizer says it.
const DEFAULT_TIME_TO_LIVE: u32 = 300;

/// How long a function may take. AWS documents none for REST APIs, so it is an integration's.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// What a function says that wants its caller to get a 401.
const UNAUTHORIZED: &str = "Unauthorized";

/// A Lambda authorizer.
#[derive(Debug)]
pub(in crate::data) struct LambdaAuthorizer {
    kind: Kind,
    endpoint: Endpoint,
    /// What the caller is known by.
    sources: Vec<Source>,
    /// None if each request is asked about.
    cache: Option<Cache>,
}

#[derive(Debug)]
enum Kind {
    Token { pattern: Option<JavaPattern> },
    Request,
}

/// What a function is told.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "UPPERCASE", rename_all_fields = "camelCase")]
enum Event<'a> {
    Token {
        method_arn: &'a str,
        authorization_token: &'a str,
    },
    Request {
        method_arn: &'a str,
        #[serde(flatten)]
        request: Box<RequestFields<'a>>,
    },
}

impl LambdaAuthorizer {
    pub(super) fn new(definition: &Authorizer, variables: &Strings) -> Self {
        let pattern = definition.identity_validation_expression.as_deref();
        let pattern = pattern.filter(|pattern| !pattern.is_empty());
        let kind = match definition.kind.as_str() {
            "TOKEN" => Kind::Token { pattern: pattern.map(JavaPattern::new) },
            _ => Kind::Request,
        };
        // It is called as an integration is.
        let integration = Integration {
            kind: IntegrationType::Aws,
            credentials: definition.authorizer_credentials.clone(),
            ..Integration::default()
        };
        let uri = definition.authorizer_uri.as_deref().unwrap_or_default();
        let sources = definition.identity_source.as_deref().unwrap_or_default();
        let sources = sources.split(',').map(str::trim).filter(|source| !source.is_empty());
        let sources: Vec<Source> = sources.map(Source::parse).collect();
        let time_to_live =
            definition.authorizer_result_ttl_in_seconds.unwrap_or(DEFAULT_TIME_TO_LIVE);
        // Whoever is known by nothing would have the answer of everybody.
        let is_cached = time_to_live > 0 && !sources.is_empty();
        Self {
            kind,
            endpoint: Endpoint::new(&integration, &substitute(uri, variables), variables),
            sources,
            cache: is_cached.then(|| Cache::new(SignedDuration::from_secs(time_to_live.into()))),
        }
    }

    /// What the function's policy says to the method that is called.
    ///
    /// # Errors
    /// 401 for who is not known, 500 for a function that does not answer or not as it should.
    pub(super) async fn ask(
        &self,
        backend: &Backend,
        exchange: &mut Exchange<'_>,
        arn: &str,
    ) -> Result<Verdict, Failure> {
        let identity = self.identity(exchange)?;
        let now = exchange.request.received;
        let kept = self.cache.as_ref().and_then(|cache| cache.get(&identity, now));
        let (answer, latency) = match kept {
            Some(answer) => (answer, Duration::ZERO),
            None => {
                let (answer, latency) = self.call(backend, exchange, &identity, arn).await?;
                let answer = Arc::new(answer);
                if let Some(cache) = &self.cache {
                    cache.put(identity, Arc::clone(&answer), now);
                }
                (answer, latency)
            }
        };
        let mut context = answer.context.clone();
        context.insert("integrationLatency".to_owned(), json!(latency.as_millis()));
        exchange.add_authorizer(context);
        exchange.usage_key.clone_from(&answer.usage_key);
        Ok(resource_policy::ask(&answer.policy, exchange, None))
    }

    /// What the caller is known by. A function that is asked about each request judges itself what
    /// of it is missing, unless it wants a token.
    ///
    /// # Errors
    /// 401 if anything is missing or the token has not the right shape, 500 if no shape is right.
    fn identity(&self, exchange: &Exchange<'_>) -> Result<Identity, Failure> {
        if self.cache.is_none() && matches!(self.kind, Kind::Request) {
            return Ok(Identity::new());
        }
        let data = exchange.data();
        let read = |source: &Source| source.read(&data).ok().flatten().map(|all| all.join(","));
        let identity: Option<Identity> = self.sources.iter().map(read).collect();
        let identity = identity.ok_or_else(unauthorized)?;
        if let Kind::Token { pattern: Some(pattern) } = &self.kind {
            let token = identity.first().ok_or_else(unauthorized)?;
            let meter = Meter::new(Limits::default());
            let matches = pattern.matches(token, &meter).map_err(|fault| {
                misconfigured(format!("the authorizer's identityValidationExpression: {fault}"))
            })?;
            if !matches {
                return Err(unauthorized());
            }
        }
        Ok(identity)
    }

    /// Calls the function, and notes what came of it.
    async fn call(
        &self,
        backend: &Backend,
        exchange: &mut Exchange<'_>,
        identity: &Identity,
        arn: &str,
    ) -> Result<(Answer, Duration), Failure> {
        let function = match &self.endpoint {
            Endpoint::Lambda(function) => function,
            Endpoint::Unusable { reason } => return Err(misconfigured(reason.clone())),
            _ => return Err(misconfigured("the authorizer's URI names no function")),
        };
        let event = self.event(exchange, identity, arn)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        let (name, value) = headers::header(TRACE_ID, &exchange.request.trace_id)?;
        headers.insert(name, value);
        let started = Instant::now();
        let answered = timeout(TIME_LIMIT, function.invoke(backend, headers, event)).await;
        let latency = started.elapsed();
        let step = &mut exchange.trace.authorizer;
        step.latency = Some(latency);
        let answer = match answered {
            Ok(Ok(response)) => {
                step.status = Some(response.status().as_u16());
                let id = response.headers().get("x-amzn-requestid");
                step.request_id = id.and_then(|id| Some(id.to_str().ok()?.to_owned()));
                read(function, &response)
            }
            Ok(Err(error)) => Err(failed(chain(&error))),
            Err(_) => Err(failed(format!("no answer from {function} in {TIME_LIMIT:?}"))),
        };
        if let Err(failure) = &answer {
            step.error = failure.log_line().or_else(|| Some(UNAUTHORIZED.to_owned()));
        }
        Ok((answer?, latency))
    }

    fn event(
        &self,
        exchange: &Exchange<'_>,
        identity: &Identity,
        method_arn: &str,
    ) -> Result<Bytes, Failure> {
        let event = match &self.kind {
            Kind::Token { .. } => Event::Token {
                method_arn,
                authorization_token: identity.first().ok_or_else(unauthorized)?,
            },
            Kind::Request => Event::Request {
                method_arn,
                request: Box::new(RequestFields::new(exchange, Empty::Object)),
            },
        };
        let written = serde_json::to_vec(&event);
        let written = written
            .map_err(|error| misconfigured(format!("the event cannot be written: {error}")))?;
        Ok(written.into())
    }
}

/// What a function answered.
fn read(function: &Function, response: &Response<Bytes>) -> Result<Answer, Failure> {
    let body = response.body();
    let said = || excerpt(body);
    if response.status() != StatusCode::OK {
        let status = response.status();
        return Err(failed(format!("Lambda answered {status} for {function}: {}", said())));
    }
    if response.headers().contains_key(FUNCTION_ERROR) {
        let error = find(&String::from_utf8_lossy(body), "$.errorMessage").ok().flatten();
        return Err(match error.as_deref() {
            Some(UNAUTHORIZED) => unauthorized(),
            _ => failed(format!("{function} failed: {}", said())),
        });
    }
    Answer::read(body).map_err(|problem| {
        misconfigured(format!("{function} answered what is no policy: {problem}: {}", said()))
    })
}

/// 500 for a function that could not say whether it knows the caller.
fn failed(reason: impl Into<String>) -> Failure {
    Failure::new(ResponseType::AuthorizerFailure).because(reason)
}
