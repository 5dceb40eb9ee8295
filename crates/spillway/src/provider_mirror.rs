//! Where Terraform gets its provider: the registry, or a mirror on this machine.
//!
//! Order: the mirror that `SPILLWAY_PROVIDER_MIRROR` names; the person's own Terraform configuration,
//! if it says where providers come from; the registry, if it can be reached; a mirror found on the
//! machine. All but the second are written to a configuration of our own under `.spillway`.

use std::env;
use std::fs;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::progress;
use crate::repository::Repository;

const REGISTRY: &str = "registry.terraform.io";

/// The folder inside a mirror that shows it holds the provider we use.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// Folders that cannot hold a mirror, or are too large to look through for one.
const PRUNED: [&str; 12] = [
    "proc",
    "sys",
    "dev",
    "run",
    "tmp",
    "mnt",
    "media",
    "Volumes",
    "node_modules",
    "target",
    ".git",
    ".spillway",
];

/// How deep below `/` a mirror is looked for.
const DEPTH: usize = 7;

/// The file for `TF_CLI_CONFIG_FILE`: the person's own or one of ours.
pub(crate) fn cli_config(repository: &Repository) -> Result<PathBuf, Error> {
    let path = repository.tools_dir().join("terraform.rc");
    let text = match named_mirror()? {
        Some(mirror) => filesystem_mirror(&mirror),
        None => match own_config() {
            Some(own) => return Ok(own),
            None => match found_mirror(&path) {
                Some(mirror) => filesystem_mirror(&mirror),
                None => registry(&repository.tools_dir())?,
            },
        },
    };
    if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
        fs::create_dir_all(repository.tools_dir()).map_err(Error::io("create", &path))?;
        fs::write(&path, text).map_err(Error::io("write", &path))?;
    }
    Ok(path)
}

/// The mirror that the person names.
fn named_mirror() -> Result<Option<PathBuf>, Error> {
    match env::var_os("SPILLWAY_PROVIDER_MIRROR").map(PathBuf::from) {
        Some(named) if !holds_provider(&named) => {
            Err(Error::NoMirror { named, provider: PROVIDER })
        }
        named => Ok(named),
    }
}

/// The person's own configuration, if it says where providers come from. A variable that names no
/// file makes Terraform warn at best, and counts for nothing.
fn own_config() -> Option<PathBuf> {
    let path = match env::var_os("TF_CLI_CONFIG_FILE") {
        Some(named) => PathBuf::from(named),
        None => Path::new(&env::var_os("HOME")?).join(".terraformrc"),
    };
    fs::read_to_string(&path)
        .is_ok_and(|text| text.contains("provider_installation"))
        .then_some(path)
}

/// A mirror on this machine, where the registry cannot be reached. One found before is in `config`.
fn found_mirror(config: &Path) -> Option<PathBuf> {
    if let Some(known) = mirror_in(config).filter(|known| holds_provider(known)) {
        return Some(known);
    }
    if registry_answers() {
        return None;
    }
    progress::detail(&format!("{REGISTRY} does not answer; looking for a provider mirror"));
    let found = find_mirror(Path::new("/"), DEPTH)?;
    progress::detail(&format!("using {}", found.display()));
    Some(found)
}

fn holds_provider(mirror: &Path) -> bool {
    mirror.join(PROVIDER).is_dir()
}

/// Behind a proxy only Terraform itself can tell, so the registry has the benefit of the doubt.
fn registry_answers() -> bool {
    if ["HTTPS_PROXY", "https_proxy"].iter().any(|name| env::var_os(name).is_some()) {
        return true;
    }
    let Ok(addresses) = (REGISTRY, 443).to_socket_addrs() else {
        return false;
    };
    addresses
        .into_iter()
        .any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
}

/// Looks through `folder` breadth first, so that a mirror near the top is found at once.
fn find_mirror(folder: &Path, depth: usize) -> Option<PathBuf> {
    let mut level = vec![folder.to_owned()];
    for _ in 0..depth {
        if let Some(found) = level.iter().find(|folder| holds_provider(folder)) {
            return Some(found.clone());
        }
        level = level.iter().flat_map(|folder| folders_in(folder)).collect();
    }
    None
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut folders: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| !PRUNED.iter().any(|pruned| entry.file_name() == *pruned))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
}

fn filesystem_mirror(mirror: &Path) -> String {
    let path = quoted(mirror);
    format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path    = {path}\n    \
         include = [\"registry.terraform.io/*/*\"]\n  }}\n}}\n"
    )
}

/// A cache, so that each instance does not download the 700 MB of the provider anew.
fn registry(tools_dir: &Path) -> Result<String, Error> {
    let cache = tools_dir.join("terraform-plugins");
    fs::create_dir_all(&cache).map_err(Error::io("create", &cache))?;
    Ok(format!("plugin_cache_dir = {}\n", quoted(&cache)))
}

fn mirror_in(config: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(config).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("path"))?;
    serde_json::from_str(line.split_once('=')?.1.trim()).ok()
}

/// A path as an HCL string, whose escapes are JSON's.
fn quoted(path: &Path) -> String {
    serde_json::Value::from(path.display().to_string()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_found_below_folders_that_hold_none() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b/c")).unwrap();
        fs::create_dir_all(dir.path().join("opt/mirror").join(PROVIDER)).unwrap();
        assert_eq!(find_mirror(dir.path(), 4), Some(dir.path().join("opt/mirror")));
    }

    #[test]
    fn a_mirror_deeper_than_the_search_goes_is_not_found() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b/c/d").join(PROVIDER)).unwrap();
        assert_eq!(find_mirror(dir.path(), 3), None);
    }

    #[test]
    fn the_mirror_is_read_back_from_the_configuration_it_was_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("terraform.rc");
        let mirror = PathBuf::from("/a \"quoted\" place");
        fs::write(&config, filesystem_mirror(&mirror)).unwrap();
        assert_eq!(mirror_in(&config), Some(mirror));
    }
}
