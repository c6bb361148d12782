//! A release: builds the package of the last commit twice, in two folders, and publishes it if both tarballs are equal.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use xshell::cmd;

use crate::package::{self, Profile};
use crate::project::{Project, say};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(clap::Args)]
pub struct Options {
    /// Publish nothing: build, compare and check
    #[arg(long)]
    dry_run: bool,
}

pub fn run(project: &Project, options: &Options) -> Result<()> {
    if !options.dry_run {
        ensure!(
            may_publish(),
            "only CI publishes, at the tag v{VERSION} and with credentials for npm and cargo \
             (.github/workflows/release.yml); here there is `cargo xtask release --dry-run`"
        );
    }
    check_changelog(&project.sh.read_file(project.path("CHANGELOG.md"))?, options.dry_run)?;
    check_tree(project, options)?;

    let commit = cmd!(project.sh, "git rev-parse HEAD").quiet().read()?;
    // The two paths differ in length, so a path that gets into the package makes the tarballs differ.
    let first = packed(project, &commit, "a")?;
    let second = packed(project, &commit, "another-folder")?;
    ensure!(
        fs::read(&first.path)? == fs::read(&second.path)?,
        "two builds of the same commit differ: compare {} with {}",
        first.path.display(),
        second.path.display()
    );
    first.print();
    ensure!(first.version == VERSION, "package.json has {}, Cargo.toml {VERSION}", first.version);

    // A publication cannot be revoked: a dry run of both comes first, so that neither is published alone.
    publish_package(project, &first.path, true)?;
    publish_crate(project, true)?;
    if !options.dry_run {
        publish_package(project, &first.path, false)?;
        publish_crate(project, false)?;
    }
    println!("{} of okta-groups {VERSION}: all good", if options.dry_run { "Dry run" } else { "Release" });
    Ok(())
}

/// Whether this run may publish: in CI, at the version's tag, with the credentials of npm (OIDC, which provenance needs) and
/// of cargo (a token).
fn may_publish() -> bool {
    let given = |name| env::var(name).is_ok_and(|value| !value.is_empty());
    given("CI")
        && env::var("GITHUB_REF_NAME").is_ok_and(|tag| tag.strip_prefix('v') == Some(VERSION))
        && given("ACTIONS_ID_TOKEN_REQUEST_URL")
        && given("CARGO_REGISTRY_TOKEN")
}

/// Checks the changelog's form (Keep a Changelog): `## [0.1.0] - 2026-11-30`, with `Unreleased` until the date is set.
fn check_changelog(text: &str, dry_run: bool) -> Result<()> {
    let heading = format!("## [{VERSION}]");
    let line = text.lines().find(|line| line.starts_with(&heading));
    let line = line.with_context(|| format!("CHANGELOG.md has no `{heading} - date`"))?;
    if line.contains("Unreleased") {
        ensure!(dry_run, "CHANGELOG.md still says `{line}`: write the date");
        say(format_args!("CHANGELOG.md says `{line}`: a release needs the date there"));
    }
    Ok(())
}

fn check_tree(project: &Project, options: &Options) -> Result<()> {
    let changed = cmd!(project.sh, "git status --porcelain").quiet().read()?;
    if !changed.is_empty() {
        ensure!(options.dry_run, "there are changes that are not committed:\n{changed}");
        say(format_args!("not committed, so not in what is built here:\n{changed}"));
    }
    Ok(())
}

/// The output of `npm pack --json`.
#[derive(Deserialize)]
struct Packed {
    name: String,
    version: String,
    size: u64,
    #[serde(rename = "unpackedSize")]
    unpacked_size: u64,
    /// `sha512-…`, as lock files have it.
    integrity: String,
    filename: String,
    files: Vec<PackedFile>,
    #[serde(skip)]
    path: PathBuf,
}

#[derive(Deserialize)]
struct PackedFile {
    path: String,
    size: u64,
}

impl Packed {
    fn print(&self) {
        println!("\n{} {}, the same from two builds", self.name, self.version);
        println!("{}", self.integrity);
        for file in &self.files {
            println!("{:>9}  {}", file.size, file.path);
        }
        println!("{:>9}  in {} files; {} packed\n", self.unpacked_size, self.files.len(), self.size);
    }
}

/// Builds and packs a fresh copy of a commit.
fn packed(project: &Project, commit: &str, folder: &str) -> Result<Packed> {
    let root = project.target("release-builds").join(folder);
    say(format_args!("building the package of {commit} in {}", root.display()));
    project.sh.remove_path(&root)?;
    project.sh.create_dir(&root)?;
    let archive = root.join("commit.tar");
    cmd!(project.sh, "git archive --output {archive} {commit}").quiet().run()?;
    cmd!(project.sh, "tar -xf {archive} -C {root}").quiet().run()?;
    project.sh.remove_path(&archive)?;

    let copy = Project::copy_at(&root)?;
    package::build(&copy, Profile::Release)?;
    let json =
        cmd!(copy.sh, "npm pack ./pkg --json --ignore-scripts --pack-destination {root}").quiet().read()?;
    let [mut packed]: [Packed; 1] = serde_json::from_str(&json).context("what npm pack says")?;
    packed.path = root.join(&packed.filename);
    Ok(packed)
}

fn publish_package(project: &Project, tarball: &Path, dry_run: bool) -> Result<()> {
    let publish = cmd!(project.sh, "npm publish {tarball} --ignore-scripts --loglevel warn");
    // Only CI can sign the provenance.
    let publish = if dry_run { publish.args(["--dry-run", "--no-provenance"]) } else { publish };
    publish.run().context("npm would not take the package")
}

fn publish_crate(project: &Project, dry_run: bool) -> Result<()> {
    let publish = project.cargo().args(["publish", "--package", "okta-groups", "--locked"]);
    // Uncommitted changes were already reported.
    let publish = if dry_run { publish.args(["--dry-run", "--allow-dirty"]) } else { publish };
    publish.run().context("cargo would not take the crate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changelog_has_the_version_and_for_a_release_its_date() {
        let heading = |rest: &str| format!("# Changelog\n\n## [{VERSION}]{rest}\n\n### Added\n");
        for (text, dry_run, good) in [
            (heading(" - 2026-11-30"), false, true),
            (heading(" - Unreleased"), true, true),
            (heading(" - Unreleased"), false, false),
            ("## [Unreleased]\n".to_owned(), true, false),
            (format!("see [{VERSION}]\n"), true, false),
        ] {
            assert_eq!(check_changelog(&text, dry_run).is_ok(), good, "{text}");
        }
    }
}
