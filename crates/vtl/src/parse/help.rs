//! What to write instead, for the mistakes that everybody makes.

use crate::error::ErrorKind;
use crate::token::{Kind, Token};

const BACKSLASH: &str = "a backslash escapes nothing in a string; write two quotes for one: \"say \"\"hi\"\"\", or use the other kind of quote";
const NEGATIVE: &str =
    "a minus that touches a digit makes a negative number; put blanks on both sides: `$a - 1`";
const UNARY: &str = "there is no negation; write `0 - $a` or `$a * -1`";
const NULL: &str =
    "there is no `null`; a value that is missing equals \"\" on API Gateway, so compare with \"\"";
const BARE_KEY: &str = "keys of a map need quotes: {\"key\" : 1}";
const BARE_WORD: &str = "a variable needs a `$`, a text needs quotes";
const TERNARY: &str = "there is no `?:`; use #if ... #else ... #end";
const LITERAL_METHOD: &str = "a method needs a variable: #set($s = \"...\"), then $s.method()";
const AMPERSAND: &str = "write `&&` or `and`";
const PIPE: &str = "write `||` or `or`";
const DEFAULT: &str = "a default inside the braces needs Velocity 2; use #if";
const AT_END: &str =
    "a `$` or `#` cannot be the last character of a template; let a character follow it";
const SINGLE_EQUALS: &str = "compare with `==`";
const PARENTHESES: &str =
    "parentheses may not stand among the arguments of a method; compute the value with #set first";
const ARITHMETIC: &str =
    "arguments and indexes are single values; compute the value with #set first";

/// Help for a character that starts no token.
pub(super) fn lexical(kind: &ErrorKind, source: &str, at: usize) -> Option<&'static str> {
    match kind {
        ErrorKind::UnexpectedEnd("a string") => {
            let line = source[..at].rsplit('\n').next().unwrap_or("");
            line.contains("\\\"").then_some(BACKSLASH)
        }
        ErrorKind::UnexpectedEnd("#[[") => Some("close it with ]]#"),
        ErrorKind::UnexpectedEnd(_) => Some(AT_END),
        ErrorKind::Character('?') => Some(TERNARY),
        ErrorKind::Character('&') => Some(AMPERSAND),
        ErrorKind::Character('|') => Some(PIPE),
        ErrorKind::Character('.') if source[..at].ends_with(['"', '\'']) => Some(LITERAL_METHOD),
        ErrorKind::Character('(') => Some(PARENTHESES),
        ErrorKind::Character('+' | '*' | '/' | '-' | '%') => Some(ARITHMETIC),
        ErrorKind::Character('\\') => Some(BACKSLASH),
        _ => None,
    }
}

/// Help for a token that the grammar does not allow, behind the token `last`.
pub(super) fn unexpected(
    token: Token,
    image: &str,
    last: Token,
    last_image: &str,
    expected: &'static str,
) -> Option<&'static str> {
    if last.kind == Kind::String && last_image.ends_with("\\\"") {
        return Some(BACKSLASH);
    }
    match token.kind {
        Kind::Integer | Kind::Float if image.starts_with('-') => Some(NEGATIVE),
        Kind::Minus => Some(UNARY),
        Kind::Assign => Some(SINGLE_EQUALS),
        Kind::Word if image == "null" => Some(NULL),
        Kind::Word if last.kind == Kind::MapOpen => Some(BARE_KEY),
        Kind::Word if expected != "`)`" => Some(BARE_WORD),
        _ if image.starts_with('|') => Some(DEFAULT),
        _ => None,
    }
}
