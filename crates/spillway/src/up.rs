//! `spillway up`: from a clone to patterns that answer.

use std::time::{Duration, Instant};

use local_aws::{Instance, Record};

use crate::cli::{CloudSettings, Pattern, Profile};
use crate::error::Error;
use crate::output;
use crate::repository::Repository;
use crate::serve::Started;
use crate::status::Applied;
use crate::terraform::Terraform;
use crate::toolbox::Toolbox;
use crate::{checks, children, examples, package, progress};

/// Checks, builds, starts and applies; then prints what to call.
///
/// Until everything is applied, a local AWS that was started here ends with this process.
pub(crate) fn up(
    repository: &Repository,
    instance: &Instance,
    only: &[Pattern],
    settings: &CloudSettings,
) -> Result<(), Error> {
    let begun = Instant::now();
    progress::step("Checking tools", checks::check_tools)?;
    progress::step("Preparing MiniStack", || Toolbox::prepare(repository))?;
    progress::step("Packaging functions", || package::package(repository, Profile::Local, None))?;

    let title = format!("Starting the local AWS on {}", instance.endpoint());
    let started = progress::step(&title, || start(repository, instance, settings))?;
    let record = wait_for_cloud(instance)?;
    if record.iam != settings.iam() {
        return Err(Error::OtherIam { port: instance.port(), runs: record.iam });
    }
    if record.faults != settings.faults() {
        return Err(Error::OtherFaults { port: instance.port(), runs: record.faults });
    }
    let patterns = progress::step("Applying environments/local", || {
        Terraform::new(repository, instance, only)?.apply(&record)
    })
    .inspect_err(|_| show_log(instance))?;
    let applied = Applied { generation: record.generation, patterns };
    applied.save(instance)?;
    if let Some(started) = started {
        started.detach()?;
    }

    output::line(format_args!(
        "\nSpillway is up at {} after {:.0} s.",
        instance.endpoint(),
        begun.elapsed().as_secs_f64()
    ));
    for (pattern, outputs) in applied.patterns() {
        output::line(format_args!("\n{pattern}"));
        for example in examples::examples(pattern, outputs) {
            output::line(format_args!("  {example}"));
        }
    }
    output::line("\nscripts/spillway status | logs --follow | down");
    Ok(())
}

/// Starts a supervisor, unless one runs.
fn start(
    repository: &Repository,
    instance: &Instance,
    settings: &CloudSettings,
) -> Result<Option<Started>, Error> {
    children::check_interrupted()?;
    if instance.is_running()? {
        progress::detail("it runs already");
        return Ok(None);
    }
    // What a supervisor that was killed has left. Its cloud is gone, so nothing there counts.
    instance.clear()?;
    Started::start(repository, instance, settings).map(Some)
}

/// The end of MiniStack's log: it goes with the local AWS, and may say why Terraform failed.
fn show_log(instance: &Instance) {
    let log = std::fs::read_to_string(instance.ministack_log()).unwrap_or_default();
    let lines: Vec<_> = log.lines().collect();
    for line in &lines[lines.len().saturating_sub(10)..] {
        progress::detail(&format!("MiniStack: {line}"));
    }
}

/// A cloud that is just being started anew by its supervisor has no record for a moment.
fn wait_for_cloud(instance: &Instance) -> Result<Record, Error> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        children::check_interrupted()?;
        match instance.record()? {
            Some(record) => return Ok(record),
            None if instance.is_running()? => std::thread::sleep(Duration::from_millis(50)),
            None => break,
        }
    }
    Err(Error::NotRunning { port: instance.port() })
}
