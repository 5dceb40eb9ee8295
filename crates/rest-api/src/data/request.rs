//! A request as everything behind the front door sees it: identified, decoded once, its headers
//! spelt as API Gateway spells them. Path parameters come with the route, which is `route`'s.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use uuid::Uuid;

use super::headers;

/// A name and its value.
pub(super) type Pair = (Arc<str>, Arc<str>);

/// A request for a stage.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// Below the stage, as it was sent: percent-encoded, with its slashes.
    pub(crate) path: String,
    /// The whole of it, which signatures cover.
    pub(crate) whole_path: String,
    /// As it was sent, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The client's address.
    pub(crate) source_ip: IpAddr,
    /// The host that the client called, without a port.
    pub(crate) domain_name: String,
    pub(crate) received: Timestamp,
}

/// The spellings that functions find in their events, however a header was sent.
const SPELLINGS: [(&str, &str); 7] = [
    ("authorization", "Authorization"),
    ("host", "Host"),
    ("user-agent", "User-Agent"),
    (TRACE_ID, "X-Amzn-Trace-Id"),
    (FORWARDED_FOR, "X-Forwarded-For"),
    (FORWARDED_PORT, "X-Forwarded-Port"),
    (FORWARDED_PROTO, "X-Forwarded-Proto"),
];
pub(super) const TRACE_ID: &str = "x-amzn-trace-id";
const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PORT: &str = "x-forwarded-port";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const METHOD_OVERRIDE: &str = "x-http-method-override";

/// A method request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) extended_id: String,
    pub(super) trace_id: String,
    /// The HTTP method, after `X-HTTP-Method-Override`.
    pub(super) verb: String,
    /// Below the stage, as it was sent; begins with a slash.
    pub(super) path: String,
    /// Decoded, in the order in which they were sent.
    pub(super) query: Vec<Pair>,
    pub(super) headers: Vec<Pair>,
    pub(super) body: Bytes,
    pub(super) source_ip: String,
    pub(super) domain_name: String,
    pub(super) received: Timestamp,
    pub(super) sent: Sent,
}

/// What a signature covers besides the body, as the client sent it.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
}

impl Request {
    pub(super) fn new(incoming: Incoming) -> Self {
        let Incoming { method, path, whole_path, query, headers, .. } = incoming;
        let Incoming { body, source_ip, domain_name, received, .. } = incoming;
        let source_ip = source_ip.to_string();
        let given = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let trace_id = given(TRACE_ID).map_or_else(|| new_trace_id(received), str::to_owned);
        let (id, extended_id) = new_ids();
        // What is no method overrides nothing.
        let overriding = given(METHOD_OVERRIDE).and_then(|verb| verb.to_uppercase().parse().ok());
        let verb = overriding.as_ref().unwrap_or(&method).to_string();
        Self {
            id,
            extended_id,
            verb,
            path: if path.starts_with('/') { path } else { format!("/{path}") },
            query: parse_query(&query),
            headers: spell_headers(&headers, &source_ip, &trace_id),
            trace_id,
            body,
            source_ip,
            domain_name,
            received,
            sent: Sent { method, path: whole_path, query, headers },
        }
    }

    /// The values of a header, whatever its case.
    pub(super) fn header_values(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        values(&self.headers, move |candidate| candidate.eq_ignore_ascii_case(name))
    }

    /// A header's value; the last one if it was repeated.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next_back()
    }

    /// The API key that was sent, empty if there is none.
    pub(super) fn api_key(&self) -> &str {
        self.header("x-api-key").unwrap_or_default()
    }

    /// The id that X-Ray knows the request by.
    pub(super) fn xray_id(&self) -> &str {
        let mut fields = self.trace_id.split(';');
        fields.find_map(|field| field.strip_prefix("Root=")).unwrap_or(&self.trace_id)
    }

    /// The path with one slash in front, however many were sent.
    pub(super) fn normal_path(&self) -> &str {
        let behind = self.path.trim_start_matches('/');
        &self.path[self.path.len() - behind.len() - 1..]
    }
}

fn values(
    pairs: &[Pair],
    is_wanted: impl Fn(&str) -> bool,
) -> impl DoubleEndedIterator<Item = &str> {
    pairs.iter().filter(move |(name, _)| is_wanted(name)).map(|(_, value)| &**value)
}

/// Splits at `&` and, as API Gateway does against the standard, at `;`.
fn parse_query(query: &str) -> Vec<Pair> {
    query
        .split(['&', ';'])
        .flat_map(|part| form_urlencoded::parse(part.as_bytes()))
        .map(|(name, value)| (Arc::from(name), Arc::from(value)))
        .collect()
}

/// The client's headers, as far as they go any further, and the ones that API Gateway adds.
fn spell_headers(sent: &HeaderMap, source_ip: &str, trace_id: &str) -> Vec<Pair> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let ours = [FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, TRACE_ID];
    let mut pairs: Vec<Pair> = sent
        .iter()
        .filter(|(name, _)| !headers::is_dropped(name) && !ours.contains(&name.as_str()))
        .map(|(name, value)| (spelling(name.as_str()), Arc::from(text(value))))
        .collect();
    let way = sent.get_all(FORWARDED_FOR).iter().map(text);
    let way: Vec<String> = way.chain([source_ip.to_owned()]).collect();
    let host = sent.get(HOST).map(text).unwrap_or_default();
    let port = host.rsplit_once(':').map(|(_, port)| port.to_owned());
    let given = |name: &str| sent.get(name).map(text);
    let added = [
        (FORWARDED_FOR, way.join(", ")),
        (FORWARDED_PORT, given(FORWARDED_PORT).or(port).unwrap_or_else(|| "80".to_owned())),
        (FORWARDED_PROTO, given(FORWARDED_PROTO).unwrap_or_else(|| "http".to_owned())),
        (TRACE_ID, trace_id.to_owned()),
    ];
    pairs.extend(added.into_iter().map(|(name, value)| (spelling(name), Arc::from(value))));
    pairs
}

fn spelling(name: &str) -> Arc<str> {
    let known = SPELLINGS.iter().find(|(lower, _)| *lower == name);
    Arc::from(known.map_or(name, |(_, spelling)| *spelling))
}

fn new_trace_id(received: Timestamp) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("Root=1-{:08x}-{}", received.as_second(), &random[..24])
}

/// A request's id, and the extended one: sixteen characters that end in `=`, as AWS's do.
pub(super) fn new_ids() -> (String, String) {
    let extended_id = URL_SAFE_NO_PAD.encode(&Uuid::new_v4().as_bytes()[..11]);
    (Uuid::new_v4().to_string(), format!("{extended_id}="))
}
