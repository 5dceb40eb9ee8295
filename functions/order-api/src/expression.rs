//! As much of DynamoDB's expressions as has to be known here: which placeholders they use, and which
//! paths an update writes. Whether an expression is one, DynamoDB says.
//!
//! Expressions hold no string literals, so a `#` or a `:` always starts a placeholder.

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

/// The paths that an update expression writes, in its own order: what `UPDATED_OLD` and `UPDATED_NEW`
/// answer.
///
/// `SET a.b = if_not_exists(a.b, :x), #c = :y REMOVE d[1]` writes `a.b`, `#c` and `d[1]`. The words
/// that start a clause are reserved, so no path is called like one.
pub(crate) fn written_paths(update: &str) -> Vec<&str> {
    let mut paths = Vec::new();
    let mut nesting = 0_usize;
    let mut expected = false;
    for token in tokens(update) {
        match token {
            "(" => nesting += 1,
            ")" => nesting = nesting.saturating_sub(1),
            "," if nesting == 0 => expected = true,
            word if CLAUSES.iter().any(|clause| word.eq_ignore_ascii_case(clause)) => {
                expected = true;
            }
            path if expected => {
                paths.push(path);
                expected = false;
            }
            _ => {}
        }
    }
    paths
}

const CLAUSES: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];

/// Paths and placeholders whole, all else by character, without blanks.
fn tokens(expression: &str) -> impl Iterator<Item = &str> {
    let mut rest = expression.trim_start();
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let in_path = |c: char| is_word(c) || matches!(c, '#' | ':' | '.' | '[' | ']');
        let length = match rest.find(|c| !in_path(c)) {
            Some(0) => first.len_utf8(),
            Some(end) => end,
            None => rest.len(),
        };
        let (token, behind) = rest.split_at(length);
        rest = behind.trim_start();
        Some(token)
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(update: &str, expected: &[&str]) {
        assert_eq!(written_paths(update), expected, "{update}");
    }

    #[test]
    fn every_clause_names_the_paths_it_writes() {
        check("SET price = :p", &["price"]);
        check("set #a=:x,b.c[0].#d = b.c[0].#d + :y", &["#a", "b.c[0].#d"]);
        check("SET a = if_not_exists(a, :x), b = list_append(:l, b)", &["a", "b"]);
        check("SET a = if_not_exists(b, list_append(c, :l)) , d = e - :f", &["a", "d"]);
        check("REMOVE a, b[1] ADD n :one, m :two", &["a", "b[1]", "n", "m"]);
        check("delete s :set\n\tSet\r\na\n=\n:x", &["s", "a"]);
        check("SET a = (:x)", &["a"]);
    }

    #[test]
    fn what_is_no_update_names_nothing_and_does_not_panic() {
        for text in ["", " ", "price = :p", "😀", ")))", "(((", "ähm"] {
            check(text, &[]);
        }
        check("SET", &[]);
        check("SET 😀", &["😀"]);
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
