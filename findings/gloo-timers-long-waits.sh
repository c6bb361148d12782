#!/usr/bin/env bash
# Package: gloo-timers 0.4.0 (crates.io) under wasm-bindgen 0.2.130, the timers of Rust in browsers and Node.
# Behaviour: `sleep` and `TimeoutFuture::new` end at once when they are given 24.9 days or more (2^31 milliseconds).
# Why it surprises: both take a `u32` of milliseconds, up to 49.7 days, and `sleep` documents a panic for what does not fit
#   one. The number reaches `setTimeout` as an `i32`, thus negative. A "next check in 30 days" becomes a loop that never
#   waits, and requests as fast as the other end answers.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CARGO_TARGET_DIR="$dir/target" CARGO_PROFILE_DEV_DEBUG=0
mkdir -p src bindgen/src
cat > Cargo.toml << 'TOML'
[package]
name = "seen"
version = "0.0.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[dependencies]
gloo-timers = { version = "=0.4.0", features = ["futures"] }
wasm-bindgen = "=0.2.130"
wasm-bindgen-futures = "0.4"

[workspace]
members = ["bindgen"]
TOML
cat > bindgen/Cargo.toml << 'TOML'
[package]
name = "bindgen"
version = "0.0.0"
edition = "2024"

[dependencies]
wasm-bindgen-cli-support = "=0.2.130"
TOML
cat > bindgen/src/main.rs << 'RS'
fn main() {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    let wasm = std::env::args().nth(1).expect("the path of a wasm");
    bindgen.input_path(wasm).nodejs(true).expect("Node").generate("out").expect("bindings");
}
RS
cat > src/lib.rs << 'RS'
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub async fn days(days: u32) {
    gloo_timers::future::sleep(Duration::from_secs(u64::from(days) * 24 * 60 * 60)).await;
}
RS
cat > run.cjs << 'JS'
const { days } = require('./out/seen.js');
// A second is long enough for a wait that ends at once, and short against days.
const second = () => new Promise((passed) => setTimeout(passed, 1000, 'waits'));
const main = async () => {
  for (const count of [1, 24, 25, 30, 49]) {
    console.log(`${count} days:`, await Promise.race([days(count).then(() => 'over'), second()]));
  }
  process.exit();
};
main();
JS
cargo build --quiet --package seen --target wasm32-unknown-unknown
cargo run --quiet --package bindgen -- target/wasm32-unknown-unknown/debug/seen.wasm
node run.cjs > seen.txt 2> told.txt
cat seen.txt
diff - seen.txt << 'SEEN'
1 days: waits
24 days: waits
25 days: over
30 days: over
49 days: over
SEEN
