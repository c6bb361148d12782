//! Benchmarks are Node scripts in `benches/`; this builds what they measure and starts one.

use anyhow::{Result, ensure};

use crate::package::{self, Profile};
use crate::project::Project;
use crate::{emulator, tools};

pub fn run(project: &Project, name: &str, args: &[String]) -> Result<()> {
    let script = project.path("benches").join(name).with_extension("mjs");
    ensure!(script.is_file(), "there is no benchmark benches/{name}.mjs");
    package::build(project, Profile::Release)?;
    let emulator = emulator::build(project)?;
    if project.path("benches/package.json").is_file() {
        tools::npm_ci(project, "benches")?;
    }
    project.sh.cmd("node").arg(script).args(args).env("OKTA_GROUPS_EMULATOR_BIN", emulator).run()?;
    Ok(())
}
