//! Renders generated cases here and with another renderer, and reports where they differ.
//!
//!     cargo run --release --example differential -- --cases 200000 --seed 1 COMMAND [ARGUMENT...]
//!
//! The command reads a case a line, `{"id", "template", "body", "params", "context",
//! "stageVariables", "vars"}`, and answers `{"id", "output" or "error", "overrides"}` a line.
//! Differences are cut down and listed once each; those that `COMPATIBILITY.md` explains are only
//! counted. Exit status: 0 none unexplained, 1 some, 2 it could not run.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints what it found")]

mod body;
mod compare;
mod expression;
mod method;
mod minimise;
mod mutate;
mod oracle;
mod part;
mod random;
mod reference;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use serde_json::{Value, json};

use compare::{Verdict, compare};
use minimise::{Difference, first_that_differs, minimise, shape};
use oracle::Oracle;
use random::Random;

/// How many cases are asked at once.
const BATCH: usize = 2_000;

#[derive(Parser)]
struct Arguments {
    /// How many cases to generate.
    #[arg(long, default_value_t = 10_000)]
    cases: usize,
    /// What the cases are generated from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// After how many distinct differences to stop.
    #[arg(long, default_value_t = 20)]
    report: usize,
    /// The other renderer and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<usize> {
    let mut oracle = Oracle::start(&arguments.command)?;
    let mut random = Random::new(arguments.seed);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut shapes = BTreeSet::new();
    let mut done = 0;
    while done < arguments.cases && shapes.len() < arguments.report {
        let size = BATCH.min(arguments.cases - done);
        let cases: Vec<Value> = (done..done + size).map(|id| case(&mut random, id)).collect();
        let answers = oracle.ask(&cases)?;
        for (case, theirs) in cases.into_iter().zip(answers) {
            let ours: Value =
                serde_json::from_str(&mapping_template::answer_line(&case.to_string()))?;
            let kind = match compare(&case, &ours, theirs.as_ref()) {
                Verdict::Same if ours.get("output").is_some() => "same output",
                Verdict::Same => "both fail",
                Verdict::Explained(rule) => rule,
                Verdict::Different(_) if shapes.len() >= arguments.report => "not looked at",
                Verdict::Different(_) => match settle(&arguments.command, &case)? {
                    Some(smallest) => {
                        if shapes.insert(shape(&smallest)) {
                            report(&smallest);
                        }
                        "UNEXPLAINED"
                    }
                    None => "oracle-memory",
                },
            };
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
        done += size;
        eprintln!(
            "{done} of {} cases, {} distinct unexplained differences",
            arguments.cases,
            shapes.len()
        );
    }
    for (kind, count) in &counts {
        println!("{count:>8}  {kind}");
    }
    Ok(shapes.len())
}

/// Cuts a case down to why it differs; `None` if an oracle that was asked nothing before agrees. The
/// reference keeps the names of macros from one template to the next.
fn settle(command: &[String], case: &Value) -> Result<Option<Difference>> {
    let mut oracle = Oracle::start(command)?;
    let Some(found) = first_that_differs(&mut oracle, vec![case.clone()])? else {
        return Ok(None);
    };
    let smallest = minimise(&mut oracle, found)?;
    let again = first_that_differs(&mut Oracle::start(command)?, vec![smallest.case])?;
    match again {
        Some(smallest) => Ok(Some(smallest)),
        None => first_that_differs(&mut Oracle::start(command)?, vec![case.clone()]),
    }
}

fn report(difference: &Difference) {
    let Difference { case, kind, ours, theirs } = difference;
    println!("{kind}: {case}");
    println!("    ours   {}", ours.get("output").or(ours.get("error")).unwrap_or(&Value::Null));
    println!("    theirs {}", theirs.get("output").or(theirs.get("error")).unwrap_or(&Value::Null));
    if *kind == "overrides" {
        println!("    overrides {} {}", ours["overrides"], theirs["overrides"]);
    }
}

fn case(random: &mut Random, id: usize) -> Value {
    let mut template = template::template(random);
    if random.chance(20) {
        template = mutate::mutate(random, &template);
    }
    json!({
        "id": id,
        "template": template,
        "body": body::body(random),
        "params": {
            "path": {"id": "7"},
            "querystring": {"q": "v w", "name": "it's"},
            "header": {"X-H": "hv", "Accept": "a/b"}
        },
        "context": context(),
        "stageVariables": {"v": "sv", "map": {"k": [1, "x/y"]}},
        "vars": {"vInt": 3, "vDouble": 1.5, "vList": [1, "x", {"k": null}], "vars": "text"}
    })
}

/// In the order in which a `HashMap` of these keys is walked, which is how API Gateway walks it.
fn context() -> Value {
    json!({
        "requestOverride": {"path": {}, "header": {}, "querystring": {}},
        "stage": "test",
        "authorizer": {"claims": {"sub": "s1"}, "principalId": "p"},
        "requestId": "rid-1",
        "identity": {"sourceIp": "1.2.3.4", "userAgent": "curl/8 \"x\""},
        "resourcePath": "/things/{id}",
        "responseOverride": {"header": {}},
        "list": [1, "a"]
    })
}
