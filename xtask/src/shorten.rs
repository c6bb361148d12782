//! Short names between the wasm and its glue. wasm-bindgen's are long, and each ends in a hash that no compression
//! makes smaller; they are in both files (2 KB of brotli in all). wasm-opt renames them in the wasm and prints how.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The option at which wasm-opt renames, and prints [`Renamed`] as JSON.
pub const OPTION: &str = "--minify-imports-and-exports-and-modules";

/// The module that all imports are of then.
const MODULE: &str = "a";
/// What marks the parts of the glue, in wasm-bindgen 0.2.130: the imports, the object of those that the glue defines
/// itself, the start of a definition in it, and the objects by module.
const IMPORTS: &str = "function __wbg_get_imports() {";
const OWN: &str = "import0";
const INDENT: &str = "\n        ";
const OBJECTS: &str = "return {\n        __proto__: null,";

#[derive(Deserialize)]
pub struct Renamed {
    /// Module, name there, new name.
    imports: Vec<(String, String, String)>,
    /// Name, new name.
    exports: Vec<(String, String)>,
}

impl Renamed {
    pub fn read(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("what wasm-opt renamed")
    }

    /// The glue with the new names.
    pub fn apply(&self, glue: &str) -> Result<String> {
        let exports = self.exports.iter().map(|(name, new)| (name.as_str(), new.as_str())).collect();
        let glue = rename(glue, "wasm.", &exports);
        let (head, rest) = glue.split_once(IMPORTS).context("glue without imports")?;
        let (own, rest) = rest.split_once(OBJECTS).context("glue without an import object")?;
        let (objects, tail) = rest.split_once("}").context("an import object without an end")?;

        let (ours, theirs): (Vec<_>, Vec<_>) =
            self.imports.iter().partition(|(module, ..)| object_of(objects, module) == Some(OWN));
        let ours = ours.iter().map(|(_, name, new)| (name.as_str(), new.as_str())).collect();
        let own = rename(own, INDENT, &ours);
        let theirs: Vec<String> = theirs
            .iter()
            .map(|(module, name, new)| {
                let object = object_of(objects, module).with_context(|| format!("no object of {module}"))?;
                Ok(format!("{new}: {object}.{name}"))
            })
            .collect::<Result<_>>()?;
        let theirs = theirs.join(", ");
        Ok(format!("{head}{IMPORTS}{own}return {{ {MODULE}: {{ ...{OWN}, {theirs} }} }}{tail}"))
    }
}

/// The object that stands for `module` among the lines `"module": object,`.
fn object_of<'a>(objects: &'a str, module: &str) -> Option<&'a str> {
    let entry = |line: &'a str| line.trim().strip_prefix('"')?.strip_prefix(module)?.strip_prefix("\": ");
    objects.lines().find_map(entry).map(|object| object.trim_end_matches(','))
}

/// Renames each identifier that follows `before`.
fn rename(text: &str, before: &str, new_names: &HashMap<&str, &str>) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        out += before;
        out += new_names.get(name).unwrap_or(&name);
        out += rest;
    }
    out
}
