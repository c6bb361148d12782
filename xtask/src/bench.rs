//! Benchmarks are Node scripts in `benches/`; this builds what they measure and starts one.

use anyhow::{Result, ensure};

use crate::package::{self, Profile};
use crate::project::Project;
use crate::{emulator, sizes, tools};

pub fn run(project: &Project, name: &str, args: &[String]) -> Result<()> {
    if name == "size" {
        package::build(project, Profile::Release)?;
        return sizes::print_json(project, &project.path("pkg/dist"));
    }
    let script = project.path("benches").join(name).with_extension("mjs");
    ensure!(script.is_file(), "there is no benchmark benches/{name}.mjs");
    package::build(project, Profile::Release)?;
    let emulator = emulator::build(project)?;
    tools::npm_ci(project, "benches")?;
    project.sh.cmd("node").arg(script).args(args).env("OKTA_GROUPS_EMULATOR_BIN", emulator).run()?;
    Ok(())
}
