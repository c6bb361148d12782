//! Builds the documentation in `target/docs`: the package's types and the guides by TypeDoc, the crate by rustdoc. Also
//! compares or writes the snapshot of the package's types. A warning (a broken link, an undocumented export) fails.

use std::path::Path;

use anyhow::Result;
use xshell::Cmd;

use crate::project::{Project, say};
use crate::{lint, tools};

#[derive(clap::Args)]
pub struct Options {
    /// Instead, write the snapshot of the package's types (docs/api) anew: what users compile against changes
    #[arg(long)]
    accept_api: bool,
}

pub fn run(project: &Project, options: &Options) -> Result<()> {
    if options.accept_api {
        return Ok(api_snapshot(project)?.arg("--accept").run()?);
    }
    let site = project.target("docs");
    project.sh.remove_path(&site)?;
    typedoc(project)?.arg("--out").arg(&site).run()?;
    rustdoc(project).run()?;
    copy_folder(project, &project.target("rustdoc/doc"), &site.join("crate"))?;
    say(format_args!("the site is {}", site.join("index.html").display()));
    Ok(())
}

/// TypeDoc of the package's types and the guides; with `--emit none` it only checks.
pub fn typedoc(project: &Project) -> Result<Cmd<'_>> {
    Ok(node_tool(project, "node_modules/typedoc/bin/typedoc")?.args(["--options", "docs/typedoc.json"]))
}

/// The command that compares the package's types with their snapshot, entry by entry.
pub fn api_snapshot(project: &Project) -> Result<Cmd<'_>> {
    node_tool(project, "api.mjs")
}

/// Rustdoc of the crate, in a build directory of its own.
fn rustdoc(project: &Project) -> Cmd<'_> {
    lint::rustdoc(project, &["--all-features", "--target-dir"]).arg(project.target("rustdoc"))
}

fn node_tool<'a>(project: &'a Project, script: &str) -> Result<Cmd<'a>> {
    tools::npm_ci(project, "docs")?;
    Ok(project.sh.cmd("node").arg(project.path("docs").join(script)))
}

fn copy_folder(project: &Project, from: &Path, to: &Path) -> Result<()> {
    project.sh.create_dir(to)?;
    for path in project.sh.read_dir(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(project, &path, &target)?;
        } else {
            project.sh.copy_file(&path, &target)?;
        }
    }
    Ok(())
}
