//! As much of DynamoDB's expressions as has to be known here: which placeholders they use, which paths
//! an update writes, and how updates and projections are built. Whether names are reserved, paths are
//! there and types fit, DynamoDB says, and all of conditions and filters.
//!
//! Expressions hold no string literals, so a `#` or a `:` always starts a placeholder.

use crate::problems::quoted;

/// The placeholders of an expression that start with `sign` (`#` or `:`).
pub(crate) fn placeholders(expression: &str, sign: char) -> impl Iterator<Item = &str> {
    expression.match_indices(sign).map(|(start, _)| {
        let rest = &expression[start + 1..];
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        &expression[start..start + 1 + end]
    })
}

/// Whether `name` is a placeholder that starts with `sign`.
pub(crate) fn is_placeholder(name: &str, sign: char) -> bool {
    name.strip_prefix(sign).is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_word))
}

/// The paths that an update expression writes, in its own order, which is what `UPDATED_OLD` and
/// `UPDATED_NEW` answer; or what is wrong with how it is built.
///
/// `SET a.b = if_not_exists(a.b, :x), #c = :y REMOVE d[1]` writes `a.b`, `#c` and `d[1]`. The words
/// that start a clause are reserved, so no path is called like one.
pub(crate) fn written_paths(update: &str) -> Result<Vec<&str>, String> {
    let mut tokens = Tokens { rest: update.trim_start() };
    let mut clauses = Vec::new();
    let mut paths = Vec::new();
    while let Some(word) = tokens.next() {
        let known = CLAUSES.into_iter().find(|clause| word.eq_ignore_ascii_case(clause));
        let clause = known.ok_or_else(|| expected("SET, REMOVE, ADD or DELETE", Some(word)))?;
        if clauses.contains(&clause) {
            return Err(format!("has two {clause} clauses"));
        }
        clauses.push(clause);
        loop {
            let path = tokens.path()?;
            if paths.contains(&path) {
                return Err(format!("writes {} twice", quoted(path)));
            }
            paths.push(path);
            match clause {
                "SET" => {
                    tokens.expect("=")?;
                    tokens.value()?;
                }
                "ADD" | "DELETE" => tokens.placeholder()?,
                _ => {}
            }
            if !tokens.pass(",") {
                break;
            }
        }
    }
    if paths.is_empty() { Err(expected("SET, REMOVE, ADD or DELETE", None)) } else { Ok(paths) }
}

/// What is wrong with how a projection expression is built.
pub(crate) fn check_projection(projection: &str) -> Result<(), String> {
    let mut tokens = Tokens { rest: projection.trim_start() };
    loop {
        tokens.path()?;
        match tokens.next() {
            None => return Ok(()),
            Some(",") => {}
            other => return Err(expected("a comma", other)),
        }
    }
}

const CLAUSES: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];
const FUNCTIONS: [&str; 2] = ["if_not_exists", "list_append"];

/// Paths and placeholders whole, all else by character, without blanks.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let first = self.rest.chars().next()?;
        let mut length = match self.rest.find(|c| !in_path(c)) {
            Some(0) => first.len_utf8(),
            Some(end) => end,
            None => self.rest.len(),
        };
        // Blanks around a dot or in front of a bracket are inside a path.
        while in_path(first) {
            let blanks = self.rest[length..].len() - self.rest[length..].trim_start().len();
            let behind = &self.rest[length + blanks..];
            let goes_on = behind.starts_with(['.', '[']) || self.rest[..length].ends_with('.');
            let more = behind.find(|c| !in_path(c)).unwrap_or(behind.len());
            if !goes_on || more == 0 {
                break;
            }
            length += blanks + more;
        }
        let (token, behind) = self.rest.split_at(length);
        self.rest = behind.trim_start();
        Some(token)
    }
}

impl<'a> Tokens<'a> {
    fn peek(&self) -> Option<&'a str> {
        Tokens { rest: self.rest }.next()
    }

    /// Passes over `token`, if it is next.
    fn pass(&mut self, token: &str) -> bool {
        let is_next = self.peek() == Some(token);
        if is_next {
            self.next();
        }
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        let found = self.next();
        if found == Some(token) { Ok(()) } else { Err(expected(token, found)) }
    }

    fn path(&mut self) -> Result<&'a str, String> {
        let found = self.next();
        found.filter(|token| is_path(token)).ok_or_else(|| expected("a path", found))
    }

    fn placeholder(&mut self) -> Result<(), String> {
        let found = self.next();
        let is_value = found.is_some_and(|token| is_placeholder(token, ':'));
        if is_value { Ok(()) } else { Err(expected("a placeholder such as :value", found)) }
    }

    /// Operands and the signs between them.
    fn value(&mut self) -> Result<(), String> {
        self.operand()?;
        while self.pass("+") || self.pass("-") {
            self.operand()?;
        }
        Ok(())
    }

    fn operand(&mut self) -> Result<(), String> {
        if self.pass("(") {
            self.value()?;
            return self.expect(")");
        }
        let found = self.next();
        let token = found
            .filter(|token| is_path(token) || is_placeholder(token, ':'))
            .ok_or_else(|| expected("a path or a placeholder such as :value", found))?;
        if !self.pass("(") {
            return Ok(());
        }
        if !FUNCTIONS.contains(&token) {
            return Err(expected(&FUNCTIONS.join(" or "), Some(token)));
        }
        self.value()?;
        self.expect(",")?;
        self.value()?;
        self.expect(")")
    }
}

/// `a`, `#a`, `a.#b[0][1].c`, with blanks around dots or in front of brackets; no word of a clause.
fn is_path(token: &str) -> bool {
    let name = |name: &str| {
        is_placeholder(name, '#')
            || (name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(is_word))
    };
    let step = |step: &str| {
        let (start, indexes) = step.split_at(step.find('[').unwrap_or(step.len()));
        let is_index = |index: &str| {
            let digits = index.trim_end().strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            digits.is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
        };
        name(start.trim()) && indexes.split_inclusive(']').all(|it| is_index(it.trim_start()))
    };
    !CLAUSES.iter().any(|clause| token.eq_ignore_ascii_case(clause)) && token.split('.').all(step)
}

fn expected(what: &str, found: Option<&str>) -> String {
    match found {
        Some(token) => format!("expects {what}; received {}", quoted(token)),
        None => format!("expects {what} where it ends"),
    }
}

fn in_path(c: char) -> bool {
    is_word(c) || matches!(c, '#' | ':' | '.' | '[' | ']')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(update: &str, expected: &[&str]) {
        assert_eq!(written_paths(update).as_deref(), Ok(expected), "{update}");
    }

    #[track_caller]
    fn wrong(update: &str, problem: &str) {
        assert_eq!(written_paths(update), Err(problem.to_owned()), "{update}");
    }

    #[test]
    fn every_clause_names_the_paths_it_writes() {
        check("SET price = :p", &["price"]);
        check("set #a=:x,b.c[0].#d = b.c[0].#d + :y", &["#a", "b.c[0].#d"]);
        check("SET a = if_not_exists(a, :x), b = list_append(:l, b)", &["a", "b"]);
        check("SET a = if_not_exists(b, list_append(c, :l)) , d = e - :f", &["a", "d"]);
        check("SET a = if_not_exists(a, :zero) + :one", &["a"]);
        check("REMOVE a, b[1][22] ADD n :one, m :two", &["a", "b[1][22]", "n", "m"]);
        check("delete s :set\n\tSet\r\na\n=\n:x", &["s", "a"]);
        check("SET a = (:x + (b))", &["a"]);
        check("SET a . b [0]. c= :x, _d2 = :y", &["a . b [0]. c", "_d2"]);
        check("SET settings = :x, added = setting", &["settings", "added"]);
    }

    #[test]
    fn what_is_no_update_says_what_is_expected() {
        let clause = "expects SET, REMOVE, ADD or DELETE";
        for text in ["", " \n"] {
            wrong(text, &format!("{clause} where it ends"));
        }
        wrong("price = :p", &format!("{clause}; received \"price\""));
        wrong("😀", &format!("{clause}; received \"😀\""));
        wrong("SET a = :a b = :b", &format!("{clause}; received \"b\""));
        wrong("SET", "expects a path where it ends");
        wrong("SET a = :a,", "expects a path where it ends");
        for token in [":a", "1a", "a..b", "a.", "a[", "a[]", "a[x]", "a]", "#", "#a#b", "SET", "="]
        {
            wrong(&format!("SET {token} = :a"), &format!("expects a path; received {token:?}"));
        }
        wrong("SET a", "expects = where it ends");
        wrong("SET a :a", "expects =; received \":a\"");
        let operand = "expects a path or a placeholder such as :value";
        wrong("SET a = ", &format!("{operand} where it ends"));
        wrong("SET a = = :a", &format!("{operand}; received \"=\""));
        wrong("SET a = 1", &format!("{operand}; received \"1\""));
        wrong("SET a = 'x'", &format!("{operand}; received \"'\""));
        wrong("SET a = :a +", &format!("{operand} where it ends"));
        wrong("SET a = if_not_exists(a)", "expects ,; received \")\"");
        wrong("SET a = if_not_exists(a, :a", "expects ) where it ends");
        wrong("SET a = size(a, b)", "expects if_not_exists or list_append; received \"size\"");
        wrong("ADD a b", "expects a placeholder such as :value; received \"b\"");
        wrong("ADD a = :b", "expects a placeholder such as :value; received \"=\"");
        wrong("REMOVE a :b", &format!("{clause}; received \":b\""));
        wrong("SET a = :a SET b = :b", "has two SET clauses");
        wrong("SET a = :a REMOVE a", "writes \"a\" twice");
    }

    #[test]
    fn a_projection_is_paths_and_commas() {
        for good in ["a", "a,b", " #a.b[0] , c\n", "a . b [1]"] {
            assert_eq!(check_projection(good), Ok(()), "{good}");
        }
        for (bad, problem) in [
            ("", "expects a path where it ends"),
            ("a,", "expects a path where it ends"),
            ("a,,b", "expects a path; received \",\""),
            ("a b", "expects a comma; received \"b\""),
            (":a", "expects a path; received \":a\""),
            ("*", "expects a path; received \"*\""),
        ] {
            assert_eq!(check_projection(bad), Err(problem.to_owned()), "{bad}");
        }
    }

    #[test]
    fn placeholders_end_where_their_words_do() {
        let text = "#a.b = :x AND size(#c_1[0]) > :y2-:z OR # = :";
        assert_eq!(placeholders(text, '#').collect::<Vec<_>>(), ["#a", "#c_1", "#"]);
        assert_eq!(placeholders(text, ':').collect::<Vec<_>>(), [":x", ":y2", ":z", ":"]);
        assert!(is_placeholder("#a_1", '#') && is_placeholder(":x", ':'));
        for name in ["", "#", "a", ":a", "#a.b", "#ä", "##a"] {
            assert!(!is_placeholder(name, '#'), "{name}");
        }
    }
}
