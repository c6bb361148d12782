//! The project's commands: `cargo xtask help` lists them.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::expect_used))]

mod announce;
mod bench;
mod console;
mod demo;
mod docs;
mod emulator;
mod fuzz;
mod lint;
mod mutants;
mod package;
mod project;
mod release;
mod shorten;
mod sizes;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The commands of the okta-groups project")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile the wasm and lay the npm package out in pkg/
    Build {
        /// Compile fast, without optimisation
        #[arg(long)]
        dev: bool,
    },
    /// Serve the console with a local org behind it
    Demo(demo::Options),
    /// Run the tests: all layers, or those named, in order
    Test {
        #[arg(value_enum)]
        layers: Vec<test::Layer>,
        /// Instead, simulate the client against 100,000 schedules of faults
        #[arg(long, conflicts_with = "layers")]
        soak: bool,
        /// Test a package compiled fast, without optimisation (not what is shipped)
        #[arg(long)]
        dev: bool,
        /// Run only the JavaScript test files whose names contain this (package, clients, runtimes, e2e)
        #[arg(long)]
        only: Option<String>,
        /// Run the slow test files too (*.slow.test.mjs): bundlers and frameworks that CI has no minutes for
        #[arg(long)]
        all: bool,
    },
    /// Fuzz for long
    Fuzz(fuzz::Options),
    /// Mutate a folder of the crate, and report which mutants its tests do not notice; it goes on where it was stopped
    Mutants(mutants::Options),
    /// Run a benchmark, with fresh builds: benches/<NAME>.mjs, or `size`
    Bench {
        /// Keep the results in benches/results/ and draw docs/benchmarks.md anew
        #[arg(long)]
        record: bool,
        /// call, console, export, filter, lanes, list, load, shared or size
        name: String,
        /// Passed on to the benchmark
        args: Vec<String>,
    },
    /// Build the documentation of the package and the crate in target/docs
    Docs(docs::Options),
    /// Build the package twice, compare, and publish it (in CI) or say what would be published
    Release(release::Options),
    /// Format the Rust, JavaScript, TypeScript and Markdown files
    Fmt,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Build { dev } => package::build(&Project::here()?, dev.into()),
        Command::Demo(options) => demo::run(&Project::here()?, &options),
        Command::Test { soak: true, .. } => test::soak(&Project::here()?),
        Command::Test { layers, dev, only, all, .. } => {
            test::run(&Project::here()?, &layers, dev.into(), only.as_deref(), all)
        }
        Command::Fuzz(options) => fuzz::run(&Project::here()?, &options),
        Command::Mutants(options) => mutants::run(&Project::here()?, &options),
        Command::Bench { record, name, args } => bench::run(&Project::here()?, &name, &args, record),
        Command::Docs(options) => docs::run(&Project::here()?, &options),
        Command::Release(options) => release::run(&Project::here()?, &options),
        Command::Fmt => lint::format(&Project::here()?),
    }
}
