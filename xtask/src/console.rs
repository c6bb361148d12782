//! The console of `www/`, bundled on the package that was just laid out, into `pkg/dist/console/`.

use anyhow::Result;

use crate::project::{Project, say};
use crate::tools;

/// Needs `pkg/dist` as it is published: the console's files are hashed copies of it.
pub fn build(project: &Project) -> Result<()> {
    say("bundling the console");
    tools::npm_ci(project, "xtask")?;
    tools::npm_ci(project, "www")?;
    let script = project.path("xtask/js/console.mjs");
    project.sh.cmd("node").arg(script).arg(project.target("")).quiet().run()?;
    Ok(())
}
