//! Builds the native local org and starts it on loopback. Dropping the handle ends the process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::project::{Project, say};

const PROGRAM: &str = "okta-groups-emulator";

/// Builds the program and returns its path.
pub fn build(project: &Project) -> Result<PathBuf> {
    say("building the native local org");
    project
        .cargo()
        .args(["build", "--package", PROGRAM, "--bin", PROGRAM, "--features", "http", "--profile", "native"])
        .run()?;
    Ok(project.target("native").join(PROGRAM).with_extension(std::env::consts::EXE_EXTENSION))
}

/// The sizes and the seed of an org.
#[derive(Clone, Copy)]
pub struct Seed {
    pub groups: u32,
    pub users: u32,
    pub seed: u64,
    pub rules: u32,
    pub owners: u32,
}

/// The folders that a local org serves to tests: the console at `/` and the package at `/pkg`.
pub const TEST_MOUNTS: &[&str] = &["/=pkg/dist/console", "/pkg=pkg"];

/// The folder of the built console.
pub const CONSOLE_MOUNTS: &[&str] = &["/=pkg/dist/console"];

/// A running local org.
pub struct Emulator {
    pub url: String,
    child: Child,
}

impl Emulator {
    /// Starts the org on a port (0 picks a free one), with these folders beside the API (`MOUNT=DIR`), and waits until it
    /// prints its URL.
    pub fn start(project: &Project, program: &Path, port: u16, seed: Seed, mounts: &[&str]) -> Result<Self> {
        let child = Command::new(program)
            .args(["--port", &port.to_string()])
            .args(["--groups", &seed.groups.to_string()])
            .args(["--users", &seed.users.to_string()])
            .args(["--seed", &seed.seed.to_string()])
            .args(["--rules", &seed.rules.to_string()])
            .args(["--owners", &seed.owners.to_string()])
            .args(mounts.iter().flat_map(|mount| ["--static", mount]))
            .current_dir(project.path("."))
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut emulator = Self { url: String::new(), child };
        let output = emulator.child.stdout.as_mut().context("the local org's output")?;
        emulator.url = announced(BufReader::new(output))
            .with_context(|| format!("the local org did not start on port {port}"))?;
        Ok(emulator)
    }

    /// Waits until the process ends by itself or by Ctrl-C.
    pub fn wait(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The process may already have ended: the error is ignored.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The URL at the end of the first line that the program prints, once it listens.
fn announced(mut output: impl BufRead) -> Result<String> {
    let mut line = String::new();
    output.read_line(&mut line)?;
    let url = line.trim_end().rsplit(' ').next().filter(|url| url.starts_with("http://"));
    Ok(url.context("it ended without saying where it listens")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_listens_is_what_it_says() {
        let line = b"okta-groups-emulator listening on http://127.0.0.1:45345\n";
        assert_eq!(announced(&line[..]).ok().as_deref(), Some("http://127.0.0.1:45345"));
        for wrong in [&b""[..], b"Error: Address already in use\n"] {
            assert!(announced(wrong).is_err());
        }
    }
}
