//! Fuzzing with libFuzzer on the stable toolchain, as `cargo fuzz` does it, without installing that.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use xshell::Cmd;

use crate::project::{Project, say};
use crate::tools;

#[derive(Args)]
pub struct Options {
    /// A target: fuzz/fuzz_targets/<TARGET>.rs; all of them if none is named
    target: Option<String>,
    /// Executions of each
    #[arg(long, default_value_t = 10_000_000)]
    runs: u64,
}

/// Coverage for libFuzzer, as cargo-fuzz asks for it. No sanitizer: they need a nightly compiler, and there is no
/// `unsafe` to watch.
const RUSTFLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// Fuzzes at length and keeps the corpus, so that the next run continues from it.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    let fuzzers = Fuzzers::build(project)?;
    let targets = match &options.target {
        Some(target) => vec![target.clone()],
        None => targets(project)?,
    };
    for target in targets {
        let corpus = project.target("fuzz/corpus").join(&target);
        project.sh.create_dir(&corpus)?;
        fuzzers.command(&target, options.runs, &corpus)?.run()?;
    }
    Ok(())
}

/// The names of all targets.
pub fn targets(project: &Project) -> Result<Vec<String>> {
    let files = project.files("fuzz/fuzz_targets", |name| name.ends_with(".rs"))?;
    ensure!(!files.is_empty(), "fuzz/fuzz_targets has no targets");
    Ok(files.iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect())
}

/// The built targets.
pub struct Fuzzers<'a> {
    project: &'a Project,
    folder: PathBuf,
}

impl<'a> Fuzzers<'a> {
    pub fn build(project: &'a Project) -> Result<Self> {
        tools::cpp_compiler(project)?;
        let host = &tools::rustc_says(project, "host: ")?.context("rustc's host")?;
        let target_dir = project.target("fuzz");
        // With `--target` the flags do not apply to build scripts, which would not link with them.
        project
            .cargo()
            .args(["build", "--release", "--bins", "--target", host, "--manifest-path", "fuzz/Cargo.toml"])
            .env("CARGO_TARGET_DIR", &target_dir)
            .env("RUSTFLAGS", RUSTFLAGS.join(" "))
            .run()?;
        Ok(Self { project, folder: target_dir.join(host).join("release") })
    }

    /// Runs one target for this number of executions, from its seeds in `fuzz/seeds` and from `corpus`, where it adds new
    /// inputs.
    pub fn command(&self, target: &str, runs: u64, corpus: &Path) -> Result<Cmd<'a>> {
        let program = self.folder.join(target);
        if !program.is_file() {
            bail!("there is no fuzz target {target}: they are {}", targets(self.project)?.join(", "));
        }
        let found = self.project.target("fuzz/artifacts").join(target);
        fs::create_dir_all(&found)?;
        let dictionary = self.project.path("fuzz").join(target).with_extension("dict");
        let seeds = self.project.path("fuzz/seeds").join(target);
        say(format_args!("fuzzing {target}, {runs} executions"));
        Ok(self
            .project
            .sh
            .cmd(program)
            .args([format!("-runs={runs}"), format!("-artifact_prefix={}/", found.display())])
            .args(["-seed=7", "-max_len=4096", "-timeout=10", "-print_final_stats=1", "-verbosity=0"])
            .args(dictionary.is_file().then(|| format!("-dict={}", dictionary.display())))
            .arg(corpus)
            .args(seeds.is_dir().then_some(seeds)))
    }
}
