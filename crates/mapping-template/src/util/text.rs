//! The text functions of `$util`, byte for byte as Java computes them.
//!
//! API Gateway offers six: `escapeJavaScript` (commons-lang 2.6), `urlEncode` and `urlDecode`
//! (`java.net`), `base64Encode` and `base64Decode` (`java.util.Base64`, the MIME decoder) and
//! `parseJson`, which lives in [`crate::json`]. Each of the others appends its result.

use std::fmt::Write as _;

use crate::words;

/// Why a function of `$util` threw; the render fails with this text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UtilError {
    #[error("incomplete percent escape at the end of {0:?}")]
    IncompleteEscape(String),
    #[error("illegal percent escape \"%{0}\"")]
    IllegalEscape(String),
    #[error("the base64 text ends in an incomplete unit of four: {0:?}")]
    Base64Unit(String),
    #[error("base64 text goes on after its padding: {0:?}")]
    Base64AfterPadding(String),
}

/// Where the first byte stands that `escapeJavaScript` does not leave as it is: all but printable
/// ASCII and U+007F, and the quotes, the backslash and the slash.
fn first_special(bytes: &[u8]) -> Option<usize> {
    words::first(bytes, |word| {
        let quotes = words::equal(word, b'\'') | words::equal(word, b'"');
        let slashes = words::equal(word, b'\\') | words::equal(word, b'/');
        words::ascii_or_beyond(word, quotes | slashes | words::less(word, b' '))
    })
}

/// Escapes `text` for a JavaScript string: both quotes, the backslash, the slash, control
/// characters, and everything beyond ASCII as `\uXXXX` (a character beyond the basic plane as two).
pub(crate) fn escape_java_script(text: &str, out: &mut String) -> Result<(), UtilError> {
    let mut rest = text;
    while let Some(at) = first_special(rest.as_bytes()) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = special.chars();
        match chars.next() {
            Some('\'') => out.push_str("\\'"),
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('/') => out.push_str("\\/"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\n') => out.push_str("\\n"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            Some(c) => push_unicode_escape(out, c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    Ok(())
}

/// Appends `c` as `\uXXXX` with upper-case digits, or as two of them beyond the basic plane.
fn push_unicode_escape(out: &mut String, c: char) {
    let mut units = [0_u16; 2];
    for unit in c.encode_utf16(&mut units) {
        write!(out, "\\u{unit:04X}").expect("writing to a String cannot fail");
    }
}

/// `java.net.URLEncoder`: a blank becomes `+`, and only letters, digits and `.-*_` stay.
pub(crate) fn url_encode(text: &str, out: &mut String) -> Result<(), UtilError> {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => write!(out, "%{byte:02X}").expect("writing to a String cannot fail"),
        }
    }
    Ok(())
}

/// `java.net.URLDecoder`: `+` is a blank; what follows `%` is read by `Integer.parseInt`, which
/// takes a plus sign for a digit's place. Each run of escapes decodes on its own.
pub(crate) fn url_decode(text: &str, out: &mut String) -> Result<(), UtilError> {
    let mut run = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '%' {
            out.push(if c == '+' { ' ' } else { c });
            rest = &rest[c.len_utf8()..];
            continue;
        }
        run.clear();
        while let Some(escape) = rest.strip_prefix('%') {
            let mut ends = escape.char_indices().skip(2).map(|(at, _)| at);
            let end = match ends.next() {
                Some(end) => end,
                None if escape.chars().count() == 2 => escape.len(),
                None => return Err(UtilError::IncompleteEscape(text.to_owned())),
            };
            let digits = &escape[..end];
            run.push(
                java_hex_byte(digits).ok_or_else(|| UtilError::IllegalEscape(digits.to_owned()))?,
            );
            rest = &escape[end..];
        }
        push_java_utf8(out, &run);
    }
    Ok(())
}

/// Both signs are taken where `Integer.parseInt` takes them; only a negative number is refused.
fn java_hex_byte(digits: &str) -> Option<u8> {
    u8::try_from(i32::from_str_radix(digits, 16).ok()?).ok()
}

/// Standard base64 with padding of the text's UTF-8.
pub(crate) fn base64_encode(text: &str, out: &mut String) -> Result<(), UtilError> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(ALPHABET[(bits & 63) as usize]);
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(digit(bits >> 18));
        out.push(digit(bits >> 12));
        out.push(if chunk.len() > 1 { digit(bits >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { digit(bits) } else { '=' });
    }
    Ok(())
}

/// `java.util.Base64`'s MIME decoder: characters outside the alphabet are skipped, padding may be
/// missing but not misplaced. The bytes are read as UTF-8.
pub(crate) fn base64_decode(text: &str, out: &mut String) -> Result<(), UtilError> {
    let unit_error = || UtilError::Base64Unit(text.to_owned());
    let input = text.as_bytes();
    let mut bytes = Vec::with_capacity(input.len() / 4 * 3 + 3);
    let mut bits = 0_u32;
    let mut shift = 18_i32;
    let mut at = 0;
    while at < input.len() {
        let byte = input[at];
        at += 1;
        if byte == b'=' {
            // Two missing digits need two padding characters side by side, one needs one; with
            // none or three missing, padding has no place.
            let paired = shift != 6 || {
                let second = input.get(at) == Some(&b'=');
                at += 1;
                second
            };
            if !paired || shift == 18 {
                return Err(unit_error());
            }
            break;
        }
        let Some(digit) = base64_digit(byte) else {
            continue;
        };
        bits |= digit << shift;
        shift -= 6;
        if shift < 0 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
            bits = 0;
            shift = 18;
        }
    }
    match shift {
        6 => bytes.push((bits >> 16) as u8),
        0 => bytes.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8]),
        12 => return Err(unit_error()),
        _ => {}
    }
    if input[at.min(input.len())..].iter().any(|&byte| base64_digit(byte).is_some()) {
        return Err(UtilError::Base64AfterPadding(text.to_owned()));
    }
    push_java_utf8(out, &bytes);
    Ok(())
}

fn base64_digit(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

/// Appends `bytes` as Java decodes UTF-8: like Rust's lossy decoding, except that an encoded
/// surrogate (`ED A0..BF ..`) is one replacement character, not three.
fn push_java_utf8(out: &mut String, bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return;
            }
            Err(error) => error.valid_up_to(),
        };
        let (text, bad) = rest.split_at(valid);
        out.push_str(&String::from_utf8_lossy(text));
        out.push('\u{fffd}');
        rest = &bad[malformed_length(bad)..];
    }
}

/// How many bytes of malformed UTF-8 one replacement character stands for.
fn malformed_length(bad: &[u8]) -> usize {
    let continues = |at: usize| bad.get(at).is_some_and(|byte| (0x80..0xC0).contains(byte));
    match *bad {
        [0xED, 0xA0..=0xBF, ..] if continues(2) => 3,
        [0xED, 0xA0..=0xBF, ..] => 2,
        _ => match std::str::from_utf8(bad) {
            Err(error) => error.error_len().unwrap_or(bad.len()),
            Ok(_) => bad.len(),
        },
    }
}
