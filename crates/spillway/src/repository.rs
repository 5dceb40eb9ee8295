//! Where things are in a clone of the repository.

use std::path::{Path, PathBuf};

use local_aws::Instance;

use crate::error::Error;

/// A clone of this repository.
pub(crate) struct Repository {
    root: PathBuf,
}

/// The port whose Terraform data lives where a person who types `terraform plan` expects it.
pub(crate) const DEFAULT_PORT: u16 = 4566;

impl Repository {
    /// The clone that the current folder belongs to.
    pub(crate) fn find() -> Result<Self, Error> {
        let here = Path::new(".");
        let from = here.canonicalize().map_err(Error::io("find", here))?;
        from.ancestors()
            .find(|folder| {
                folder.join("environments/local").is_dir() && folder.join("modules/stack").is_dir()
            })
            .map(|root| Self { root: root.to_owned() })
            .ok_or(Error::NoRepository { from: from.clone() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Everything that may be deleted at any time: tools, instances.
    fn spillway_dir(&self) -> PathBuf {
        self.root.join(".spillway")
    }

    /// Tools that are installed once and shared by all instances.
    pub(crate) fn tools_dir(&self) -> PathBuf {
        self.spillway_dir().join("tools")
    }

    pub(crate) fn instance(&self, port: u16) -> Instance {
        Instance::new(&self.spillway_dir(), port)
    }

    /// The Terraform root that is applied to the local AWS.
    pub(crate) fn environment(&self) -> PathBuf {
        self.root.join("environments/local")
    }

    pub(crate) fn functions_dir(&self) -> PathBuf {
        self.root.join("functions")
    }

    pub(crate) fn target_dir(&self) -> PathBuf {
        self.root.join("target")
    }
}
