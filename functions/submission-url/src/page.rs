//! The list as a page for a browser: cards, without scripts and without anything from elsewhere.
//!
//! Every value goes through `maud`, which escapes by default. The policy in the header allows the one
//! style sheet by its hash and nothing else, so that even a value that slipped through could neither
//! run nor load anything.

use crate::Submission;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_kit::Response;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("page.css");

/// How many colours the style sheet has for the initials.
const HUES: u32 = 6;

/// Answers with the page. `first` and `next` are relative references to other pages.
pub(crate) fn respond(
    submissions: &[Submission],
    first: Option<&str>,
    next: Option<&str>,
) -> Response {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let body = document(submissions, first, next).into_string();
    Response::new(200, "text/html; charset=utf-8", body)
        .with("Content-Security-Policy", policy)
        .with("Referrer-Policy", "no-referrer")
}

fn document(submissions: &[Submission], first: Option<&str>, next: Option<&str>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { "Submissions" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Submissions" }
                    @if !submissions.is_empty() {
                        p { (count(submissions.len())) " on this page, newest first" }
                    }
                }
                main {
                    @if submissions.is_empty() {
                        (empty(first.is_some()))
                    } @else {
                        ul.cards {
                            @for submission in submissions { li { (card(submission)) } }
                        }
                    }
                }
                @if first.is_some() || next.is_some() {
                    nav aria-label="Pages" {
                        @if let Some(first) = first { a href=(first) { "← First page" } }
                        @if let Some(next) = next { a.next rel="next" href=(next) { "Next page →" } }
                    }
                }
            }
        }
    }
}

fn card(submission: &Submission) -> Markup {
    let name = submission.user_name.as_deref().map(str::trim).unwrap_or_default();
    let initial = name.chars().find(|c| c.is_alphanumeric());
    html! {
        article.card {
            div.who {
                span class={ "initial hue-" (hue(&submission.id)) } aria-hidden="true" {
                    @match initial {
                        Some(initial) => (initial.to_uppercase()),
                        None => "·",
                    }
                }
                @if name.is_empty() {
                    h2.unnamed { "No name" }
                } @else {
                    h2 { bdi { (name) } }
                }
            }
            dl {
                div {
                    dt { "Email" }
                    dd { bdi { (submission.id) } }
                }
                div {
                    dt { "Pincode" }
                    dd.code { bdi { (submission.pincode.as_deref().unwrap_or("—")) } }
                }
            }
            p.when {
                @match submission.created_at.as_deref() {
                    Some(at) => @match readable(at) {
                        Some(text) => time datetime=(at) { (text) },
                        None => bdi { (at) },
                    },
                    None => "No date",
                }
            }
        }
    }
}

fn empty(behind_others: bool) -> Markup {
    html! {
        section.empty {
            @if behind_others {
                h2 { "That was all" }
                p { "There is nothing behind the previous page." }
            } @else {
                h2 { "Nothing here yet" }
                p { "The first submission appears here as soon as it is stored. To send one, add this to the address:" }
                p { code { "?user_name=Ada&email=ada@example.com&pincode=12345" } }
            }
        }
    }
}

fn count(submissions: usize) -> String {
    match submissions {
        1 => "1 submission".to_owned(),
        many => format!("{many} submissions"),
    }
}

/// A colour for each id, always the same.
fn hue(id: &str) -> u32 {
    id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % HUES
}

/// `20 Nov 2026, 12:56 UTC` of `2026-11-20T12:56:07.042Z`; `None` if it is not in that form.
fn readable(at: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, time) = at.strip_suffix('Z')?.split_once('T')?;
    let form = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, expected)| {
                if expected == b'0' { byte.is_ascii_digit() } else { byte == expected }
            })
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !form(date, "0000-00-00") || !form(clock, "00:00:00") || !digits {
        return None;
    }
    let month: usize = date[5..7].parse().ok()?;
    let month = MONTHS.get(month.checked_sub(1)?)?;
    let day: u8 = date[8..].parse().ok()?;
    Some(format!("{day} {month} {}, {} UTC", &date[..4], &clock[..5]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_readable_or_left_alone() {
        for (at, expected) in [
            ("2026-11-20T12:56:07.042Z", Some("20 Nov 2026, 12:56 UTC")),
            ("2026-01-02T03:04:05Z", Some("2 Jan 2026, 03:04 UTC")),
            ("2026-13-02T03:04:05Z", None),
            ("2026-00-02T03:04:05Z", None),
            ("2026-01-02T03:04:05+01:00", None),
            ("2026-01-02T03:04:05.Z", None),
            ("２026-1-02T03:04:05Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(readable(at).as_deref(), expected, "{at}");
        }
    }
}
