#!/usr/bin/env bash
# Package: serde-wasm-bindgen 0.6.5 (crates.io) under wasm-bindgen 0.2.130, the usual way of a Rust struct to and from
#   JavaScript.
# Behaviour: `from_value` reads a struct of optional fields from a `Map`, an array, a `Response` or a promise without an
#   error: each field is absent, but for one that is named as a property of that object (`size` of a `Map`). With
#   `#[serde(flatten)]` the same struct reads the entries of the `Map`. `to_value` makes a plain object of a struct, and a
#   `Map` of it as soon as one of its fields has `#[serde(flatten)]`; likewise of each `serde_json::Value`.
# Why it surprises: a patch of a group is such a struct. A forgotten `await` in JavaScript makes it a patch that changes
#   nothing, where serde_json refuses what is no object. A later `flatten`, which does not change the JSON of the struct,
#   takes all properties from the callers in JavaScript: `JSON.stringify` of it is `{}`.
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
serde = { version = "1", features = ["derive"] }
serde_json = "1"
serde-wasm-bindgen = "=0.6.5"
wasm-bindgen = "=0.2.130"

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
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

#[derive(Debug, Default, Deserialize, Serialize)]
struct Patch {
    name: Option<String>,
    size: Option<u32>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
struct Flat {
    name: Option<String>,
    size: Option<u32>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[wasm_bindgen]
pub fn patch(value: JsValue) -> Result<String, JsValue> {
    let Patch { name, size } = serde_wasm_bindgen::from_value(value)?;
    Ok(format!("{name:?} {size:?}"))
}

#[wasm_bindgen]
pub fn flat(value: JsValue) -> Result<String, JsValue> {
    let Flat { name, size, .. } = serde_wasm_bindgen::from_value(value)?;
    Ok(format!("{name:?} {size:?}"))
}

#[wasm_bindgen]
pub fn made(how: &str) -> Result<JsValue, JsValue> {
    let name = Some("West".to_owned());
    Ok(match how {
        "struct" => serde_wasm_bindgen::to_value(&Patch { name, size: None })?,
        "flatten" => serde_wasm_bindgen::to_value(&Flat { name, ..Flat::default() })?,
        _ => serde_wasm_bindgen::to_value(&serde_json::json!({ "name": name }))?,
    })
}
RS
cat > run.cjs << 'JS'
const { patch, flat, made } = require('./out/seen.js');
const values = {
  object: { name: 'West', size: 2 },
  map: new Map([['name', 'West'], ['type', 'OKTA_GROUP'], ['id', '00g1']]),
  array: ['West', 2],
  promise: Promise.resolve({ name: 'West' }),
  response: Response.json({ name: 'West' }),
  string: '{"name":"West"}',
};
const text = (read) => {
  try {
    return read();
  } catch (error) {
    return error.message;
  }
};
for (const [name, value] of Object.entries(values)) {
  console.log(`${name}: ${text(() => patch(value))} | ${text(() => flat(value))}`);
}
for (const how of ['struct', 'flatten', 'json']) {
  const value = made(how);
  console.log(`${how}: a ${value.constructor.name}, name ${value.name}, as JSON ${JSON.stringify(value)}`);
}
JS
cargo build --quiet --package seen --target wasm32-unknown-unknown
cargo run --quiet --package bindgen -- target/wasm32-unknown-unknown/debug/seen.wasm
node run.cjs > seen.txt
cat seen.txt
# Read: the value, what the struct holds, what the struct with `flatten` holds. Made: what JavaScript gets.
diff - seen.txt << 'SEEN'
object: Some("West") Some(2) | Some("West") Some(2)
map: None Some(3) | Some("West") None
array: None None | invalid type: unit value, expected field identifier
promise: None None | None None
response: None None | None None
string: invalid type: string "{\"name\":\"West\"}", expected struct Patch | Reflect.get called on non-object
struct: a Object, name West, as JSON {"name":"West"}
flatten: a Map, name undefined, as JSON {}
json: a Map, name undefined, as JSON {}
SEEN
