//! The `spillway` command: runs the whole stack on this machine, and packages its functions.
//!
//! Exit status: 0 done; 1 it failed, or what was asked about is not so; 2 the caller's mistake;
//! 130 interrupted.

mod checks;
mod children;
mod cli;
mod cloud;
mod dlq;
mod down;
mod env;
mod error;
mod examples;
mod load;
mod logs;
mod output;
mod package;
mod progress;
mod provider_mirror;
mod render;
mod repository;
mod requests;
mod rest_api;
mod serve;
mod status;
mod terraform;
mod toolbox;
mod up;
mod watch;

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
    // These do not just end: they have something to put in order first.
    if matches!(
        cli.command,
        Command::Up { .. } | Command::Down | Command::Package { .. } | Command::Dlq(_)
    ) {
        children::watch_interrupts();
    }
    let port = cli.port;
    // Only what works on a clone looks for one.
    let clone = || {
        let repository = Repository::find()?;
        let instance = repository.instance(port);
        Ok::<_, Error>((repository, instance))
    };
    match cli.command {
        Command::Up { only, settings } => {
            let (repository, instance) = clone()?;
            up::up(&repository, &instance, &only, &settings)?;
        }
        Command::Down => {
            let (repository, instance) = clone()?;
            down::down(&repository, &instance)?;
        }
        Command::Status { json } => return status::status(&clone()?.1, json),
        Command::Logs { function, follow } => {
            logs::logs(&clone()?.1, function.as_deref(), follow)?;
        }
        Command::Requests { follow, json } => requests::requests(&clone()?.1, follow, json)?,
        Command::Env { json } => {
            let (repository, instance) = clone()?;
            env::env(&repository, &instance, json)?;
        }
        Command::Package { profile, architecture } => {
            package::package(&clone()?.0, profile, architecture)?;
        }
        Command::Dlq(asked) => return dlq::dlq(&asked, &clone()?.1),
        Command::Load(asked) => return load::load(&asked, || Ok(clone()?.1)),
        Command::Render(asked) => return render::render(&asked),
        Command::RestApi(asked) => return rest_api::rest_api(&asked),
        Command::Serve(settings) => {
            let (repository, instance) = clone()?;
            serve::serve(&repository, instance, &settings)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
