//! Serves the built console with a local org behind it.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use crate::emulator::{self, Emulator, Seed};
use crate::package::{self, Profile};
use crate::project::Project;

#[derive(clap::Args)]
pub struct Options {
    /// Where the console is served, on loopback; 0 takes any port that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Groups in the local org
    #[arg(long, default_value_t = 1000)]
    groups: u32,
    /// Users in the local org
    #[arg(long, default_value_t = 5000)]
    users: u32,
    /// The same seed and sizes make the same org
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Group rules in the local org, three in four of them ACTIVE
    #[arg(long, default_value_t = 40)]
    rules: u32,
    /// Groups in the local org that somebody owns
    #[arg(long, default_value_t = 200)]
    owners: u32,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
}

pub fn run(project: &Project, options: &Options) -> Result<()> {
    let &Options { port, groups, users, seed, rules, owners, no_open } = options;
    let seed = Seed { groups, users, seed, rules, owners };
    package::build(project, Profile::Release)?;
    let program = emulator::build(project)?;
    let emulator = Emulator::start(project, &program, port, seed, emulator::CONSOLE_MOUNTS)?;
    println!("\nThe console is at {}/ (Ctrl-C ends it)", emulator.url);
    if !no_open {
        open_browser(&emulator.url);
    }
    let status = emulator.wait()?;
    ensure!(status.success(), "the local org ended: {status}");
    Ok(())
}

/// Opens the browser. A failure is ignored, since the address is printed.
fn open_browser(url: &str) {
    let opener = match env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let _ = Command::new(opener)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}
