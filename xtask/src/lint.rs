//! Runs the checks that need no build of the package, and the formatters.

use anyhow::Result;
use xshell::Cmd;

use crate::project::{Project, WASM};
use crate::{package, tools};

/// A named command that fails if it finds a fault.
pub struct Check<'a> {
    pub name: &'static str,
    pub command: Cmd<'a>,
}

/// Installs what the checks need, and returns their commands.
pub fn checks(project: &Project) -> Result<Vec<Check<'_>>> {
    tools::wasm_target(project)?;
    tools::npm_ci(project, "xtask")?;
    // tsc checks the command's sources, too.
    tools::npm_ci(project, package::COMMAND)?;
    tools::npm_ci(project, "www")?;
    let clippy = |args: &[&str]| project.cargo().arg("clippy").args(args).args(["--", "-D", "warnings"]);
    let mut checks = vec![
        Check { name: "rustfmt", command: project.cargo().args(["fmt", "--all", "--check"]) },
        Check {
            name: "clippy",
            command: clippy(&["--workspace", "--exclude", "xtask", "--all-targets", "--all-features"]),
        },
        // Apart from the others: together they would unify features and build the bindgen a second time.
        Check {
            name: "clippy of xtask",
            command: clippy(&["--package", "xtask", "--all-targets", "--all-features"]),
        },
        Check {
            name: "clippy of the wasm client with all that it has",
            command: clippy(&[
                "--package",
                "okta-groups",
                "--lib",
                "--features",
                "expressions,bulk",
                "--target",
                WASM,
            ]),
        },
        Check {
            name: "clippy of the wasm client alone",
            command: clippy(&["--package", "okta-groups", "--lib", "--features", "npm", "--target", WASM]),
        },
        Check {
            name: "clippy of the wasm client for Rust",
            command: clippy(&["--package", "okta-groups", "--lib", "--target", WASM]),
        },
        Check {
            name: "clippy of the crate without features",
            command: clippy(&["--package", "okta-groups", "--lib"]),
        },
        Check {
            name: "clippy of the crate with reqwest",
            command: clippy(&["--package", "okta-groups", "--lib", "--features", "reqwest"]),
        },
        Check {
            name: "clippy of the crate with reqwest and no TLS",
            command: clippy(&["--package", "okta-groups", "--lib", "--features", "native"]),
        },
        Check { name: "rustdoc", command: rustdoc(project, &["--all-features"]) },
        Check { name: "rustdoc of wasm", command: rustdoc(project, &["--target", WASM]) },
        Check {
            name: "examples of wasm",
            // Compiled, not run: there is no org to run them against.
            command: project.cargo().args(["test", "--package", "okta-groups", "--doc", "--target", WASM]),
        },
        Check {
            name: "the crate's package",
            // Checks the crate's files, and that it could be published; `cargo publish --dry-run` also builds it.
            command: project.cargo().args([
                "package",
                "--package",
                "okta-groups",
                "--allow-dirty",
                "--no-verify",
            ]),
        },
        Check {
            name: "clippy of the wasm local org",
            command: clippy(&["--package", "okta-groups-emulator", "--lib", "--target", WASM]),
        },
        Check { name: "prettier", command: prettier(project, "--check") },
        Check { name: "tsc of the facade", command: tsc(project, "pkg-template") },
        Check { name: "tsc of the console", command: tsc(project, "www") },
        Check {
            name: "the page of benchmarks",
            command: project.sh.cmd("node").args(["benches/page.mjs", "--check"]),
        },
    ];
    if !project.files("tests", is_wasm_test)?.is_empty() {
        let args = ["--package", "okta-groups", "--test", "wasm*", "--target", WASM];
        checks.push(Check { name: "clippy of the wasm tests", command: clippy(&args) });
    }
    Ok(checks)
}

/// Rustdoc of the crate, without a warning.
pub fn rustdoc<'a>(project: &'a Project, args: &[&str]) -> Cmd<'a> {
    let doc = project.cargo().args(["doc", "--no-deps", "--package", "okta-groups"]).args(args);
    doc.env("RUSTDOCFLAGS", "-D warnings")
}

/// Whether a test runs as wasm, by its name.
pub fn is_wasm_test(name: &str) -> bool {
    name.starts_with("wasm") && name.ends_with(".rs")
}

/// Type-checks the TypeScript project of a folder.
pub fn tsc<'a>(project: &'a Project, folder: &str) -> Cmd<'a> {
    project.npm_tool("tsc").args(["--noEmit", "--pretty", "false", "--project", folder])
}

pub fn format(project: &Project) -> Result<()> {
    tools::npm_ci(project, "xtask")?;
    project.cargo().args(["fmt", "--all"]).run()?;
    prettier(project, "--write").run()?;
    Ok(())
}

fn prettier<'a>(project: &'a Project, mode: &str) -> Cmd<'a> {
    project.npm_tool("prettier").args([mode, "--log-level", "warn", "."])
}
