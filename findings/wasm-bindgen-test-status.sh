#!/usr/bin/env bash
# Package: wasm-bindgen-test 0.3.80 with the test runner of wasm-bindgen-cli 0.2.130 (crates.io), in Node.
# Behaviour: a suite of which one test waits for what never comes ends with status 0, without a line `test result`. Tests behind it
#   do not run, and that another one of the suite fails changes nothing.
# Why it surprises: `cargo test` and CI go by the status. A call that is never woken is a fault that such tests are for; here it
#   turns a red suite green. cargo's own runner waits for such a test.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CARGO_TARGET_DIR="$dir/target" CARGO_PROFILE_DEV_DEBUG=0
mkdir -p src tests runner/src
cat > Cargo.toml << 'TOML'
[package]
name = "seen"
version = "0.0.0"
edition = "2024"

[dev-dependencies]
wasm-bindgen = "=0.2.130"
wasm-bindgen-test = "=0.3.80"

[workspace]
members = ["runner"]
TOML
cat > runner/Cargo.toml << 'TOML'
[package]
name = "runner"
version = "0.0.0"
edition = "2024"

[dependencies]
wasm-bindgen-cli = { version = "=0.2.130", default-features = false }
TOML
cat > runner/src/main.rs << 'RS'
fn main() {
    // cargo passes `--quiet` on, which the runner does not know.
    let args = std::env::args_os().filter(|arg| arg != "--quiet");
    if let Err(error) = wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
RS
touch src/lib.rs
cat > tests/fails.rs << 'RS'
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn fails() {
    panic!("on purpose");
}
RS
cat > tests/waits.rs << 'RS'
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn fails() {
    panic!("on purpose");
}

#[wasm_bindgen_test]
async fn waits() {
    std::future::pending::<()>().await
}
RS
cargo build --quiet --package runner
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="$dir/target/debug/runner"
for suite in fails waits; do
  status=0
  cargo test --quiet --target wasm32-unknown-unknown --test "$suite" > "$suite.txt" 2>&1 || status=$?
  echo "$suite: $(grep '^running' "$suite.txt"), status $status, $(grep -c '^test result' "$suite.txt" || true) results"
done > seen.txt
cat seen.txt
# The columns: the suite, how many tests it began, its status, how many lines `test result`.
diff - seen.txt << 'SEEN'
fails: running 1 test, status 1, 1 results
waits: running 2 tests, status 0, 0 results
SEEN
