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
    let applied = Applied::to(instance, instance.record()?.as_ref())?;
    let destroyed = if applied.is_some() {
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
