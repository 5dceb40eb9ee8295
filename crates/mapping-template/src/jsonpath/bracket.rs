//! What stands in a bracket: names, indexes, slices, filters.

use vtl::{Fault, Meter};

use super::filter::Filter;
use super::{PathError, Token};

/// Reads one component with its brackets; the closing one may be missing.
pub(super) fn bracket(component: &str, meter: &Meter) -> Result<Token, Fault> {
    if component == "[*]" {
        return Ok(Token::Wildcard);
    }
    // Whatever comes first decides what the component is; other characters in front are skipped.
    let starts = |c: char| matches!(c, '?' | '\'' | ':' | '-' | '@') || c.is_ascii_digit();
    let start = component.find(starts).ok_or_else(|| unreadable(component))?;
    let rest = &component[start..];
    let token = match rest.as_bytes()[0] {
        b'?' => return Filter::parse(component, meter).map(Token::Filter),
        b'\'' => names(rest).map(Token::Property).ok_or_else(|| unreadable(component)),
        b'@' => from_end(component, &rest[1..]),
        _ => indexes(component, rest),
    };
    Ok(token?)
}

fn unreadable(component: &str) -> PathError {
    PathError::Component(component.to_owned())
}

/// `'a','b']`: what stands between pairs of single quotes, up to the first bracket, quoted or not.
fn names(text: &str) -> Option<Vec<std::rc::Rc<str>>> {
    let mut pieces = text[..text.find(']')?].split('\'').skip(1);
    let mut names = Vec::new();
    // Every second piece lies inside quotes, provided that a closing quote follows it.
    while let Some(inside) = pieces.next() {
        if pieces.next().is_some() {
            names.push(inside.into());
        }
    }
    Some(names)
}

/// `@.length-1)` behind the `@`: an index counted from the end.
fn from_end(component: &str, text: &str) -> Result<Token, PathError> {
    let mut chars = text.chars();
    chars.next();
    let after_dot = chars.as_str();
    let (function, offset) = after_dot
        .find('-')
        .map(|at| after_dot.split_at(at))
        .ok_or_else(|| unreadable(component))?;
    let function: String = function.chars().filter(|c| !matches!(c, ' ' | '(' | ')')).collect();
    if !matches!(function.as_str(), "size" | "length") {
        return Err(PathError::Function(component.to_owned()));
    }
    let offset = &offset[..offset.find(')').ok_or_else(|| unreadable(component))?];
    parse_index(offset).map(Token::FromEnd)
}

/// `1]`, `1,2]`, `1:]`, `:2]`, `1:2]`. Blanks are skipped, and a slice ignores what follows it.
fn indexes(component: &str, text: &str) -> Result<Token, PathError> {
    let mut numbers = Vec::new();
    let mut digits = String::new();
    let (mut to, mut from, mut between, mut several) = (false, false, false, false);
    let mut chars = text.chars();
    let mut next = || chars.next().ok_or_else(|| unreadable(component));
    let mut c = next()?;
    while c.is_ascii_digit() || matches!(c, ',' | ' ' | ':' | '-') {
        match c {
            ' ' => {}
            ',' => {
                numbers.push(parse_index(&digits)?);
                digits.clear();
                several = true;
            }
            ':' => {
                let open = digits.is_empty();
                to |= open;
                if !open {
                    numbers.push(parse_index(&digits)?);
                    digits.clear();
                }
                c = next()?;
                while c.is_ascii_digit() || matches!(c, ' ' | '-') {
                    if c != ' ' {
                        digits.push(c);
                    }
                    c = next()?;
                }
                if open || !digits.is_empty() {
                    between |= !open;
                    numbers.push(parse_index(&digits)?);
                    digits.clear();
                } else {
                    from = true;
                }
            }
            _ => digits.push(c),
        }
        if c == ']' {
            break;
        }
        c = next()?;
    }
    if !digits.is_empty() {
        numbers.push(parse_index(&digits)?);
    }
    match numbers[..] {
        [index] if !to && !from => Ok(Token::Index(index)),
        _ if several => Ok(Token::Indexes(numbers)),
        [start, ..] if from => Ok(Token::From(start)),
        [end, ..] if to => Ok(Token::To(end)),
        [start, end, ..] if between => Ok(Token::Between(start, end)),
        _ => Err(unreadable(component)),
    }
}

fn parse_index(digits: &str) -> Result<i32, PathError> {
    let digits = digits.replace(' ', "");
    digits.parse().map_err(|_| PathError::Index(digits))
}
