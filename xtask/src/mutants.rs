//! Mutation tests with cargo-mutants: whether the tests would notice a fault in a folder. cargo-mutants makes one change at a
//! time and runs the tests of the folder; a mutant that no test notices is reported as missed.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::project::{Project, say};
use crate::tools;

#[derive(clap::Args)]
pub struct Options {
    /// A folder or file of src, such as src/page or src/answer.rs
    folder: String,
    /// So many at the same time, each with a build directory of its own
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Forget what was found before; otherwise mutants that were caught are not run again
    #[arg(long)]
    again: bool,
    /// Run nothing: report what was found before
    #[arg(long)]
    report: bool,
}

/// The folders that can be mutated, and the test binaries of tests/ that cover each, in addition to the unit tests. Code for
/// wasm alone is missing: native tests do not compile it.
const FOLDERS: [(&str, &[&str]); 12] = [
    ("src/answer.rs", &["driver_stories", "driver_sim"]),
    ("src/auth.rs", &["native"]),
    ("src/client", &["driver_stories", "driver_sim", "members", "native"]),
    ("src/error.rs", &["driver_stories", "native"]),
    ("src/filter", &["filter", "filter_eval"]),
    ("src/members", &["members"]),
    ("src/model", &["native"]),
    ("src/native.rs", &["native"]),
    ("src/org.rs", &["driver_stories", "native"]),
    ("src/page", &["driver_stories", "driver_sim"]),
    ("src/policy", &["policy_props", "policy_sim", "driver_stories"]),
    ("src/request", &["driver_stories"]),
];

/// The file of mutants without a visible effect: each line has the mutant without line and column, ` -- `, and the reason.
const EQUIVALENT: &str = "xtask/equivalent-mutants.txt";

/// The timeout of a mutant in seconds, against endless loops; at least five times the time of the tests without a mutant.
const TIMEOUT: &str = "20";

pub fn run(project: &Project, options: &Options) -> Result<()> {
    let folder = options.folder.trim_end_matches('/');
    let Some((_, tests)) = FOLDERS.iter().find(|(known, _)| *known == folder) else {
        bail!("{folder} is none of {}", FOLDERS.map(|(known, _)| known).join(", "));
    };
    let program = tools::cargo_mutants(project)?;
    let place =
        Place { project, program, folder, out: project.target("mutants").join(folder.replace('/', "-")) };
    if options.again {
        project.sh.remove_path(&place.out)?;
    }
    fs::create_dir_all(&place.out)?;
    if !options.report {
        // The unit tests build fast and catch most mutants; the other tests run on the rest.
        place.round(options.jobs, &["--lib".into()])?;
        let mut others = vec!["--all-features".to_owned()];
        others.extend(tests.iter().map(|name| format!("--test={name}")));
        if !place.read("mutants.out/missed.txt")?.is_empty() {
            place.round(options.jobs, &others)?;
        }
    }
    place.report()
}

struct Place<'a> {
    project: &'a Project,
    program: PathBuf,
    folder: &'a str,
    out: PathBuf,
}

impl Place<'_> {
    fn mutants(&self) -> xshell::Cmd<'_> {
        let glob = if self.folder.ends_with(".rs") {
            self.folder.to_owned()
        } else {
            format!("{}/**/*.rs", self.folder)
        };
        self.project.sh.cmd(&self.program).args(["mutants", "--package", "okta-groups", "--file"]).arg(glob)
    }

    /// Runs tests against all mutants that no earlier round caught, and records the results.
    fn round(&self, jobs: usize, tests: &[String]) -> Result<()> {
        say(format_args!("mutants of {} against {}", self.folder, tests.join(" ")));
        let run = self
            .mutants()
            .args(["--iterate", "--cap-lints=true", "--colors=never", "--minimum-test-timeout", TIMEOUT])
            .arg(format!("--jobs={jobs}"))
            .arg("--output")
            .arg(&self.out)
            // Not after `--`: there they would select the tests that run, but every round would build all tests.
            .args(tests.iter().map(|test| format!("--cargo-arg={test}")))
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        // A missed mutant makes the run fail, which is expected; an aborted run has no verdicts.
        let ended = run.ignore_status().output()?;
        print!("{}", String::from_utf8_lossy(&ended.stdout));
        let verdicts =
            ["caught", "timeout", "unviable", "missed"].map(|verdict| format!("mutants.out/{verdict}.txt"));
        let mut found = 0;
        for verdict in &verdicts {
            found += self.read(verdict)?.len();
        }
        ensure!(
            ended.status.success() || found > 0,
            "cargo-mutants found nothing: {}",
            String::from_utf8_lossy(&ended.stderr)
        );
        for kept in KEPT {
            let mut all = self.read(kept)?;
            all.extend(self.read(&format!("mutants.out/{kept}"))?);
            let mut all: Vec<String> = all.into_iter().collect();
            all.sort();
            fs::write(self.out.join(kept), all.join("\n"))?;
        }
        Ok(())
    }

    fn read(&self, file: &str) -> Result<HashSet<String>> {
        let path = self.out.join(file);
        if !path.is_file() {
            return Ok(HashSet::new());
        }
        Ok(lines(&fs::read_to_string(path)?))
    }

    fn report(&self) -> Result<()> {
        let all = lines(&self.mutants().arg("--list").arg("--colors=never").quiet().read()?);
        let [caught, timed_out, unviable] = KEPT.map(|file| self.read(file));
        let equivalent = self.project.sh.read_file(self.project.path(EQUIVALENT))?;
        let found = Found {
            caught: caught?,
            timed_out: timed_out?,
            unviable: unviable?,
            missed: self.read("mutants.out/missed.txt")?,
        };
        println!("{}", tally(self.folder, &all, &found, &equivalent)?);
        Ok(())
    }
}

const KEPT: [&str; 3] = ["caught.txt", "timeout.txt", "unviable.txt"];

struct Found {
    caught: HashSet<String>,
    timed_out: HashSet<String>,
    unviable: HashSet<String>,
    missed: HashSet<String>,
}

fn lines(text: &str) -> HashSet<String> {
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// `src/a.rs:3:5: replace …` without line and column, which change with each edit.
fn placeless(mutant: &str) -> String {
    let mut parts = mutant.splitn(4, ':');
    match [parts.next(), parts.next(), parts.next(), parts.next()] {
        [Some(file), Some(_), Some(_), Some(what)] => format!("{file}:{what}"),
        _ => mutant.to_owned(),
    }
}

/// The results of the current mutants, with the missed ones by name.
fn tally(folder: &str, all: &HashSet<String>, found: &Found, equivalent: &str) -> Result<String> {
    let reasoned = equivalent
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            line.split_once(" -- ")
                .map(|(mutant, _)| mutant)
                .with_context(|| format!("no reason in {line:?}"))
        })
        .collect::<Result<HashSet<&str>>>()?;
    let count = |of: &HashSet<String>| all.intersection(of).count();
    let (caught, timed_out, unviable) =
        (count(&found.caught), count(&found.timed_out), count(&found.unviable));
    let mut missed: Vec<&String> = all.intersection(&found.missed).collect();
    missed.sort();
    let (same, missed): (Vec<&String>, Vec<&String>) =
        missed.into_iter().partition(|mutant| reasoned.contains(placeless(mutant).as_str()));
    let not_run = all.len() - caught - timed_out - unviable - same.len() - missed.len();
    let viable = caught + timed_out + missed.len();
    let percent = 100.0 * (caught + timed_out) as f64 / viable.max(1) as f64;
    let mut text = format!(
        "{folder}: {} mutants, {caught} caught, {timed_out} timed out, {} missed, {} equivalent, {unviable} unviable, {not_run} \
         not run; {percent:.1} % of the viable noticed",
        all.len(),
        missed.len(),
        same.len(),
    );
    for mutant in missed {
        text += "\n  missed: ";
        text += mutant;
    }
    ensure!(same.len() * 50 <= viable + same.len(), "{text}\nmore than 2 % are said to be equivalent");
    Ok(text)
}

/// Every folder and its tests exist: a folder that was renamed would silently have no mutants.
#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn folders_and_tests_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's root");
        for (folder, tests) in FOLDERS {
            assert!(root.join(folder).exists(), "{folder}");
            for test in tests {
                assert!(root.join("tests").join(test).with_extension("rs").is_file(), "{test}");
            }
        }
        assert!(root.join(EQUIVALENT).is_file());
    }

    #[test]
    fn mutants_are_counted_by_what_came_of_them() {
        let set = |names: &[&str]| names.iter().map(|name| format!("src/a.rs:1:{name}: {name}")).collect();
        let all: HashSet<String> = set(&["1", "2", "3", "4", "5", "6"]);
        let found = Found {
            // A mutant that no longer exists is not reported.
            caught: set(&["1", "2", "9"]),
            timed_out: set(&["3"]),
            unviable: set(&["4"]),
            missed: set(&["5"]),
        };
        assert_eq!(
            tally("src/a.rs", &all, &found, "# none\n").expect("a tally"),
            "src/a.rs: 6 mutants, 2 caught, 1 timed out, 1 missed, 0 equivalent, 1 unviable, 1 not run; 75.0 % of the \
             viable noticed\n  missed: src/a.rs:1:5: 5"
        );
        let too_many = tally("src/a.rs", &all, &found, "src/a.rs: 5 -- no one sees it\n").expect_err("25 %");
        assert!(too_many.to_string().contains("0 missed, 1 equivalent"), "{too_many}");
        assert!(tally("src/a.rs", &all, &found, "src/a.rs: 5\n").is_err(), "no reason");
    }
}
