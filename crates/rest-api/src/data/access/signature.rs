//! Signature Version 4: what a request says of its signature, and whether it is right.
//!
//! A signature is in the header `Authorization` or, presigned, in the query string. It covers the
//! request as the client sent it: the whole path with the stage, not what is left of it here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use http::header::{AUTHORIZATION, DATE};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::request::Sent;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "execute-api";
const TERMINATOR: &str = "aws4_request";

/// How far the clocks of client and gateway may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// The longest that a presigned request is good for: a week.
const LONGEST: i64 = 7 * 24 * 60 * 60;

/// What the signature's rules leave as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const IN_PATHS: &AsciiSet = &UNRESERVED.remove(b'/');

/// A signature as it was sent.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) access_key_id: String,
    pub(super) session_token: Option<String>,
    /// Date, region, service and terminator.
    scope: [String; 4],
    /// As it was sent.
    time: String,
    signed_headers: String,
    signature: String,
    /// For how many seconds it is good, if it is in the query string.
    expires: Option<i64>,
}

impl Signature {
    /// The signature of a request; none if it has none.
    ///
    /// # Errors
    /// 403 if something of it is missing.
    pub(super) fn read(sent: &Sent) -> Result<Option<Self>, Failure> {
        if let Some(authorization) = sent.headers.get(AUTHORIZATION) {
            let authorization = String::from_utf8_lossy(authorization.as_bytes());
            return Self::in_header(&authorization, &sent.headers).map(Some);
        }
        let query: Vec<_> = form_urlencoded::parse(sent.query.as_bytes()).collect();
        let value = |wanted: &str| {
            let found = query.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_ref()).filter(|value| !value.is_empty())
        };
        match value("X-Amz-Algorithm").or_else(|| value("X-Amz-Signature")) {
            Some(_) => Self::in_query(value).map(Some),
            None => Ok(None),
        }
    }

    fn in_header(authorization: &str, headers: &HeaderMap) -> Result<Self, Failure> {
        let hash = || STANDARD.encode(Sha256::digest(authorization));
        let (algorithm, rest) = authorization.split_once(' ').unwrap_or(("", authorization));
        let pairs: Option<Vec<_>> =
            rest.split(',').map(|part| part.trim().split_once('=')).collect();
        let pairs = pairs.ok_or_else(|| {
            incomplete(format!(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with \
                 SHA-256 and encoded with Base64): '{}'.",
                hash()
            ))
        })?;
        let part = |wanted: &str| {
            let found = pairs.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| *value).filter(|value| !value.is_empty())
        };
        let names = ["Credential", "Signature", "SignedHeaders"];
        let time = time_in_headers(headers);
        let lacks = names.iter().filter(|name| part(name).is_none());
        let mut reasons: Vec<String> = lacks
            .map(|name| format!("Authorization header requires '{name}' parameter."))
            .collect();
        if time.is_none() {
            let reason = "Authorization header requires existence of either a 'X-Amz-Date' or a \
                          'Date' header.";
            reasons.push(reason.to_owned());
        }
        let [Some(credential), Some(signature), Some(signed_headers)] = names.map(part) else {
            return Err(incomplete_header(&reasons, &hash()));
        };
        let Some(time) = time else { return Err(incomplete_header(&reasons, &hash())) };
        check_algorithm(algorithm)?;
        let token = headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
        let (access_key_id, scope) = credential_parts(credential)?;
        Ok(Self {
            access_key_id,
            session_token: token.map(str::to_owned),
            scope,
            time,
            signed_headers: signed_headers.to_owned(),
            signature: signature.to_owned(),
            expires: None,
        })
    }

    fn in_query<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Failure> {
        const NAMES: [&str; 6] = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
            "X-Amz-Expires",
        ];
        let values = NAMES.map(&value);
        let [
            Some(algorithm),
            Some(credential),
            Some(signature),
            Some(signed_headers),
            Some(time),
            Some(expires),
        ] = values
        else {
            let lacks = NAMES.iter().zip(values).filter(|(_, value)| value.is_none());
            let reasons: Vec<String> = lacks
                .map(|(name, _)| format!("AWS query-string parameters must include '{name}'."))
                .chain(["Re-examine the query-string parameters.".to_owned()])
                .collect();
            return Err(incomplete(reasons.join(" ")));
        };
        check_algorithm(algorithm)?;
        let expires = expires.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
        let expires = expires.ok_or_else(|| {
            incomplete(format!("X-Amz-Expires must be a number between 1 and {LONGEST}"))
        })?;
        let (access_key_id, scope) = credential_parts(credential)?;
        Ok(Self {
            access_key_id,
            session_token: value("X-Amz-Security-Token").map(str::to_owned),
            scope,
            time: time.to_owned(),
            signed_headers: signed_headers.to_owned(),
            signature: signature.to_owned(),
            expires: Some(expires),
        })
    }

    /// Checks when and for what the request was signed.
    ///
    /// # Errors
    /// 403 if it is another time or another place.
    pub(super) fn check_scope(&self, now: Timestamp, region: &str) -> Result<(), Failure> {
        let [date, signed_region, service, terminator] = &self.scope;
        let time = parse_time(&self.time).ok_or_else(|| {
            incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{}'. See \
                 http://en.wikipedia.org/wiki/ISO_8601",
                self.time
            ))
        })?;
        let mut reasons = String::new();
        if signed_region != region {
            let reason =
                format!("Credential should be scoped to a valid region, not '{signed_region}'. ");
            reasons.push_str(&reason);
        }
        if service != SERVICE {
            reasons.push_str("Credential should be scoped to correct service: 'execute-api'. ");
        }
        if terminator != TERMINATOR {
            reasons.push_str(
                "Credential should be scoped with a valid terminator: 'aws4_request', not '",
            );
            reasons.push_str(terminator);
            reasons.push_str("'. ");
        }
        if !self.time.starts_with(date.as_str()) {
            reasons.push_str(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP. ",
            );
        }
        if !reasons.is_empty() {
            return Err(invalid(reasons));
        }
        self.check_time(time, now)
    }

    fn check_time(&self, time: Timestamp, now: Timestamp) -> Result<(), Failure> {
        let minutes = SKEW.as_mins();
        let (earliest, latest) = (now - SKEW, now + SKEW);
        let (ends, earliest, allowance) = match self.expires {
            None => (time, earliest, format!(" ({} - {minutes} min.)", basic(now))),
            Some(seconds) => {
                // A time that a client made up may be the last one that there is.
                let ends = time.checked_add(SignedDuration::from_secs(seconds));
                (ends.unwrap_or(Timestamp::MAX), now, String::new())
            }
        };
        if ends < earliest {
            return Err(invalid(format!(
                "Signature expired: {} is now earlier than {}{allowance}",
                basic(ends),
                basic(earliest)
            )));
        }
        if time > latest {
            return Err(invalid(format!(
                "Signature not yet current: {} is still later than {} ({} + {minutes} min.)",
                basic(time),
                basic(latest),
                basic(now)
            )));
        }
        Ok(())
    }

    /// Checks that whoever signed has the secret and that the request is as it was signed.
    ///
    /// # Errors
    /// 403 if not, with what should have been signed.
    pub(super) fn verify(&self, sent: &Sent, body: &[u8], secret: &str) -> Result<(), Failure> {
        if !self.signed_headers.split(';').any(|name| name == "host") {
            return Err(invalid(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            ));
        }
        let canonical = self.canonical_request(sent, body);
        let digest = digest(canonical.as_bytes());
        let to_sign = format!("{ALGORITHM}\n{}\n{}\n{digest}", self.time, self.scope.join("/"));
        let initial = format!("AWS4{secret}").into_bytes();
        let key = self
            .scope
            .iter()
            .fold(initial, |key, part| keyed(&key, part).finalize().into_bytes().to_vec());
        let signature = unhex(&self.signature).unwrap_or_default();
        keyed(&key, &to_sign).verify_slice(&signature).map_err(|_| {
            invalid(format!(
                "The request signature we calculated does not match the signature you provided. \
                 Check your AWS Secret Access Key and signing method. Consult the service \
                 documentation for details.\n\n\
                 The Canonical String for this request should have been\n'{canonical}'\n\n\
                 The String-to-Sign should have been\n'{to_sign}'\n"
            ))
        })
    }

    fn canonical_request(&self, sent: &Sent, body: &[u8]) -> String {
        let mut query: Vec<(String, String)> = form_urlencoded::parse(sent.query.as_bytes())
            .filter(|(name, _)| self.expires.is_none() || name != "X-Amz-Signature")
            .map(|(name, value)| (encoded(&name, UNRESERVED), encoded(&value, UNRESERVED)))
            .collect();
        query.sort();
        let query: Vec<String> =
            query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers: String = self
            .signed_headers
            .split(';')
            .map(|name| format!("{name}:{}\n", canonical_values(&sent.headers, name)))
            .collect();
        format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            sent.method,
            encoded(&normal_path(&sent.path), IN_PATHS),
            query.join("&"),
            self.signed_headers,
            digest(body)
        )
    }
}

/// `X-Amz-Date`, or else `Date` in the same format.
fn time_in_headers(headers: &HeaderMap) -> Option<String> {
    if let Some(time) = headers.get("x-amz-date") {
        return time.to_str().ok().map(str::to_owned);
    }
    let date = headers.get(DATE)?.to_str().ok()?;
    let in_words = jiff::fmt::rfc2822::parse(date).ok();
    Some(in_words.map_or_else(|| date.to_owned(), |zoned| basic(zoned.timestamp())))
}

/// The key's id, and the scope.
fn credential_parts(credential: &str) -> Result<(String, [String; 4]), Failure> {
    let parts: Vec<&str> = credential.split('/').collect();
    match parts.as_slice() {
        [id, scope @ ..] if scope.len() == 4 => {
            Ok(((*id).to_owned(), std::array::from_fn(|at| scope[at].to_owned())))
        }
        _ => Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{credential}'"
        ))),
    }
}

fn check_algorithm(algorithm: &str) -> Result<(), Failure> {
    if algorithm == ALGORITHM {
        return Ok(());
    }
    Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'. ")))
}

fn parse_time(time: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn basic(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The path without empty and dotted segments.
fn normal_path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

fn canonical_values(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter().map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    values.collect::<Vec<_>>().join(",")
}

fn encoded(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn keyed(key: &[u8], message: &str) -> Hmac<Sha256> {
    let hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.chain_update(message)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn incomplete_header(reasons: &[String], hash: &str) -> Failure {
    incomplete(format!(
        "{} (Hashed with SHA-256 and encoded with Base64) Authorization={hash}",
        reasons.join(" ")
    ))
}

fn incomplete(message: impl Into<String>) -> Failure {
    invalid(message).error_type("IncompleteSignatureException")
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(ResponseType::InvalidSignature).message(message.into())
}
