//! Builds the packages that a benchmark measures, and starts its Node script in `benches/`.

use anyhow::{Result, ensure};

use crate::package::{self, Profile};
use crate::project::Project;
use crate::{emulator, sizes, tools};

pub fn run(project: &Project, name: &str, args: &[String], record: bool) -> Result<()> {
    package::build(project, Profile::Release)?;
    let results = project.path("benches/results").join(name).with_extension("json");
    if name == "size" {
        let report = sizes::report(&sizes::measured(project, &project.path("pkg/dist"))?);
        println!("{report}");
        if record {
            project.sh.write_file(results, format!("{report:#}\n"))?;
        }
    } else {
        let script = project.path("benches").join(name).with_extension("mjs");
        ensure!(script.is_file(), "there is no benchmark benches/{name}.mjs");
        let emulator = emulator::build(project)?;
        tools::npm_ci(project, "benches")?;
        let mut bench =
            project.sh.cmd("node").arg(script).args(args).env("OKTA_GROUPS_EMULATOR_BIN", emulator);
        if name == "console" {
            // The benchmark drives its browser by the library of the tests.
            tools::npm_ci(project, "tests")?;
            bench = bench.env("CHROMIUM", tools::browser(project)?.chrome);
        }
        if record {
            bench = bench.env("OKTA_GROUPS_BENCH_RECORD", results);
        }
        bench.run()?;
    }
    if record {
        project.sh.cmd("node").arg(project.path("benches/page.mjs")).run()?;
    }
    Ok(())
}
