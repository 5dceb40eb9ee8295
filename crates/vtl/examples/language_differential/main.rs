//! Renders generated and mutated templates here and with another engine and prints where the two
//! differ.
//!
//! ```sh
//! cargo run --release -p vtl --example language_differential -- --count 10000 --seed 1 java -cp ... VtlRunner serve
//! ```
//!
//! The command reads cases as lines of JSON, `{"id", "template", "vars"}`, and answers
//! `{"id", "output"}` or `{"id", "error"}`. Two errors count as equal, whatever they say, and so do
//! the addresses in what Java prints of an array.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool")]

mod compare;
mod generate;
mod random;
mod vocabulary;

use std::process::ExitCode;

use random::Random;

const BATCH: usize = 1_000;

fn main() -> ExitCode {
    let mut count = 10_000;
    let mut seed = 1;
    let mut arguments = std::env::args().skip(1).peekable();
    while let Some(option) = arguments.next_if(|argument| argument.starts_with("--")) {
        let number: Option<u64> = arguments.next().and_then(|number| number.parse().ok());
        match (option.as_str(), number) {
            ("--count", Some(number)) => count = number as usize,
            ("--seed", Some(number)) => seed = number,
            _ => return usage(),
        }
    }
    let command: Vec<String> = arguments.collect();
    if command.is_empty() {
        return usage();
    }
    let mut random = Random::new(seed);
    let mut other = match compare::Other::start(&command) {
        Ok(other) => other,
        Err(error) => {
            eprintln!("error: cannot start {}: {error}", command[0]);
            return ExitCode::from(2);
        }
    };
    let (mut compared, mut different, mut rendered) = (0, 0, 0);
    while compared < count {
        let templates: Vec<String> =
            (0..BATCH.min(count - compared)).map(|_| generate::template(&mut random)).collect();
        let outcome = match other.compare(&templates) {
            Ok(outcome) => outcome,
            Err(error) => {
                eprintln!("error: the other engine gave no answer: {error}");
                return ExitCode::from(2);
            }
        };
        compared += templates.len();
        rendered += outcome.rendered;
        for difference in &outcome.differences {
            different += 1;
            println!("{difference}");
        }
    }
    println!(
        "{compared} templates compared, {rendered} rendered without an error, {different} differences"
    );
    if different == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn usage() -> ExitCode {
    eprintln!("usage: differential [--count N] [--seed N] COMMAND [ARGUMENT...]");
    ExitCode::from(2)
}
