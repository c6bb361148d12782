//! Bundles the console of `www/` with the built package in `pkg/`, into `pkg/dist/console/`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::package::{Profile, licences, package_of};
use crate::project::{Project, say};
use crate::tools;

/// The sources of the console, and the packages that are bundled into it.
const SOURCES: &str = "www";

/// The budget of the first view above `okta-groups/external`, and of each part that loads later, in bytes by brotli.
const FIRST_VIEW: u64 = 28_000;
const LATER_PART: u64 = 15_000;

/// Bundles the console. `pkg/dist` must be complete: some of the console's files are hashed copies of its files.
pub fn build(project: &Project, profile: Profile) -> Result<()> {
    say("bundling the console");
    tools::npm_ci(project, "xtask")?;
    tools::npm_ci(project, SOURCES)?;
    let script = project.path("xtask/js/console.mjs");
    project.sh.cmd("node").arg(script).arg(project.target("")).quiet().run()?;
    if profile == Profile::Release {
        keep_budgets(&serde_json::from_str(&project.sh.read_file(project.target("console/sizes.json"))?)?)?;
    }
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

/// Fails if a part of the console costs more than it may. The org in the page is no part of it.
fn keep_budgets(sizes: &Value) -> Result<()> {
    let first = sizes["aboveExternal"].as_u64().context("the size of the console's first view")?;
    ensure!(
        first <= FIRST_VIEW,
        "the console's first view costs {first} bytes above okta-groups/external, more than {FIRST_VIEW}"
    );
    let later = sizes["later"].as_object().context("the console's later parts")?;
    for (name, size) in later.iter().filter(|(name, _)| !name.starts_with("emulator-")) {
        let size = size.as_u64().context("a size of the console")?;
        ensure!(size <= LATER_PART, "{name} of the console costs {size} bytes, more than {LATER_PART}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_part_that_costs_too_much_is_named() {
        let kept = |first: u64, later: u64| {
            keep_budgets(
                &json!({ "aboveExternal": first, "later": { "a.js": later, "emulator-b.js": 900_000 } }),
            )
        };
        assert!(kept(28_000, 15_000).is_ok());
        for (first, later, name) in [(28_001, 1, "first view"), (1, 15_001, "a.js")] {
            let said = kept(first, later).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains(name), "{said}");
        }
        assert!(keep_budgets(&json!({})).is_err());
    }
}
