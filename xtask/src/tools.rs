//! Finds the tools that the build needs beyond cargo, installs them from the package registries, or fails with their names.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::project::{Project, WASM, say};

const OLDEST_NODE: u32 = 20;

pub fn node(project: &Project) -> Result<()> {
    let version = cmd!(project.sh, "node --version")
        .quiet()
        .read()
        .context("Node.js is needed (20 or newer, with npm)")?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= OLDEST_NODE),
        "Node.js {OLDEST_NODE} or newer is needed; `node --version` says {version}"
    );
    Ok(())
}

/// The value after this beginning of a line, such as `host: `, in the compiler's description of itself.
pub fn rustc_says(project: &Project, beginning: &str) -> Result<Option<String>> {
    let version = cmd!(project.sh, "rustc --version --verbose").quiet().read()?;
    Ok(version.lines().find_map(|line| line.strip_prefix(beginning)).map(str::to_owned))
}

pub fn wasm_target(project: &Project) -> Result<()> {
    let libdir = cmd!(project.sh, "rustc --print target-libdir --target {WASM}").quiet().read()?;
    if Path::new(&libdir).is_dir() {
        return Ok(());
    }
    say(format_args!("installing the Rust target {WASM}"));
    cmd!(project.sh, "rustup target add {WASM}")
        .run()
        .with_context(|| format!("the standard library of {WASM} is needed, and rustup could not install it"))
}

/// Installs a folder's npm packages by the lock file, unless they are already installed. Runs no scripts of packages.
pub fn npm_ci(project: &Project, folder: &str) -> Result<()> {
    node(project)?;
    let modified = |path: &str| -> Option<SystemTime> {
        fs::metadata(project.path(folder).join(path)).and_then(|file| file.modified()).ok()
    };
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("package-lock.json") {
        return Ok(());
    }
    say(format_args!("installing the npm packages of {folder}/"));
    let _there = project.sh.push_dir(project.path(folder));
    cmd!(project.sh, "npm ci --ignore-scripts --no-audit --no-fund").run()?;
    Ok(())
}

/// Builds the program `wasm-tools` of this crate, with the bindgen and its test runner, in the folder of this program, for
/// any copy of the checkout.
pub fn wasm_tools() -> Result<PathBuf> {
    const PROGRAM: &str = "wasm-tools";
    let project = Project::here()?;
    project
        .cargo()
        .args(["build", "--quiet", "--package", "xtask", "--features", PROGRAM, "--bin", PROGRAM])
        .run()?;
    Ok(project.target("debug").join(PROGRAM).with_extension(env::consts::EXE_EXTENSION))
}

/// Installs cargo-mutants into the build directory, unless it is there.
pub fn cargo_mutants(project: &Project) -> Result<PathBuf> {
    const VERSION: &str = "27.1.0";
    let tools = project.target("tools");
    let program = tools.join(format!("bin/cargo-mutants{}", env::consts::EXE_SUFFIX));
    let installed = program.is_file()
        && cmd!(project.sh, "{program} mutants --version").quiet().read()?.ends_with(VERSION);
    if !installed {
        say(format_args!("installing cargo-mutants {VERSION}"));
        cmd!(project.sh, "cargo install cargo-mutants --locked --version {VERSION} --root {tools}").run()?;
    }
    Ok(program)
}

/// Chromium and the program that drives it.
pub struct Browser {
    pub chrome: PathBuf,
    pub driver: PathBuf,
}

pub fn browser(project: &Project) -> Result<Browser> {
    found_or_installed(project, &["chromium", "chromium-driver"], find_browser)?.context(
        "Chromium and its chromedriver are needed. Install them (Debian: `apt-get install chromium \
         chromium-driver`), or set CHROME and CHROMEDRIVER to their paths",
    )
}

/// Browser engines other than Chromium, by the names of the variables with their paths.
pub struct Engines {
    pub firefox: PathBuf,
    /// `MiniBrowser` of WebKitGTK, which exists for Linux only.
    pub webkit: Option<PathBuf>,
}

pub fn engines(project: &Project) -> Result<Engines> {
    let packages = ["firefox-esr", "libwebkit2gtk-4.1-0", "xvfb", "xauth"];
    found_or_installed(project, &packages, || find_engines(project))?.context(
        "Firefox is needed, and on Linux the MiniBrowser of WebKitGTK and xvfb-run. Install them (Debian: `apt-get \
         install firefox-esr libwebkit2gtk-4.1-0 xvfb xauth`), or set FIREFOX and WEBKIT to the browsers' paths",
    )
}

/// Finds or installs the C++ compiler for libFuzzer.
pub fn cpp_compiler(project: &Project) -> Result<()> {
    let found = || (env::var_os("CXX").is_some() || on_path("c++").is_some()).then_some(());
    found_or_installed(project, &["g++"], found)?
        .context("a C++ compiler is needed (Debian: `apt-get install g++`), as `c++` or in CXX")
}

/// Returns what `find` finds, if necessary after installing Debian's packages.
fn found_or_installed<T>(
    project: &Project,
    packages: &[&str],
    find: impl Fn() -> Option<T>,
) -> Result<Option<T>> {
    if let Some(found) = find() {
        return Ok(Some(found));
    }
    debian_packages(project, packages)?;
    Ok(find())
}

/// Installs Debian's packages, if that needs no password.
fn debian_packages(project: &Project, packages: &[&str]) -> Result<()> {
    let root = cmd!(project.sh, "id -u").quiet().read().is_ok_and(|id| id == "0");
    if root && on_path("apt-get").is_some() {
        say(format_args!("installing the Debian packages {}", packages.join(" and ")));
        cmd!(project.sh, "apt-get update -qq").run()?;
        cmd!(project.sh, "apt-get install -y -qq --no-install-recommends")
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()?;
    }
    Ok(())
}

fn find_browser() -> Option<Browser> {
    let chrome = from_env("CHROME").or_else(|| {
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .find_map(on_path)
    })?;
    let driver = from_env("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    Some(Browser { chrome, driver })
}

fn find_engines(project: &Project) -> Option<Engines> {
    let firefox = from_env("FIREFOX").or_else(|| ["firefox-esr", "firefox"].into_iter().find_map(on_path))?;
    let webkit = from_env("WEBKIT").or_else(|| {
        // Not in PATH: each architecture has its own folder.
        let folders = project.sh.read_dir("/usr/lib").unwrap_or_default();
        folders
            .into_iter()
            .map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"))
            .find(|path| path.is_file())
    });
    let needed = cfg!(target_os = "linux");
    (!needed || webkit.is_some() && on_path("xvfb-run").is_some()).then_some(Engines { firefox, webkit })
}

fn from_env(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|path| path.is_file())
}

fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}
