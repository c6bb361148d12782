//! Bundles the console of `www/` with the built package in `pkg/`, into `pkg/dist/console/`.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::package::{licences, package_of};
use crate::project::{Project, say};
use crate::tools;

/// The sources of the console, and the packages that are bundled into it.
const SOURCES: &str = "www";

/// Bundles the console. `pkg/dist` must be complete: some of the console's files are hashed copies of its files.
pub fn build(project: &Project) -> Result<()> {
    say("bundling the console");
    tools::npm_ci(project, "xtask")?;
    tools::npm_ci(project, SOURCES)?;
    let script = project.path("xtask/js/console.mjs");
    project.sh.cmd("node").arg(script).arg(project.target("")).quiet().run()?;
    let inputs: Vec<String> =
        serde_json::from_str(&project.sh.read_file(project.target("console/inputs.json"))?)?;
    let bundled: BTreeSet<String> = inputs.iter().filter_map(|file| package_of(file)).collect();
    licences(
        project,
        "The console (console/) holds these packages.",
        SOURCES,
        &bundled,
        &project.path("pkg/dist/console.licences.txt"),
    )
}
