//! The test layers. A layer that cannot run, finds no tests or skips one fails the command.

use std::cell::OnceCell;
use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::{fmt, ops};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use xshell::Cmd;

use crate::emulator::{self, Emulator, Seed};
use crate::package::{self, Profile};
use crate::project::{Project, WASM, say};
use crate::tools::{self, Engines};
use crate::{docs, fuzz, lint};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layer {
    /// rustfmt, clippy, prettier, and the facade's types
    Lint,
    /// Rust tests: unit, property and doc tests
    Native,
    /// Every fuzz target, shortly
    Fuzz,
    /// wasm tests in Node
    WasmNode,
    /// wasm tests in headless Chromium
    WasmBrowser,
    /// The package's types, as a strict user compiles them, their snapshot and their comments
    Types,
    /// The package in Node against the native local org, and the snippets of the documents
    Package,
    /// The packed package as users install it, in each runtime and bundler
    Runtimes,
    /// The demo page and the client in Chromium, Firefox and WebKit, and the pages of the documents
    E2e,
}

/// What hangs fails, and is named: a file that takes a quarter of an hour.
const NODE_TIMEOUT: &str = "--test-timeout=900000";

/// A fixed org, so that a test may count on what is in it.
const SEED: Seed = Seed { groups: 1000, users: 5000, seed: 7 };

/// A few seconds for each target: that they hold, not a search. `cargo xtask fuzz` searches.
const FUZZ_RUNS: u64 = 20_000;

const SOAK_RUNS: u32 = 100_000;

const CHROMIUM_FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Runs the layers named, or all of them, and closes with what each counted. `only` narrows the JavaScript layers to
/// the files whose names contain it.
pub fn run(project: &Project, layers: &[Layer], profile: Profile, only: Option<&str>) -> Result<()> {
    let all = Layer::value_variants();
    let chosen = all.iter().copied().filter(|layer| layers.is_empty() || layers.contains(layer));
    let session = Session { project, profile, only: only.unwrap_or_default(), built: OnceCell::new() };
    let outcomes: Vec<(Layer, Outcome)> = chosen.map(|layer| (layer, session.outcome(layer))).collect();

    println!();
    let mut total = Count::default();
    for (layer, outcome) in &outcomes {
        println!("{layer:<13} {outcome}");
        total += outcome.tests();
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    ensure!(outcomes.iter().all(|(_, outcome)| outcome.is_good()), "not all test layers passed");
    Ok(())
}

/// Simulates the client against very many schedules of faults, compiled for speed.
pub fn soak(project: &Project) -> Result<()> {
    project
        .cargo()
        .args(["test", "--package", "okta-groups", "--test", "driver_sim", "--profile", "native"])
        .env("OKTA_GROUPS_SOAK", SOAK_RUNS.to_string())
        .run()?;
    Ok(())
}

/// Runs one wasm test binary as cargo asks for it.
pub fn wasm_runner(args: Vec<OsString>) -> Result<()> {
    // `cargo test --quiet` passes the flag on, and the runner does not know it.
    let known = args.into_iter().filter(|arg| arg != "--quiet");
    let args = std::iter::once(OsString::from("wasm-bindgen-test-runner")).chain(known);
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args)
}

struct Session<'a> {
    project: &'a Project,
    profile: Profile,
    only: &'a str,
    /// The package is built once for all layers that need it.
    built: OnceCell<()>,
}

impl Session<'_> {
    fn outcome(&self, layer: Layer) -> Outcome {
        say(format_args!("test layer {layer}"));
        let count = match layer {
            Layer::Lint => return Outcome::checks(lint::checks(self.project)),
            Layer::Types => return Outcome::checks(self.types()),
            Layer::Native => self.native(),
            Layer::Fuzz => self.fuzz(),
            Layer::WasmNode => self.wasm_node(),
            Layer::WasmBrowser => self.wasm_browser(),
            Layer::Package => self.package(),
            Layer::Runtimes => self.runtimes(),
            Layer::E2e => self.e2e(),
        };
        match count {
            Ok(count) => Outcome::Tests(count),
            Err(error) => Outcome::CouldNotRun(format!("{error:#}")),
        }
    }

    fn types(&self) -> Result<Vec<lint::Check<'_>>> {
        ensure!(
            self.project.path("tests/types/tsconfig.json").is_file(),
            "tests/types/tsconfig.json is missing"
        );
        self.installed_package()?;
        let tsc = |name, folder| lint::Check { name, command: lint::tsc(self.project, folder) };
        Ok(vec![
            tsc("tsc of tests/types", "tests/types"),
            tsc("tsc of tests/types with Node's types alone", "tests/types/node"),
            lint::Check { name: "the snapshot docs/api", command: docs::api_snapshot(self.project)? },
            lint::Check { name: "typedoc", command: docs::typedoc(self.project)?.args(["--emit", "none"]) },
        ])
    }

    fn native(&self) -> Result<Count> {
        let cargo = |args: &[&str]| self.project.cargo().arg("test").args(args);
        let mut count = counted(
            cargo(&["--workspace", "--exclude", "xtask", "--all-features", "--no-fail-fast"]),
            cargo_count,
        )?;
        // Apart from the others: together they would unify features and build the bindgen a second time.
        count += counted(cargo(&["--package", "xtask", "--no-fail-fast"]), cargo_count)?;
        Ok(count)
    }

    /// A target is a test.
    fn fuzz(&self) -> Result<Count> {
        let fuzzers = fuzz::Fuzzers::build(self.project)?;
        let mut count = Count::default();
        for target in fuzz::targets(self.project)? {
            let corpus = self.project.sh.create_temp_dir()?;
            match fuzzers.command(&target, FUZZ_RUNS, corpus.path())?.run() {
                Ok(()) => count.passed += 1,
                Err(_) => count.failed += 1,
            }
        }
        Ok(count)
    }

    /// Suites that name no place run in Node and in the browser, the others where they say.
    fn wasm_node(&self) -> Result<Count> {
        tools::node(self.project)?;
        counted(self.wasm_tests()?.env("WASM_BINDGEN_TEST_ONLY_NODE", "1"), cargo_count)
    }

    fn wasm_browser(&self) -> Result<Count> {
        let browser = tools::browser(self.project)?;
        let temporary = self.project.sh.create_temp_dir()?;
        let capabilities = temporary.path().join("webdriver.json");
        let flags = CHROMIUM_FLAGS.map(|flag| format!("{flag:?}")).join(", ");
        let binary = browser.chrome.to_string_lossy();
        let json = format!(r#"{{"goog:chromeOptions": {{"binary": {binary:?}, "args": [{flags}]}}}}"#);
        self.project.sh.write_file(&capabilities, json)?;
        let tests = self
            .wasm_tests()?
            .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
            .env("CHROMEDRIVER", browser.driver);
        counted(tests, cargo_count)
    }

    fn wasm_tests(&self) -> Result<Cmd<'_>> {
        tools::wasm_target(self.project)?;
        let runner = format!("{} test-runner", env::current_exe()?.display());
        Ok(self
            .project
            .cargo()
            .args([
                "test",
                "--package",
                "okta-groups",
                "--test",
                "wasm*",
                "--features",
                "npm",
                "--target",
                WASM,
                "--no-fail-fast",
            ])
            // This very program: cargo need not be asked again for each test binary.
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner))
    }

    fn package(&self) -> Result<Count> {
        self.node_tests("tests/package", Ok)
    }

    fn runtimes(&self) -> Result<Count> {
        const FOLDER: &str = "tests/runtimes";
        tools::npm_ci(self.project, FOLDER)?;
        let packed = self.project.sh.create_temp_dir()?;
        self.node_tests(FOLDER, |cmd| {
            let tarball = package::pack(self.project, packed.path())?;
            Ok(cmd.env("OKTA_GROUPS_TARBALL", tarball).env("CHROMIUM", tools::browser(self.project)?.chrome))
        })
    }

    fn e2e(&self) -> Result<Count> {
        self.node_tests("tests/e2e", |cmd| {
            let Engines { firefox, webkit } = tools::engines(self.project)?;
            let cmd = cmd.env("CHROMIUM", tools::browser(self.project)?.chrome).env("FIREFOX", firefox);
            Ok(webkit.into_iter().fold(cmd, |cmd, path| cmd.env("WEBKIT", path)))
        })
    }

    /// Runs a folder's tests in Node with the package installed and a local org running.
    fn node_tests<'a>(
        &'a self,
        folder: &str,
        set_up: impl FnOnce(Cmd<'a>) -> Result<Cmd<'a>>,
    ) -> Result<Count> {
        let is_test = |name: &str| {
            (name.ends_with(".test.mjs") || name.ends_with(".test.cjs")) && name.contains(self.only)
        };
        let files = self.project.files(folder, is_test)?;
        ensure!(!files.is_empty(), "{folder} has no test file with {:?} in its name", self.only);
        self.installed_package()?;
        let program = emulator::build(self.project)?;
        let emulator = Emulator::start(self.project, &program, 0, SEED)?;
        let node =
            self.project.sh.cmd("node").args(["--test", "--test-reporter=spec", NODE_TIMEOUT]).args(files);
        let node = set_up(node)?
            .env("OKTA_GROUPS_EMULATOR_URL", &emulator.url)
            .env("OKTA_GROUPS_EMULATOR_BIN", program);
        counted(node, node_count)
    }

    /// The package built, and what its tests need installed beside it.
    fn installed_package(&self) -> Result<()> {
        if self.built.get().is_none() {
            package::build(self.project, self.profile)?;
            tools::npm_ci(self.project, "tests")?;
            self.built.get_or_init(|| ());
        }
        Ok(())
    }
}

/// What came of a layer.
enum Outcome {
    Tests(Count),
    /// Not tests but commands that find fault or do not.
    Checks {
        passed: usize,
        failed: Vec<&'static str>,
    },
    CouldNotRun(String),
}

impl Outcome {
    fn checks(checks: Result<Vec<lint::Check<'_>>>) -> Self {
        let checks = match checks {
            Ok(checks) => checks,
            Err(error) => return Self::CouldNotRun(format!("{error:#}")),
        };
        let all = checks.len();
        let failed: Vec<_> =
            checks.into_iter().filter(|check| check.command.run().is_err()).map(|check| check.name).collect();
        Self::Checks { passed: all - failed.len(), failed }
    }

    fn is_good(&self) -> bool {
        match self {
            Self::Tests(count) => count.passed > 0 && count.failed == 0 && count.skipped == 0,
            Self::Checks { failed, .. } => failed.is_empty(),
            Self::CouldNotRun(_) => false,
        }
    }

    /// Its part of the sum of tests: checks are none, but one that fails is a failure, as is a layer that did not run.
    fn tests(&self) -> Count {
        match self {
            Self::Tests(count) if !self.is_good() && count.failed == 0 => Count { failed: 1, ..*count },
            Self::Tests(count) => *count,
            Self::Checks { failed, .. } => Count { failed: failed.len(), ..Count::default() },
            Self::CouldNotRun(_) => Count { failed: 1, ..Count::default() },
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tests(Count { passed: 0, failed: 0, .. }) => f.write_str("FAILED: no test ran"),
            Self::Tests(Count { passed, failed, skipped }) => {
                write!(f, "{passed} passed, {failed} failed, {skipped} skipped")?;
                if *skipped > 0 { f.write_str(": FAILED, a test may not be skipped") } else { Ok(()) }
            }
            Self::Checks { passed, failed } if failed.is_empty() => write!(f, "{passed} checks, all good"),
            Self::Checks { passed, failed } => {
                write!(f, "{passed} checks good, FAILED: {}", failed.join(", "))
            }
            Self::CouldNotRun(why) => write!(f, "FAILED to run: {why}"),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Runs a test runner, shows what it prints and counts by its closing lines.
fn counted(command: Cmd<'_>, of_line: fn(&str) -> Count) -> Result<Count> {
    say(format_args!("$ {command}"));
    let mut child = Command::from(command).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("the runner's output")?;
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        count += of_line(&line);
    }
    let status = child.wait()?;
    if !status.success() && count.failed == 0 {
        bail!("the runner ended with {status}, having counted {} passed and no failure", count.passed);
    }
    Ok(count)
}

/// `test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out`: cargo's and wasm-bindgen's.
fn cargo_count(line: &str) -> Count {
    let Some((_, counts)) = line.split_once("test result: ") else { return Count::default() };
    let number = |of: &str| {
        let words: Vec<&str> = counts.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        words.windows(2).find_map(|pair| if pair[1] == of { pair[0].parse().ok() } else { None }).unwrap_or(0)
    };
    Count { passed: number("passed"), failed: number("failed"), skipped: number("ignored") }
}

/// `ℹ pass 3` and its like, of Node's `spec` reporter.
fn node_count(line: &str) -> Count {
    let mut words = line.split_whitespace();
    let (Some("ℹ"), Some(name), Some(Ok(number)), None) =
        (words.next(), words.next(), words.next().map(str::parse), words.next())
    else {
        return Count::default();
    };
    match name {
        "pass" => Count { passed: number, ..Count::default() },
        "fail" | "cancelled" => Count { failed: number, ..Count::default() },
        "skipped" | "todo" => Count { skipped: number, ..Count::default() },
        _ => Count::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: usize, failed: usize, skipped: usize) -> Count {
        Count { passed, failed, skipped }
    }

    #[test]
    fn closing_lines_of_cargo_are_read() {
        for (line, expected) in [
            (
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                count(12, 0, 1),
            ),
            (
                "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
                count(2, 3, 0),
            ),
            ("test result: ok. 4 passed; 0 failed; 0 ignored; 0 filtered out", count(4, 0, 0)),
            ("test a_result ... ok", count(0, 0, 0)),
        ] {
            assert_eq!(cargo_count(line), expected, "{line}");
        }
    }

    #[test]
    fn closing_lines_of_node_are_read() {
        for (line, expected) in [
            ("ℹ tests 7", count(0, 0, 0)),
            ("ℹ pass 5", count(5, 0, 0)),
            ("ℹ fail 1", count(0, 1, 0)),
            ("ℹ cancelled 1", count(0, 1, 0)),
            ("ℹ skipped 2", count(0, 0, 2)),
            ("ℹ todo 1", count(0, 0, 1)),
            ("ℹ pass 5 of 6", count(0, 0, 0)),
            ("✔ pass 5", count(0, 0, 0)),
        ] {
            assert_eq!(node_count(line), expected, "{line}");
        }
    }

    #[test]
    fn a_layer_is_good_only_when_tests_ran_and_none_failed_or_was_skipped() {
        let passed = |passed| Outcome::Checks { passed, failed: vec![] };
        for (outcome, good, in_the_sum) in [
            (Outcome::Tests(count(3, 0, 0)), true, count(3, 0, 0)),
            (Outcome::Tests(count(3, 1, 0)), false, count(3, 1, 0)),
            (Outcome::Tests(count(3, 0, 1)), false, count(3, 1, 1)),
            (Outcome::Tests(count(0, 0, 0)), false, count(0, 1, 0)),
            (passed(2), true, count(0, 0, 0)),
            (Outcome::Checks { passed: 1, failed: vec!["clippy"] }, false, count(0, 1, 0)),
            (Outcome::CouldNotRun("no browser".into()), false, count(0, 1, 0)),
        ] {
            assert_eq!((outcome.is_good(), outcome.tests()), (good, in_the_sum), "{outcome}");
        }
    }
}
