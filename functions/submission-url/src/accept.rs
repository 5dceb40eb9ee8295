//! Whether a client would rather have a page than JSON (RFC 9110, section 12.5.1).

/// Whether `accept` gives HTML a higher weight than JSON. In a tie JSON wins: it is what programs
/// ask for, with `*/*` or nothing at all, while every browser names HTML.
pub(crate) fn prefers_html(accept: &str) -> bool {
    weight(accept, "text", "html") > weight(accept, "application", "json")
}

/// The weight of a media type in thousandths: that of the most specific range that covers it, 0 if
/// there is none. A range with a weight that is none is passed over.
fn weight(accept: &str, kind: &str, subtype: &str) -> u16 {
    let mut best = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specificity = match name.split_once('/') {
            Some((k, s)) if k == kind && s == subtype => 3,
            Some((k, "*")) if k == kind => 2,
            Some(("*", "*")) => 1,
            _ => continue,
        };
        let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        if let Some(weight) = q.map_or(Some(1000), thousandths)
            && specificity > best.0
        {
            best = (specificity, weight);
        }
    }
    best.1
}

/// `0.8` as 800: from 0 to 1, with three decimals at most.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, decimals) = q.split_once('.').unwrap_or((q, ""));
    if decimals.len() > 3 || !matches!(whole, "0" | "1") {
        return None;
    }
    if !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let value: u16 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (value <= 1000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_for_those_who_prefer_html() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("text/html", true),
            ("TEXT/HTML; Q=0.5", true),
            ("text/*", true),
            ("application/json;q=0.2, text/html;q=0.3", true),
            ("text/html, application/json;q=0.999", true),
            ("text/html;level=1;q=0.4, */*;q=0.1", true),
            ("", false),
            ("*/*", false),
            ("application/json", false),
            ("text/html, application/json", false),
            ("text/html;q=0.3, application/json;q=0.4", false),
            ("text/html;q=0, */*;q=0.1", false),
            ("text/html;q=0", false),
            ("text/html;q=2", false),
            ("text/html;q=0.1234", false),
            ("text/html;q=, */*", false),
            ("text/plain, image/*", false),
            (",;,/,", false),
        ] {
            assert_eq!(prefers_html(accept), expected, "{accept:?}");
        }
    }
}
