//! The test layers. A layer that cannot run, finds no tests or skips one fails the command.

use std::cell::OnceCell;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fmt, ops};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use serde_json::json;
use xshell::Cmd;

use crate::announce::BINARY;
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
    /// The command `okta-groups` against the native local org: each command, faults, signals, pipes, terminals
    Cli,
    /// The pure part of the console
    Console,
    /// Clients of others against the local org, unchanged
    Clients,
    /// The packed package as users install it, in each runtime and bundler
    Runtimes,
    /// The console and the client in Chromium, Firefox and WebKit, and the pages of the documents
    E2e,
}

/// The timeout of a test file, a quarter of an hour: a test that hangs fails by name.
const NODE_TIMEOUT: &str = "--test-timeout=900000";

/// Test files that Node runs at the same time: as many as there are cores, and two at least, since each waits for timers,
/// browsers and other programs most of the time. Node's own default leaves a core idle.
fn files_at_once() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2))
}

/// The mark of files that run with `--all` only, such as `vite.slow.test.mjs`. A run without `--all` does not count them.
const SLOW: &str = ".slow.";

/// The org of all tests, fixed so that a test can rely on its content.
const SEED: Seed = Seed { groups: 1000, users: 5000, seed: 7, rules: 0, owners: 0 };

/// Executions for a few seconds of each target: a check that they run, not a search. `cargo xtask fuzz` searches.
const FUZZ_RUNS: u64 = 20_000;

const SOAK_RUNS: u32 = 100_000;

/// The flags of Chromium besides `--headless`, as a JSON array. Browser tests and benchmarks read the same file.
const CHROMIUM_FLAGS: &str = "tests/chromium-flags.json";

/// Runs the named layers, or all, and prints the counts of each at the end. `only` limits the JavaScript layers to files whose
/// names contain it; `all` adds the slow files.
pub fn run(
    project: &Project,
    layers: &[Layer],
    profile: Profile,
    only: Option<&str>,
    all: bool,
) -> Result<()> {
    let every = Layer::value_variants();
    let chosen = every.iter().copied().filter(|layer| layers.is_empty() || layers.contains(layer));
    let session = Session { project, profile, only: only.unwrap_or_default(), all, built: OnceCell::new() };
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

/// The number of times that the soak kills `okta-groups sync-many` and `export` at a random place, by SIGKILL and SIGINT.
const SOAK_KILLS: u32 = 50;

/// Simulates calls and exports in very many schedules of faults, compiled for speed, and kills the command's jobs.
pub fn soak(project: &Project) -> Result<()> {
    project
        .cargo()
        .args([
            "test",
            "--package",
            "okta-groups",
            "--test",
            "driver_sim",
            "--test",
            "export_sim",
            "--profile",
            "native",
        ])
        .env("OKTA_GROUPS_SOAK", SOAK_RUNS.to_string())
        .run()?;
    let session =
        Session { project, profile: Profile::Release, only: "jobs", all: false, built: OnceCell::new() };
    let count =
        session.node_tests("tests/cli", |cmd| Ok(cmd.env("OKTA_GROUPS_KILLS", SOAK_KILLS.to_string())))?;
    let killed = Outcome::Tests(count);
    println!("cli           {killed}");
    ensure!(killed.is_good(), "a job that was killed is not finished by the next run of its command");
    Ok(())
}

struct Session<'a> {
    project: &'a Project,
    profile: Profile,
    only: &'a str,
    /// Whether [`SLOW`] files run, too.
    all: bool,
    /// Set once the package is built for all layers that need it.
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
            Layer::Cli => self.cli(),
            Layer::Console => self.console(),
            Layer::Clients => self.clients(),
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
            CargoTally::default(),
        )?;
        // Apart from the others: together they would unify features and build the bindgen a second time.
        count += counted(
            cargo(&["--package", "xtask", "--all-features", "--no-fail-fast"]),
            CargoTally::default(),
        )?;
        Ok(count)
    }

    /// Runs each target, counted as a test.
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

    /// Runs the wasm suites in Node. Suites without a configuration run in Node and in the browser, others as configured.
    fn wasm_node(&self) -> Result<Count> {
        tools::node(self.project)?;
        counted(self.wasm_tests()?.env("WASM_BINDGEN_TEST_ONLY_NODE", "1"), CargoTally::default())
    }

    fn wasm_browser(&self) -> Result<Count> {
        let browser = tools::browser(self.project)?;
        let temporary = self.project.sh.create_temp_dir()?;
        let capabilities = temporary.path().join("webdriver.json");
        let flags = self.project.sh.read_file(self.project.path(CHROMIUM_FLAGS))?;
        let mut flags: Vec<String> = serde_json::from_str(&flags).context(CHROMIUM_FLAGS)?;
        flags.push("--headless".to_owned());
        let options = json!({ "binary": browser.chrome, "args": flags });
        self.project.sh.write_file(&capabilities, json!({ "goog:chromeOptions": options }).to_string())?;
        let tests = self
            .wasm_tests()?
            .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
            .env("CHROMEDRIVER", browser.driver);
        counted(tests, CargoTally::default())
    }

    fn wasm_tests(&self) -> Result<Cmd<'_>> {
        tools::wasm_target(self.project)?;
        let runner = format!("{} test-runner", tools::wasm_tools()?.display());
        Ok(self
            .project
            .cargo()
            .args(["test", "--package", "okta-groups", "--test", "wasm*", "--target", WASM, "--no-fail-fast"])
            // The runner is already built: cargo would check it again for each test binary.
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner))
    }

    fn package(&self) -> Result<Count> {
        self.node_tests("tests/package", Ok)
    }

    fn cli(&self) -> Result<Count> {
        self.node_tests("tests/cli", Ok)
    }

    fn console(&self) -> Result<Count> {
        self.node_tests("tests/console", Ok)
    }

    /// Runs other clients against the local org. With `--all` also those that are not JavaScript, from `target/clients`.
    fn clients(&self) -> Result<Count> {
        const FOLDER: &str = "tests/clients";
        tools::npm_ci(self.project, FOLDER)?;
        let folder = self.project.target("clients");
        self.project.sh.create_dir(&folder)?;
        self.node_tests(FOLDER, |cmd| Ok(cmd.env("OKTA_GROUPS_CLIENTS", folder)))
    }

    fn runtimes(&self) -> Result<Count> {
        const FOLDER: &str = "tests/runtimes";
        tools::npm_ci(self.project, FOLDER)?;
        if self.all {
            tools::npm_ci(self.project, "tests/runtimes/slow")?;
        }
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
        let is_test =
            |name: &str| is_test_file(name) && name.contains(self.only) && (self.all || !name.contains(SLOW));
        let files = self.project.files(folder, is_test)?;
        ensure!(!files.is_empty(), "{folder} has no test file with {:?} in its name", self.only);
        self.installed_package()?;
        let program = emulator::build(self.project)?;
        let emulator = Emulator::start(self.project, &program, 0, SEED, emulator::TEST_MOUNTS)?;
        let node = self.project.sh.cmd("node");
        let node = node.args(["--test", "--test-reporter=spec", NODE_TIMEOUT]);
        let node = node.arg(format!("--test-concurrency={}", files_at_once())).arg("--import");
        let node = node.arg(self.project.path("tests/finished.mjs")).args(files);
        let node = set_up(node)?
            .env("OKTA_GROUPS_EMULATOR_URL", &emulator.url)
            .env("OKTA_GROUPS_EMULATOR_BIN", program);
        counted(node, NodeTally::default())
    }

    /// Builds the package, and installs what its tests need.
    fn installed_package(&self) -> Result<()> {
        if self.built.get().is_none() {
            package::build(self.project, self.profile)?;
            tools::npm_ci(self.project, "tests")?;
            self.built.get_or_init(|| ());
        }
        Ok(())
    }
}

/// The result of a layer.
enum Outcome {
    Tests(Count),
    /// The results of checks, which have no tests.
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

    /// The layer's part of the sum of tests. Checks are no tests, but a failed check, or a layer that did not run, counts as a
    /// failure.
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

/// Runs a test runner, shows its output and counts the verdicts in it.
fn counted(command: Cmd<'_>, mut tally: impl Tally) -> Result<Count> {
    say(format_args!("$ {command}"));
    let mut child = Command::from(command).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("the runner's output")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        tally.line(&line);
    }
    let status = child.wait()?;
    let (count, without_verdict) = tally.end();
    for lost in &without_verdict {
        say(lost);
    }
    if !status.success() && count.failed == 0 {
        bail!("the runner ended with {status}, having counted {} passed and no failure", count.passed);
    }
    Ok(count)
}

/// Reads the output of a test runner. Runners can end with status 0 although a test gave no verdict: wasm-bindgen's 0.2.130 if
/// a test never settles, cargo's and Node's if a test ends its process. So the number of started tests is compared with the
/// verdicts, and a test without a verdict counts as failed.
trait Tally {
    fn line(&mut self, line: &str);

    /// The verdicts, and a message for each binary or file with too few.
    fn end(self) -> (Count, Vec<String>);
}

/// Reads the output of cargo's and wasm-bindgen's test binaries. Each prints `running 3 tests` and, at its end,
/// `test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out`.
#[derive(Default)]
struct CargoTally {
    count: Count,
    /// The binary whose `test result:` is awaited.
    open: Option<Binary>,
    lost: Vec<String>,
}

#[derive(Default)]
struct Binary {
    name: String,
    /// The number of tests that it announced.
    started: Option<usize>,
    /// The number of tests with a verdict in a line of their own.
    seen: usize,
}

impl CargoTally {
    /// Ends the current binary, which gave `verdicts`.
    fn close(&mut self, verdicts: Option<usize>) {
        let Some(Binary { name, started, seen }) = self.open.take() else {
            if verdicts.is_some() {
                self.lose("a test result", 1, "of tests that nobody started");
            }
            return;
        };
        match (started, verdicts) {
            (Some(started), Some(verdicts)) if started == verdicts => {}
            (Some(started), Some(verdicts)) => {
                let what = format!("{started} tests were started and {verdicts} gave a verdict");
                self.lose(&name, started.abs_diff(verdicts), &what);
            }
            (Some(started), None) => {
                let what =
                    format!("it ended without `test result:`; of {started} tests {seen} gave a verdict");
                self.count.passed += seen;
                self.lose(&name, started.saturating_sub(seen), &what);
            }
            (None, _) => self.lose(&name, 1, "it started no test"),
        }
    }

    fn lose(&mut self, name: &str, tests: usize, what: &str) {
        self.count.failed += tests.max(1);
        self.lost.push(format!("{name}: {what}"));
    }
}

impl Tally for CargoTally {
    fn line(&mut self, line: &str) {
        // A headless browser prints its progress on the same line, and overwrites it by `\r`.
        let line = line.rsplit('\r').find(|part| !part.trim().is_empty()).unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix(BINARY) {
            self.close(None);
            self.open = Some(Binary { name: name.to_owned(), ..Binary::default() });
        } else if let Some(started) = started(line) {
            // [`BINARY`] announces a binary of wasm-bindgen, this line one of cargo.
            if self.open.as_ref().is_none_or(|binary| binary.started.is_some()) {
                self.close(None);
                self.open = Some(Binary { name: "a test binary".to_owned(), ..Binary::default() });
            }
            if let Some(binary) = &mut self.open {
                binary.started = Some(started);
            }
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            let words: Vec<&str> = counts.split([' ', ';']).filter(|word| !word.is_empty()).collect();
            let number = |of: &str| {
                let pair = words.windows(2).find(|pair| pair[1] == of);
                pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
            };
            let (passed, failed, skipped) = (number("passed"), number("failed"), number("ignored"));
            self.count += Count { passed, failed, skipped };
            self.close(Some(passed + failed + skipped + number("measured")));
        } else if line.starts_with("this test suite is only configured to run in") {
            // wasm-bindgen prints this for a browser suite in Node, and for a Node suite in the browser.
            self.open = None;
        } else if let Some(binary) = &mut self.open {
            let (_, verdict) =
                line.strip_prefix("test ").and_then(|test| test.rsplit_once(" ... ")).unwrap_or_default();
            binary.seen += usize::from(verdict == "ok");
        }
    }

    fn end(mut self) -> (Count, Vec<String>) {
        self.close(None);
        (self.count, self.lost)
    }
}

/// The number in `running 3 tests`.
fn started(line: &str) -> Option<usize> {
    let (number, noun) = line.strip_prefix("running ")?.split_once(' ')?;
    if noun == "test" || noun == "tests" { number.parse().ok() } else { None }
}

/// Reads Node's `spec` reporter, which ends with lines such as `ℹ tests 3` and `ℹ pass 3`.
#[derive(Default)]
struct NodeTally {
    count: Count,
    tests: Option<usize>,
    lost: Vec<String>,
}

impl Tally for NodeTally {
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["ℹ", name, number] => {
                let Ok(number) = number.parse() else { return };
                match name {
                    "tests" => self.tests = Some(number),
                    "pass" => self.count.passed += number,
                    "fail" | "cancelled" => self.count.failed += number,
                    "skipped" | "todo" => self.count.skipped += number,
                    _ => {}
                }
            }
            // Node reports a file in which no test ran as one passed test with the file's name.
            ["✔", name, ..] if is_test_file(name) && Path::new(name).is_absolute() => {
                self.count.failed += 1;
                self.lost.push(format!("{name}: no test ran"));
            }
            _ => {}
        }
    }

    fn end(mut self) -> (Count, Vec<String>) {
        let Count { passed, failed, skipped } = self.count;
        let verdicts = passed + failed + skipped - self.lost.len();
        match self.tests {
            Some(tests) if tests == verdicts => {}
            Some(tests) => {
                self.count.failed += tests.abs_diff(verdicts);
                self.lost.push(format!("{tests} tests were started and {verdicts} gave a verdict"));
            }
            None => {
                self.count.failed += 1;
                self.lost.push("Node's test runner ended without a summary".to_owned());
            }
        }
        (self.count, self.lost)
    }
}

fn is_test_file(name: &str) -> bool {
    name.ends_with(".test.mjs") || name.ends_with(".test.cjs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: usize, failed: usize, skipped: usize) -> Count {
        Count { passed, failed, skipped }
    }

    /// The result of a runner that prints these lines.
    fn told(mut tally: impl Tally, lines: &str) -> (Count, Vec<String>) {
        for line in lines.lines() {
            tally.line(line);
        }
        tally.end()
    }

    const OK: &str =
        "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";

    #[test]
    fn test_binaries_are_counted_by_their_closing_lines() {
        let cargo = "
running 3 tests
test a ... ok
test b ... ignored
test running 9 tests ... FAILED

failures:
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s

running 1 test
test src/lib.rs - (line 7) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.32s

all doctests ran in 0.54s; merged doctests compilation took 0.20s

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        assert_eq!(told(CargoTally::default(), cargo), (count(2, 1, 1), vec![]));
        // Output of wasm-bindgen 0.2.130, in Node and in a headless browser.
        let node =
            "xtask: wasm test binary wasm-0123\nrunning 2 tests\ntest wasm::a ... ok\ntest wasm::b ... ok\n
test result: ok. 2 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s\n";
        let browser = node.replace("running 2", "Waiting for test to finish...\r        \rrunning 2");
        let skipped = "xtask: wasm test binary wasm_page\nthis test suite is only configured to run in a browser, but we're only testing node.js tests so skipping";
        for lines in [node.to_owned(), browser, format!("{node}{skipped}\n{node}")] {
            let runs = lines.matches("test result").count();
            assert_eq!(told(CargoTally::default(), &lines), (count(2 * runs, 0, 0), vec![]), "{lines}");
        }
    }

    #[test]
    fn tests_of_a_binary_that_gave_no_verdict_have_failed() {
        const MARK: &str = "xtask: wasm test binary wasm-0123";
        for (lines, expected) in [
            // A test never settles: Node ends with status 0 once no work is pending.
            (format!("{MARK}\nrunning 4 tests\ntest a ... ok\n"), count(1, 3, 0)),
            (format!("{MARK}\nrunning 1 test\n"), count(0, 1, 0)),
            // Another binary follows.
            (
                format!("{MARK}\nrunning 4 tests\ntest a ... ok\n{MARK}\nrunning 2 tests\n{OK}"),
                count(3, 3, 0),
            ),
            (format!("running 4 tests\ntest a ... ok\nrunning 2 tests\n{OK}"), count(3, 3, 0)),
            // The last test ends the process before the binary prints its result.
            ("running 1 test\ntest a ... ok\n".to_owned(), count(1, 1, 0)),
            (format!("{MARK}\nno tests to run!\n"), count(0, 1, 0)),
            (format!("{MARK}\n{MARK}\nrunning 2 tests\n{OK}"), count(2, 1, 0)),
            (format!("running 5 tests\n{OK}"), count(2, 3, 0)),
            (OK.to_owned(), count(2, 1, 0)),
        ] {
            let (counted, lost) = told(CargoTally::default(), &lines);
            assert_eq!((counted, lost.len()), (expected, 1), "{lines}: {lost:?}");
            assert!(!Outcome::Tests(counted).is_good(), "{lines}");
        }
        assert_eq!(told(CargoTally::default(), ""), (count(0, 0, 0), vec![]));
        assert!(!Outcome::Tests(count(0, 0, 0)).is_good());
    }

    #[test]
    fn node_is_counted_by_its_closing_lines() {
        let all = "✔ pass 5 (1.2ms)
▶ a suite
  ✔ within (0.1ms)
✖ failing (3ms)
ℹ tests 10
ℹ suites 1
ℹ pass 5
ℹ fail 1
ℹ cancelled 1
ℹ skipped 2
ℹ todo 1
ℹ duration_ms 197.8
ℹ pass 5 of 6
";
        assert_eq!(told(NodeTally::default(), all), (count(5, 2, 3), vec![]));
    }

    #[test]
    fn tests_of_node_that_gave_no_verdict_have_failed() {
        for (lines, expected) in [
            // A file without a test, or one that ended before its first.
            ("✔ /a/b.test.mjs (186.4ms)\nℹ tests 1\nℹ pass 1\n", count(1, 1, 0)),
            ("✔ a (1ms)\nℹ tests 3\nℹ pass 1\nℹ fail 0\n", count(1, 2, 0)),
            ("✔ a (1ms)\n", count(0, 1, 0)),
            ("", count(0, 1, 0)),
        ] {
            let (counted, lost) = told(NodeTally::default(), lines);
            assert_eq!((counted, lost.len()), (expected, 1), "{lines}: {lost:?}");
            assert!(!Outcome::Tests(counted).is_good(), "{lines}");
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
