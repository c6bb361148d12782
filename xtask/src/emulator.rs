//! The native local org: built, started on loopback, ended when dropped.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::project::{Project, say};

const PROGRAM: &str = "okta-groups-emulator";

/// Builds the program and gives its path.
pub fn build(project: &Project) -> Result<PathBuf> {
    say("building the native local org");
    project
        .cargo()
        .args(["build", "--package", PROGRAM, "--bin", PROGRAM, "--features", "http", "--profile", "native"])
        .run()?;
    Ok(project.target("native").join(PROGRAM).with_extension(std::env::consts::EXE_EXTENSION))
}

/// How large an org is and from what it is drawn.
#[derive(Clone, Copy)]
pub struct Seed {
    pub groups: u32,
    pub users: u32,
    pub seed: u64,
}

/// A running local org, which also serves the demo page at `/` and the package at `/pkg`.
pub struct Emulator {
    pub url: String,
    child: Child,
}

impl Emulator {
    /// Starts it on a port, or on a free one, and waits until it answers.
    pub fn start(project: &Project, program: &Path, port: Option<u16>, seed: Seed) -> Result<Self> {
        let port = match port {
            Some(port) => port,
            None => TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port(),
        };
        let child = Command::new(program)
            .args(["--port", &port.to_string()])
            .args(["--groups", &seed.groups.to_string()])
            .args(["--users", &seed.users.to_string()])
            .args(["--seed", &seed.seed.to_string()])
            .args(["--static", "/=www", "--static", "/pkg=pkg"])
            .current_dir(project.path("."))
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut emulator = Self { url: format!("http://127.0.0.1:{port}"), child };
        emulator.wait_until_it_answers((Ipv4Addr::LOCALHOST, port).into())?;
        Ok(emulator)
    }

    fn wait_until_it_answers(&mut self, address: SocketAddr) -> Result<()> {
        let give_up = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the local org ended at once: {status}");
            }
            if TcpStream::connect(address).is_ok() {
                return Ok(());
            }
            if Instant::now() > give_up {
                bail!("the local org did not answer on {address}");
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Waits until it ends by itself or by Ctrl-C.
    pub fn wait(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended already: nothing to do then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
