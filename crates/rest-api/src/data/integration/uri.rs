//! URIs of backends: placeholders filled in, query strings appended.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::data::gateway_response::Failure;

/// What may not stand in a path as it is.
const ILLEGAL_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Everything but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What may not stand in the value of a query string, where percent signs are looked at one by one.
const ILLEGAL_IN_VALUE: &AsciiSet = &RESERVED.remove(b'%');

/// Replaces `{name}`, and `{name+}` as well. The value of a path parameter goes on as the client
/// sent it, so what is encoded already stays.
///
/// # Errors
/// 500 for a placeholder to which nothing is mapped.
pub(super) fn fill_path(
    template: &str,
    parameters: &[(String, String)],
) -> Result<String, Failure> {
    fill(template, parameters, ILLEGAL_IN_PATH)
}

/// The same for placeholders in a query string, which no value can leave.
///
/// # Errors
/// 500 for a placeholder to which nothing is mapped.
pub(super) fn fill_query(
    template: &str,
    parameters: &[(String, String)],
) -> Result<String, Failure> {
    fill(template, parameters, ILLEGAL_IN_VALUE)
}

fn fill(
    template: &str,
    parameters: &[(String, String)],
    illegal: &'static AsciiSet,
) -> Result<String, Failure> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else {
            break;
        };
        let wanted = name.strip_suffix('+').unwrap_or(name);
        let value = parameters.iter().find(|(name, _)| name == wanted);
        let (_, value) = value.ok_or_else(|| {
            Failure::configuration(format!("nothing is mapped to {{{name}}} of {template}"))
        })?;
        out.push_str(before);
        out.extend(utf8_percent_encode(&escape_lone_percents(value), illegal));
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// A percent sign that begins no encoded byte stands for itself.
fn escape_lone_percents(value: &str) -> String {
    let mut pieces = value.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.as_bytes().get(..2);
        let is_encoded = digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        out.push_str(if is_encoded { "%" } else { "%25" });
        out.push_str(piece);
    }
    out
}

/// Adds parameters to the query string of a URI.
pub(super) fn append_query(uri: &mut String, parameters: &[(String, String)]) {
    let mut joint = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in parameters {
        let [name, value] = [name, value].map(|text| utf8_percent_encode(text, RESERVED));
        uri.push_str(&format!("{joint}{name}={value}"));
        joint = '&';
    }
}
