//! `spillway render`: runs an API Gateway mapping template on this machine, or checks templates
//! without running them. It needs no repository and no local AWS.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use mapping_template::{MappingTemplate, Rendered, Request, Severity, answer_line, check};
use serde_json::Value;

use crate::error::Error;
use crate::output;
use crate::progress;
use crate::watch::watch;

/// What `render` is asked for: exactly one of a template, cases and a check.
#[derive(Args)]
#[group(skip)]
#[command(group(ArgGroup::new("task").required(true).args(["template", "ndjson", "check"])))]
pub(crate) struct Render {
    /// The mapping template to render.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// The request to render it for: a JSON object of `body`, `params` (`path`, `querystring`,
    /// `header`), `context` and `stageVariables`, all optional.
    #[arg(long, value_name = "FILE", requires = "template")]
    request: Option<PathBuf>,
    /// Print `{"output","overrides"}` instead of the text.
    #[arg(long, requires = "template")]
    json: bool,
    /// Render again whenever the template or the request changes, until interrupted.
    #[arg(long, requires = "template")]
    watch: bool,

    /// Read a case a line from standard input, and answer each with a line: `{"id","template",` and
    /// what a request has`}` gives `{"id","output" or "error","overrides"}`.
    #[arg(long)]
    ndjson: bool,

    /// Only parse these templates and say what is wrong with them. Exit status 1 if one does not
    /// parse; warnings alone leave it 0.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    check: Vec<PathBuf>,
}

/// Does what is asked for. Failure, status 1, means that a template is at fault.
pub(crate) fn render(asked: &Render) -> Result<ExitCode, Error> {
    if asked.ndjson {
        return answer_lines();
    }
    match &asked.template {
        Some(template) if asked.watch => watch(template, asked.request.as_deref(), || {
            // What is wrong with a file is shown; its next version may be right.
            if let Err(error) = render_file(template, asked) {
                progress::failure(&error);
            }
        }),
        Some(template) => render_file(template, asked),
        None => check_files(&asked.check),
    }
}

fn render_file(template: &Path, asked: &Render) -> Result<ExitCode, Error> {
    let text = read(template)?;
    let request = match &asked.request {
        Some(path) => read_request(path)?,
        None => Request::default(),
    };
    let outcome = MappingTemplate::parse(&template.display().to_string(), &text)
        .and_then(|template| template.render(&request));
    match outcome {
        Ok(rendered) => {
            print(rendered, asked.json)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            progress::report(&format!("error: {error:#}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The text as it is, without a line feed of ours.
fn print(rendered: Rendered, as_json: bool) -> Result<(), Error> {
    let mut output = io::stdout().lock();
    let written = if as_json {
        writeln!(output, "{:#}", Value::Object(rendered.into_json()))
    } else {
        output.write_all(rendered.text.as_bytes())
    };
    written.and_then(|()| output.flush()).map_err(Error::io("write", "standard output".as_ref()))
}

/// Every line has its answer before the next one is read, so that a program can ask in turn.
fn answer_lines() -> Result<ExitCode, Error> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line.map_err(Error::io("read", "standard input".as_ref()))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer_line(&line);
        writeln!(output, "{answer}")
            .and_then(|()| output.flush())
            .map_err(Error::io("write", "standard output".as_ref()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check_files(files: &[PathBuf]) -> Result<ExitCode, Error> {
    let mut status = ExitCode::SUCCESS;
    for file in files {
        for finding in check(&file.display().to_string(), &read(file)?) {
            output::line(format_args!("{finding:#}\n"));
            if finding.rule.severity() == Severity::Error {
                status = ExitCode::FAILURE;
            }
        }
    }
    Ok(status)
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Input { path: path.to_owned(), source })
}

fn read_request(path: &Path) -> Result<Request, Error> {
    let text = read(path)?;
    Request::from_json(&text).map_err(|source| Error::BadRequest { path: path.to_owned(), source })
}
