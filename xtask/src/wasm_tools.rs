//! Runs wasm-bindgen and walrus in a separate program, so that formatting, linting and native tests compile neither.
#![forbid(unsafe_code)]

mod announce;
mod snip;

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    let tool = args.next().unwrap_or_default();
    match run(&tool.to_string_lossy(), args.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-tools: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(tool: &str, args: Vec<OsString>) -> Result<()> {
    match (tool, args.as_slice()) {
        ("bindgen", _) => wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(named("wasm-bindgen", args)),
        ("test-runner", _) => {
            if let Some(binary) = args.first().map(Path::new).and_then(Path::file_stem) {
                println!("{}{}", announce::BINARY, binary.to_string_lossy());
            }
            // `cargo test --quiet` passes this flag to the runner, which does not know it.
            let known = args.into_iter().filter(|arg| arg != "--quiet");
            let args = named("wasm-bindgen-test-runner", known);
            wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args)
        }
        ("snip", [wasm]) => snip::panics(Path::new(wasm)),
        _ => bail!(
            "{tool:?} with {} arguments is none of: bindgen ARGS, test-runner ARGS, snip WASM",
            args.len()
        ),
    }
}

fn named(program: &str, args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    std::iter::once(OsString::from(program)).chain(args).collect()
}
