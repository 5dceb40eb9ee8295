//! Turns a Java pattern into one for `fancy_regex`.
//!
//! What differs: Java's `\d`, `\w` and `\s` are ASCII, its dot stops at five line ends and its `$`
//! also matches in front of the last one; a brace or a quantifier that has nothing to repeat is an
//! error; `\Q...\E`, `&&` and the POSIX classes are spelled differently. Comments and blanks of
//! `(?x)` are removed here. Not carried over: `(?U)`, `(?u)` and the difference between ASCII and
//! Unicode case folding (folding is always Unicode's).

use std::borrow::Cow;

use super::class;
use crate::error::Fault;

/// The text that a pattern matches, if it contains no syntax: characters that mean themselves, and
/// backslashes in front of punctuation.
pub(super) fn literal(pattern: &str) -> Option<Cow<'_, str>> {
    if is_plain(pattern) {
        return Some(Cow::Borrowed(pattern));
    }
    // `\\'` is what most templates of API Gateway replace.
    if let Some(escaped) = pattern.strip_prefix('\\')
        && let Some(first) = escaped.chars().next()
        && !first.is_ascii_alphanumeric()
        && is_plain(&escaped[first.len_utf8()..])
    {
        return Some(Cow::Borrowed(escaped));
    }
    let mut text = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c) if !c.is_ascii_alphanumeric() => text.push(c),
                _ => return None,
            },
            '[' | '(' | ')' | '{' | '.' | '*' | '+' | '?' | '^' | '$' | '|' => return None,
            c => text.push(c),
        }
    }
    Some(Cow::Owned(text))
}

/// Whether all characters mean themselves, wherever they stand.
fn is_plain(pattern: &str) -> bool {
    const SYNTAX: [bool; 256] = {
        let (syntax, mut table, mut at) = (b"\\[](){}.*+?^$|", [false; 256], 0);
        while at < syntax.len() {
            table[syntax[at] as usize] = true;
            at += 1;
        }
        table
    };
    !pattern.bytes().any(|byte| SYNTAX[usize::from(byte)])
}

/// The flags that change what is written, as `(?...)` sets them.
#[derive(Clone, Copy, Default)]
struct Flags {
    dot_all: bool,
    multiline: bool,
    comments: bool,
    unix_lines: bool,
    case_blind: bool,
}

struct Translator<'p> {
    pattern: &'p str,
    chars: std::iter::Peekable<std::str::CharIndices<'p>>,
    out: String,
    flags: Flags,
    /// The flags outside of each open group.
    open: Vec<Flags>,
    groups: usize,
    /// How many groups the whole pattern has.
    total_groups: usize,
}

pub(super) fn translate(pattern: &str) -> Result<String, Fault> {
    let mut translator = Translator {
        pattern,
        chars: pattern.char_indices().peekable(),
        out: String::with_capacity(pattern.len() + 16),
        flags: Flags::default(),
        open: Vec::new(),
        groups: 0,
        total_groups: count_groups(pattern),
    };
    translator.run()?;
    Ok(translator.out)
}

/// Counts capturing groups, for telling back-references from digits.
fn count_groups(pattern: &str) -> usize {
    let bytes = pattern.as_bytes();
    let (mut at, mut count, mut in_class) = (0, 0, 0u32);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if bytes.get(at + 1) == Some(&b'Q') => {
                at = pattern[at..].find("\\E").map_or(bytes.len(), |end| at + end + 1);
            }
            b'\\' => at += 1,
            b'[' => in_class += 1,
            b']' => in_class = in_class.saturating_sub(1),
            b'(' if in_class == 0 => {
                let named = bytes[at..].starts_with(b"(?<")
                    && !matches!(bytes.get(at + 3), Some(b'=' | b'!'));
                if bytes.get(at + 1) != Some(&b'?') || named {
                    count += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    count
}

impl Translator<'_> {
    fn error(&mut self, problem: &str) -> Fault {
        let at = self.chars.peek().map_or(self.pattern.len(), |(at, _)| *at);
        Fault::thrown(
            "PatternSyntaxException",
            format!("{problem} near index {at} of `{}`", self.pattern),
        )
    }

    fn next(&mut self) -> Option<char> {
        self.chars.next().map(|(_, c)| c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, c)| *c == wanted).is_some()
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, c)| *c)
    }

    fn run(&mut self) -> Result<(), Fault> {
        // Whether what stands last can be repeated.
        let mut repeatable = false;
        while let Some(c) = self.next() {
            repeatable = match c {
                '\\' => self.escape()?,
                '[' => {
                    let text = class::translate(&mut self.chars, self.pattern)?;
                    self.out.push_str(&text);
                    true
                }
                '(' => self.open_group()?,
                ')' => match self.open.pop() {
                    Some(flags) => {
                        self.flags = flags;
                        self.out.push(')');
                        true
                    }
                    None => return Err(self.error("Unmatched closing ')'")),
                },
                '|' => {
                    self.out.push('|');
                    false
                }
                '.' => {
                    self.out.push_str(match (self.flags.dot_all, self.flags.unix_lines) {
                        (true, _) => "(?s:.)",
                        (false, true) => r"[^\n]",
                        (false, false) => r"[^\n\r\x{85}\x{2028}\x{2029}]",
                    });
                    true
                }
                '^' => {
                    self.out.push_str(if self.flags.multiline { CARET_MULTILINE } else { r"\A" });
                    true
                }
                '$' => {
                    self.out.push_str(if self.flags.multiline { DOLLAR_MULTILINE } else { DOLLAR });
                    true
                }
                '*' | '+' | '?' => {
                    if !repeatable {
                        return Err(self.error(&format!("Dangling meta character '{c}'")));
                    }
                    self.out.push(c);
                    self.quantifier_mode();
                    false
                }
                '{' => {
                    if !repeatable {
                        return Err(self.error("Illegal repetition"));
                    }
                    self.repetition()?;
                    self.quantifier_mode();
                    false
                }
                '#' if self.flags.comments => {
                    while self.chars.next_if(|(_, c)| *c != '\n').is_some() {}
                    repeatable
                }
                c if self.flags.comments && c.is_ascii_whitespace() => repeatable,
                c => {
                    push_literal(c, &mut self.out);
                    true
                }
            };
        }
        if self.open.is_empty() { Ok(()) } else { Err(self.error("Unclosed group")) }
    }

    /// `?` makes a quantifier lazy, `+` possessive.
    fn quantifier_mode(&mut self) {
        if self.eat('?') {
            self.out.push('?');
        } else if self.eat('+') {
            self.out.push('+');
        }
    }

    /// `{n}`, `{n,}`, `{n,m}`
    fn repetition(&mut self) -> Result<(), Fault> {
        let number = |translator: &mut Self| {
            let mut digits = String::new();
            while let Some((_, digit)) = translator.chars.next_if(|(_, c)| c.is_ascii_digit()) {
                digits.push(digit);
            }
            digits
        };
        let least = number(self);
        if least.is_empty() {
            return Err(self.error("Illegal repetition"));
        }
        let text = if self.eat(',') {
            format!("{{{least},{}}}", number(self))
        } else {
            format!("{{{least}}}")
        };
        if !self.eat('}') {
            return Err(self.error("Unclosed counted closure"));
        }
        self.out.push_str(&text);
        Ok(())
    }

    fn open_group(&mut self) -> Result<bool, Fault> {
        let outside = self.flags;
        if !self.eat('?') {
            self.groups += 1;
            self.out.push('(');
            self.open.push(outside);
            return Ok(false);
        }
        match self.next() {
            Some(':') => self.out.push_str("(?:"),
            Some('=') => self.out.push_str("(?="),
            Some('!') => self.out.push_str("(?!"),
            Some('>') => self.out.push_str("(?>"),
            Some('<') => {
                if self.eat('=') {
                    self.out.push_str("(?<=");
                } else if self.eat('!') {
                    self.out.push_str("(?<!");
                } else {
                    let name = self.group_name()?;
                    self.groups += 1;
                    self.out.push_str(&format!("(?<{name}>"));
                }
            }
            Some(c) => return self.flag_group(c, outside),
            None => return Err(self.error("Unknown inline modifier")),
        }
        self.open.push(outside);
        Ok(false)
    }

    fn group_name(&mut self) -> Result<String, Fault> {
        let mut name = String::new();
        while let Some((_, c)) = self.chars.next_if(|(_, c)| c.is_ascii_alphanumeric()) {
            name.push(c);
        }
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.error("capturing group name does not start with a Latin letter"));
        }
        if !self.eat('>') {
            return Err(self.error("named capturing group is missing trailing '>'"));
        }
        Ok(name)
    }

    /// `(?i)` and `(?i:...)`
    fn flag_group(&mut self, first: char, outside: Flags) -> Result<bool, Fault> {
        let mut on = true;
        let mut c = first;
        loop {
            match c {
                '-' if on => on = false,
                'i' => self.flags.case_blind = on,
                's' => self.flags.dot_all = on,
                'm' => self.flags.multiline = on,
                'x' => self.flags.comments = on,
                'd' => self.flags.unix_lines = on,
                'u' | 'U' | 'c' => {}
                ')' | ':' => break,
                _ => return Err(self.error("Unknown inline modifier")),
            }
            c = match self.next() {
                Some(c) => c,
                None => return Err(self.error("Unknown inline modifier")),
            };
        }
        // Case folding is left to the other engine; the rest has its effect on what is written here.
        let folding = if self.flags.case_blind { "i" } else { "-i" };
        self.out.push_str(&format!("(?{folding}{c}"));
        if c == ':' {
            self.open.push(outside);
        }
        Ok(false)
    }

    /// What follows a backslash; whether it can be repeated.
    fn escape(&mut self) -> Result<bool, Fault> {
        let Some(c) = self.next() else {
            return Err(self.error("Unexpected internal error"));
        };
        if let Some(set) = class::shorthand(c) {
            self.out.push_str(&format!("[{set}]"));
            return Ok(true);
        }
        match c {
            'Q' => {
                let rest: String = self.chars.clone().map(|(_, c)| c).collect();
                let quoted = rest.split("\\E").next().unwrap_or("");
                let closed = quoted.len() < rest.len();
                for c in quoted.chars() {
                    push_literal(c, &mut self.out);
                }
                let skipped = quoted.chars().count() + if closed { 2 } else { 0 };
                self.chars.by_ref().take(skipped).for_each(drop);
                return Ok(!quoted.is_empty());
            }
            'E' => return Ok(false),
            'A' | 'z' | 'G' => self.out.extend(['\\', c]),
            'b' | 'B' => self.out.extend(['\\', c]),
            'Z' => self.out.push_str(DOLLAR),
            'R' => self.out.push_str(r"(?:\r\n|[\n\x0b\f\r\x{85}\x{2028}\x{2029}])"),
            'p' | 'P' => {
                let set = class::property(c == 'P', &mut self.chars, self.pattern)?;
                self.out.push_str(&set);
            }
            'k' => {
                if !self.eat('<') {
                    return Err(self.error("\\k is not followed by '<' for named capturing group"));
                }
                let name = self.group_name()?;
                self.out.push_str(&format!("\\k<{name}>"));
            }
            '1'..='9' => self.back_reference(c),
            _ => match class::escaped(c, &mut self.chars) {
                Some(c) => push_literal(c, &mut self.out),
                None => return Err(self.error("Illegal/unsupported escape sequence")),
            },
        }
        Ok(true)
    }

    /// `\11` is group 11 if there is one, else group 1 and the digit 1.
    fn back_reference(&mut self, first: char) {
        let mut number = first as usize - '0' as usize;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let longer = number * 10 + digit as usize;
            if longer > self.groups {
                break;
            }
            number = longer;
            self.next();
        }
        if number > self.total_groups {
            // A group that does not exist matches nothing.
            self.out.push_str("(?!)");
        } else {
            self.out.push_str(&format!("(?:\\{number})"));
        }
    }
}

/// `$`: at the end, or in front of the line end that is last.
const DOLLAR: &str = r"(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)(?<!\r(?=\n))";
const DOLLAR_MULTILINE: &str = r"(?=[\n\r\x{85}\x{2028}\x{2029}]|\z)(?<!\r(?=\n))";
const CARET_MULTILINE: &str = r"(?:\A|(?<=[\n\x{85}\x{2028}\x{2029}]|\r(?!\n))(?!\z))";

/// Writes a character so that it means itself.
pub(super) fn push_literal(c: char, out: &mut String) {
    if c.is_ascii()
        && !c.is_ascii_alphanumeric()
        && !c.is_ascii_control()
        && c != ' '
        && !"<>'\"/,;:=!@%`_".contains(c)
    {
        out.push('\\');
    }
    out.push(c);
}
