//! Texts with the wildcards and the variables of IAM policies.
//!
//! `*` stands for any text and `?` for one character. A variable, `${aws:username}`, stands for its
//! value, in which nothing is a wildcard, or for the default behind a comma. `${*}`, `${?}` and
//! `${$}` stand for these characters.

use super::Values;

/// The colon-separated parts of an ARN. The last one may have colons of its own.
const ARN_PARTS: usize = 6;

/// How a text is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    /// Only the newer version of the language knows variables.
    pub(super) has_variables: bool,
    pub(super) has_wildcards: bool,
}

/// A text to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Char(char),
    One,
    Many,
    Variable(Variable),
}

#[derive(Clone, Debug, PartialEq)]
struct Variable {
    /// In lower case.
    key: String,
    /// What it is if the request has no value for it.
    default: Option<String>,
}

impl Variable {
    /// Such as `aws:username, 'nobody'`.
    fn parse(text: &str) -> Self {
        let (key, default) = match text.split_once(',') {
            Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_owned())),
            None => (text, None),
        };
        Self { key: key.trim().to_lowercase(), default }
    }

    /// None if it has no value, or no single one.
    fn value(&self, variables: Values<'_>) -> Option<String> {
        let mut values = variables(&self.key);
        match values.len() {
            0 => self.default.clone(),
            1 => values.pop(),
            _ => None,
        }
    }
}

impl Pattern {
    pub(super) fn parse(text: &str, syntax: Syntax) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let variable = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
            if let Some((name, behind)) = variable.filter(|_| syntax.has_variables) {
                pieces.push(match name {
                    "*" | "?" | "$" => Piece::Char(name.chars().next().unwrap_or('$')),
                    variable => Piece::Variable(Variable::parse(variable)),
                });
                rest = behind;
                continue;
            }
            pieces.push(match next {
                '*' if syntax.has_wildcards => Piece::Many,
                '?' if syntax.has_wildcards => Piece::One,
                next => Piece::Char(next),
            });
            rest = &rest[next.len_utf8()..];
        }
        Self(pieces)
    }

    /// Whether it stands for everything.
    fn is_any(&self) -> bool {
        self.0 == [Piece::Many]
    }

    /// Whether it is the whole of a text.
    pub(super) fn matches(&self, text: &str, variables: Values<'_>) -> bool {
        let text: Vec<char> = text.chars().collect();
        expanded(&self.0, variables).is_some_and(|pieces| glob(&pieces, &text))
    }

    /// The same without regard to case.
    pub(super) fn matches_ignoring_case(&self, text: &str, variables: Values<'_>) -> bool {
        let lower = |c: char| c.to_lowercase();
        let text: Vec<char> = text.chars().flat_map(lower).collect();
        let Some(pieces) = expanded(&self.0, variables) else { return false };
        let pieces: Vec<Piece> = pieces
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Char(c) => lower(c).map(Piece::Char).collect(),
                other => vec![other],
            })
            .collect();
        glob(&pieces, &text)
    }

    /// Whether it is an ARN, part by part: a wildcard does not reach over a colon, and the parts that
    /// are missing at the end stand for everything.
    pub(super) fn matches_arn(&self, arn: &str, variables: Values<'_>) -> bool {
        if self.is_any() {
            return true;
        }
        let parts: Vec<&str> = arn.splitn(ARN_PARTS, ':').collect();
        let patterns: Vec<&[Piece]> =
            self.0.splitn(ARN_PARTS, |piece| *piece == Piece::Char(':')).collect();
        parts.len() == ARN_PARTS
            && patterns.iter().zip(parts).all(|(pattern, part)| {
                let part: Vec<char> = part.chars().collect();
                expanded(pattern, variables).is_some_and(|pieces| glob(&pieces, &part))
            })
    }
}

/// The pieces with the values of their variables; none if one has no value.
fn expanded(pieces: &[Piece], variables: Values<'_>) -> Option<Vec<Piece>> {
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Variable(variable) => {
                out.extend(variable.value(variables)?.chars().map(Piece::Char));
            }
            other => out.push(other.clone()),
        }
    }
    Some(out)
}

/// Whether pieces without variables are the whole of a text. The last `*` alone is tried anew, so
/// this takes at most the product of both lengths.
fn glob(pieces: &[Piece], text: &[char]) -> bool {
    let (mut at, mut behind) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(behind) {
            Some(Piece::Many) => {
                star = Some((behind + 1, at));
                behind += 1;
            }
            Some(Piece::One) => (at, behind) = (at + 1, behind + 1),
            Some(Piece::Char(c)) if *c == text[at] => (at, behind) = (at + 1, behind + 1),
            _ => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (at, behind) = (from + 1, after);
                }
                None => return false,
            },
        }
    }
    pieces[behind..].iter().all(|piece| *piece == Piece::Many)
}
