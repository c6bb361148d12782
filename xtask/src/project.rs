//! Paths of the checkout, and the commands that run in it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Cmd, Shell};

pub const WASM: &str = "wasm32-unknown-unknown";

/// The checkout, with a shell in its root folder.
pub struct Project {
    pub sh: Shell,
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    pub fn here() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the project's root")?;
        let sh = Shell::new()?;
        sh.change_dir(root);
        let target = root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
        Ok(Self { sh, root: root.to_owned(), target })
    }

    /// Another copy of the checkout, with its own build directory.
    pub fn copy_at(root: &Path) -> Result<Self> {
        let sh = Shell::new()?;
        sh.change_dir(root);
        let target = root.join("target");
        sh.set_var("CARGO_TARGET_DIR", &target);
        Ok(Self { sh, root: root.to_owned(), target })
    }

    /// A path in the checkout.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path in the build directory.
    pub fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    pub fn cargo(&self) -> Cmd<'_> {
        self.sh.cmd("cargo")
    }

    /// One of the npm build tools.
    pub fn npm_tool(&self, name: &str) -> Cmd<'_> {
        let suffix = if cfg!(windows) { ".cmd" } else { "" };
        self.sh.cmd(self.path("xtask/node_modules/.bin").join(format!("{name}{suffix}")))
    }

    /// The files of a folder whose names `wanted` accepts, sorted; none if the folder does not exist.
    pub fn files(&self, folder: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
        let folder = self.path(folder);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut files = self.sh.read_dir(&folder)?;
        files.retain(|file| {
            file.is_file() && file.file_name().and_then(|name| name.to_str()).is_some_and(&wanted)
        });
        files.sort();
        Ok(files)
    }
}

/// Prints the current step, set off from the output of programs.
pub fn say(what: impl std::fmt::Display) {
    eprintln!("xtask: {what}");
}
