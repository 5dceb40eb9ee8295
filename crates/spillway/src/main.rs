//! The `spillway` command: runs the whole stack on this machine, and packages its functions.
//!
//! Exit status: 0 done; 1 it failed, or what was asked about is not so; 2 the caller's mistake;
//! 130 interrupted.

mod checks;
mod children;
mod cli;
mod down;
mod env;
mod error;
mod examples;
mod logs;
mod package;
mod progress;
mod provider_mirror;
mod repository;
mod serve;
mod status;
mod terraform;
mod toolbox;
mod up;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use error::Error;
use repository::Repository;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            progress::failure(&error);
            error.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Error> {
    let repository = Repository::find()?;
    let instance = repository.instance(cli.port);
    match cli.command {
        Command::Up { only } => up::up(&repository, &instance, &only)?,
        Command::Down => down::down(&repository, &instance)?,
        Command::Status { json } => return status::status(&instance, json),
        Command::Logs { function, follow } => logs::logs(&instance, function.as_deref(), follow)?,
        Command::Env { json } => env::env(&repository, &instance, json)?,
        Command::Package { profile, architecture } => {
            package::package(&repository, profile, architecture)?;
        }
        Command::Serve => serve::serve(&repository, instance)?,
    }
    Ok(ExitCode::SUCCESS)
}
