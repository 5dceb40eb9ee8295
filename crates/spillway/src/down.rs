//! `spillway down`: destroys the stack, stops the local AWS and removes what it left on disk.

use local_aws::Instance;

use crate::error::Error;
use crate::output;
use crate::progress;
use crate::repository::Repository;
use crate::status::Applied;
use crate::terraform::Terraform;

/// Leaves no process, no listening port and no file of the instance. A destroy that fails is
/// reported, and the rest is done all the same: the cloud ends with its process.
pub(crate) fn down(repository: &Repository, instance: &Instance) -> Result<(), Error> {
    let ran = instance.is_running()?;
    let destroyed = if is_applied(instance)? {
        progress::step("Destroying environments/local", || {
            Terraform::new(repository, instance, &[])?.destroy()
        })
    } else {
        Ok(())
    };
    if ran {
        progress::step("Stopping the local AWS", || instance.stop())?;
    }
    // What a supervisor that was killed has left.
    instance.clear()?;
    destroyed?;
    let port = instance.port();
    output::line(if ran { "Spillway is down." } else { "Nothing ran." });
    progress::detail(&format!("port {port} is free"));
    Ok(())
}

/// Whether there is a stack to destroy: one that was applied to the cloud that runs now.
fn is_applied(instance: &Instance) -> Result<bool, Error> {
    let (Some(record), Some(applied)) = (instance.record()?, Applied::load(instance)?) else {
        return Ok(false);
    };
    Ok(applied.generation == record.generation)
}
