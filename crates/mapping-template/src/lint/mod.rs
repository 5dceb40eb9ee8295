//! What `spillway render --check` says about a template without rendering it.
//!
//! Mistakes of the grammar are errors. A directive that can only fail once it is reached is a warning.
//! Other warnings are about the way requests get injected: a value of the caller's that is printed into a JSON document as it is can close its string and add members
//! of its own. Only templates whose text begins as JSON are looked at; what a value may hold after
//! validation by a model is not known here, so a warning is advice, not proof.

mod level;
mod walk;

use std::fmt;

use vtl::Span;

use crate::template::{Error, MappingTemplate};

/// How much a [`Diagnostic`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The template works, but not for every request.
    Warning,
    /// The template cannot be deployed.
    Error,
}

/// What a [`Diagnostic`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The template does not parse or is too long.
    Syntax,
    /// A value from outside stands inside a JSON string as it is.
    UnescapedValue,
    /// A value from outside stands in JSON outside quotes as it is.
    UnquotedValue,
    /// `$input.json` stands inside a JSON string, though it prints quotes of its own.
    JsonInString,
    /// The result of `$util.escapeJavaScript` stands in JSON, which knows no `\'`.
    EscapedQuote,
    /// A directive that Velocity accepts, and at which it fails once it gets there.
    FailsWhenReached,
}

impl Rule {
    /// Its name, by which a message calls it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Syntax => "syntax",
            Rule::UnescapedValue => "unescaped-value",
            Rule::UnquotedValue => "unquoted-value",
            Rule::JsonInString => "json-in-string",
            Rule::EscapedQuote => "escaped-quote",
            Rule::FailsWhenReached => "fails-when-reached",
        }
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Rule::Syntax => Severity::Error,
            _ => Severity::Warning,
        }
    }
}

/// One finding. `{diagnostic}` is one line; `{diagnostic:#}` shows the source line with carets and
/// what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about.
    pub rule: Rule,
    /// The template's name.
    pub template: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The bytes of the source that it is about.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead, if that is known.
    pub help: Option<String>,
    source_line: String,
}

/// Checks a template; findings come in the order of their places. None means that it parses and
/// that nothing is known against it.
pub fn check(name: &str, text: &str) -> Vec<Diagnostic> {
    let template = match MappingTemplate::parse(name, text) {
        Ok(template) => template,
        Err(error) => return vec![syntax(name, text, &error)],
    };
    let mut findings = walk::findings(template.tree());
    findings.sort_by_key(|finding| (finding.span.start, finding.rule));
    findings.dedup_by_key(|finding| (finding.span, finding.rule));
    findings
        .into_iter()
        .map(|finding| {
            place(name, text, finding.span, finding.rule, finding.message, Some(finding.help))
        })
        .collect()
}

fn syntax(name: &str, text: &str, error: &Error) -> Diagnostic {
    match error {
        Error::Body(error) | Error::Template(error) => {
            let help = error.help().map(str::to_owned);
            place(name, text, error.span(), Rule::Syntax, error.kind().to_string(), help)
        }
        Error::TooLong { bytes, .. } => {
            let message = format!("{bytes} bytes are too long for a mapping template");
            let help = "API Gateway takes at most 300 KB; move the work into the integration";
            place(name, text, Span::default(), Rule::Syntax, message, Some(help.to_owned()))
        }
    }
}

fn place(
    name: &str,
    text: &str,
    span: Span,
    rule: Rule,
    message: String,
    help: Option<String>,
) -> Diagnostic {
    let mut start = (span.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find(['\r', '\n']).map_or(text.len(), |at| start + at);
    Diagnostic {
        rule,
        template: name.to_owned(),
        line: count(text[..start].matches('\n').count()),
        column: count(text[line_start..start].chars().count()),
        span,
        message,
        help,
        source_line: text[line_start..line_end].to_owned(),
    }
}

/// Lines and columns are counted from 1; no template is long enough to need more than 32 bits.
fn count(before: usize) -> u32 {
    u32::try_from(before).unwrap_or(u32::MAX - 1) + 1
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.rule.severity() {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let Diagnostic { rule, template, line, column, message, source_line, .. } = self;
        write!(f, "{template}:{line}:{column}: {severity}[{}]: {message}", rule.name())?;
        if !f.alternate() {
            return Ok(());
        }
        let margin = " ".repeat(line.to_string().len());
        let before = *column as usize - 1;
        // Tabs stay in front of the carets, so that both lines are indented alike.
        let indent: String =
            source_line.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let room = source_line.chars().count().saturating_sub(before).max(1);
        let carets =
            "^".repeat((self.span.end.saturating_sub(self.span.start) as usize).clamp(1, room));
        write!(f, "\n{margin} |\n{line} | {source_line}\n{margin} | {indent}{carets}")?;
        match &self.help {
            Some(help) => write!(f, "\n{margin} = help: {help}"),
            None => Ok(()),
        }
    }
}
