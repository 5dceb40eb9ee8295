//! Services of AWS other than Lambda, called by their own APIs as the role of the integration.
//!
//! An integration names an action or a path. What of a service's protocol API Gateway adds by
//! itself is a [`Protocol`]; everything else is the integration's: its verb, headers, query string
//! and body go on as they are, also to services of which nothing is known here.

use ::http::header::{ACCEPT, CONTENT_TYPE};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use aws_call::{Call, Role};
use bytes::Bytes;

use super::outgoing::Outgoing;
use super::query_protocol;
use super::uri::{append_query, fill_path, fill_query};
use super::{Reply, SESSION, text_headers, uncallable, unreachable};
use crate::data::Backend;
use crate::data::gateway_response::Failure;
use crate::data::media_type::{JSON, first_accepted};
use crate::data::trace::Trace;

/// The header by which services with a JSON protocol know an operation.
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// A service, and what is called of it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::data) struct Service {
    /// The first labels of its public host.
    host: String,
    /// As signatures name it.
    name: String,
    region: String,
    role: String,
    protocol: Protocol,
    /// Without its query string, with placeholders.
    path: String,
    /// With placeholders, without the question mark.
    query: String,
    /// None if the integration names a path.
    action: Option<String>,
}

/// What API Gateway adds to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// The target of an action, `{prefix}.{action}`, and the version of JSON that it is sent in.
    Json { prefix: &'static str, media_type: &'static str },
    /// Nothing: actions are query strings or forms. Answers are JSON if that is accepted.
    Query,
    /// The same, though the service's own protocol is JSON: only the query string of an action
    /// counts, and not the body.
    QueryForJson { prefix: &'static str },
    /// Nothing.
    Plain,
}

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

impl Protocol {
    /// By the service as integrations name it, with its subdomain.
    fn of(service: &str) -> Self {
        let json = |prefix, media_type| Self::Json { prefix, media_type };
        match service {
            "dynamodb" => json("DynamoDB_20120810", JSON_1_0),
            "firehose" => json("Firehose_20150804", JSON_1_1),
            "kinesis" => json("Kinesis_20131202", JSON_1_1),
            "states" => json("AWSStepFunctions", JSON_1_0),
            "ssm" => Self::QueryForJson { prefix: "AmazonSSM" },
            "email" | "iam" | "monitoring" | "sns" | "sqs" | "sts" => Self::Query,
            _ => Self::Plain,
        }
    }
}

/// The name in signatures of a service, which is the one in its host for almost all.
fn signing_name(service: &str) -> &str {
    match service {
        "appsync-api" => "appsync",
        "email" => "ses",
        same => same,
    }
}

impl Service {
    /// What an integration's URI names behind the region: `[subdomain.]service` and
    /// `action/{action}[&name=value...]` or `path/{path}`.
    ///
    /// # Errors
    /// In words, if it names neither.
    pub(super) fn new(
        service: &str,
        region: &str,
        what: &str,
        role: String,
    ) -> Result<Self, String> {
        let (subdomain, name) = service.rsplit_once('.').unwrap_or(("", service));
        let (path, query, action) = if let Some(action) = what.strip_prefix("action/") {
            let name = action.split('&').next().unwrap_or_default().to_owned();
            ("/".to_owned(), format!("Action={action}"), Some(name))
        } else if let Some(path) = what.strip_prefix("path/") {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            (format!("/{}", path.trim_start_matches('/')), query.to_owned(), None)
        } else {
            return Err("AWS ARN for integration must contain path or action".to_owned());
        };
        // A bucket is named by the path as well as by the host, which a local AWS does not look at.
        let is_bucket = name == "s3" && !subdomain.is_empty();
        let path = if is_bucket { format!("/{subdomain}{path}") } else { path };
        let host = match (name, action.as_deref()) {
            ("s3", _) => name,
            ("states", Some("StartSyncExecution")) => "sync-states",
            _ => service,
        };
        Ok(Self {
            host: host.to_owned(),
            name: signing_name(name).to_owned(),
            region: region.to_owned(),
            role,
            protocol: Protocol::of(service),
            path,
            query,
            action,
        })
    }

    /// The media type of a request whose integration names none.
    pub(super) fn media_type(&self) -> Option<&'static str> {
        self.action.as_ref()?;
        match self.protocol {
            Protocol::Json { media_type, .. } => Some(media_type),
            Protocol::QueryForJson { .. } => Some(JSON_1_1),
            Protocol::Query | Protocol::Plain => None,
        }
    }

    /// Calls the service. Whatever it answers is an answer; integration responses are chosen by its
    /// status.
    ///
    /// # Errors
    /// 500 for a URI that cannot be called and a role that cannot be assumed, 504 for a service
    /// that does not answer.
    pub(super) async fn call(
        &self,
        backend: &Backend,
        trace: &mut Trace,
        outgoing: Outgoing,
    ) -> Result<Reply, Failure> {
        let path_and_query = self.path_and_query(&outgoing)?;
        let Outgoing { verb, mut headers, mut body, .. } = outgoing;
        let method = Method::from_bytes(verb.as_bytes())
            .map_err(|error| Failure::configuration(format!("{verb}: {error}")))?;
        if matches!(method, Method::GET | Method::HEAD | Method::OPTIONS) {
            body = Bytes::new();
        }
        let accepts_json = accepts_json(&headers);
        if let Some(action) = &self.action {
            let (_, query) = path_and_query.split_once('?').unwrap_or_default();
            if let Protocol::QueryForJson { .. } = self.protocol {
                body = query_protocol::input(query).into();
            }
            self.name_target(&mut headers, action)?;
        }
        let Self { host, region, .. } = self;
        trace.sending(
            format_args!("https://{host}.{region}.amazonaws.com{path_and_query}"),
            &headers,
            &body,
        );
        let call = Call {
            service: &self.name,
            host: &self.host,
            region: &self.region,
            method,
            path_and_query: &path_and_query,
            headers,
            body,
            role: Some(Role { arn: &self.role, session: SESSION }),
        };
        let response = backend.aws.call(call).await.map_err(|error| match &error {
            aws_call::Error::Unreachable(error) => unreachable(error),
            error => uncallable(error, Failure::configuration),
        })?;
        Ok(self.reply(response, accepts_json))
    }

    fn path_and_query(&self, outgoing: &Outgoing) -> Result<String, Failure> {
        let mut whole = fill_path(&self.path, &outgoing.path)?;
        if !self.query.is_empty() {
            whole.push('?');
            whole.push_str(&fill_query(&self.query, &outgoing.path)?);
        }
        append_query(&mut whole, &outgoing.query);
        Ok(whole)
    }

    /// A target that the integration maps stays.
    fn name_target(&self, headers: &mut HeaderMap, action: &str) -> Result<(), Failure> {
        let (Protocol::Json { prefix, .. } | Protocol::QueryForJson { prefix }) = self.protocol
        else {
            return Ok(());
        };
        let target = HeaderValue::try_from(format!("{prefix}.{action}"))
            .map_err(|_| Failure::configuration(format!("{action:?} is no action")))?;
        headers.entry(TARGET).or_insert(target);
        Ok(())
    }

    fn reply(&self, response: Response<Bytes>, accepts_json: bool) -> Reply {
        let (parts, body) = response.into_parts();
        let (mut headers, status) = (parts.headers, parts.status);
        let json = match (self.protocol, &self.action) {
            (Protocol::Query, _) if accepts_json && is_xml(&headers) => {
                query_protocol::json_of_xml(&body)
            }
            (Protocol::QueryForJson { .. }, Some(action)) => {
                query_protocol::wrapped(action, status, &headers, &body)
            }
            _ => None,
        };
        if json.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        }
        Reply {
            status: status.as_u16(),
            headers: text_headers(&headers),
            body: json.map_or(body, Bytes::from),
            selector: status.as_u16().to_string(),
        }
    }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    first_accepted(accept).eq_ignore_ascii_case(JSON)
}

fn is_xml(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|media_type| media_type.to_str().ok());
    media_type.is_some_and(|media_type| media_type.contains("xml"))
}
