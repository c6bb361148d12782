//! Shortens the names of imports and exports between the wasm and its glue. wasm-bindgen's names are long, and each ends in a
//! hash that does not compress; both files have them (together 2 KB of brotli). wasm-opt renames them in the wasm and prints
//! the new names; this module renames them in the glue.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The option at which wasm-opt renames, and prints [`Renamed`] as JSON.
pub const OPTION: &str = "--minify-imports-and-exports-and-modules";

/// The module of all imports after the renaming.
const MODULE: &str = "a";
/// The texts that mark the parts of the glue, in wasm-bindgen 0.2.130: the imports, the object of those that the glue defines
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
        let (glue, unasked) = rename(glue, "wasm.", &exports);
        // The bindings may not use an export. If they use one in an unknown form, its old name would remain: that fails.
        let asked: Vec<&str> = unasked.into_iter().filter(|name| has_word(&glue, name)).collect();
        ensure!(asked.is_empty(), "the bindings have {} otherwise than after `wasm.`", asked.join(", "));
        let (head, rest) = glue.split_once(IMPORTS).context("glue without imports")?;
        let (own, rest) = rest.split_once(OBJECTS).context("glue without an import object")?;
        let (objects, tail) = rest.split_once("}").context("an import object without an end")?;

        let (ours, theirs): (Vec<_>, Vec<_>) =
            self.imports.iter().partition(|(module, ..)| object_of(objects, module) == Some(OWN));
        let ours = ours.iter().map(|(_, name, new)| (name.as_str(), new.as_str())).collect();
        let (own, lost) = rename(own, INDENT, &ours);
        ensure!(lost.is_empty(), "the bindings do not define {}", lost.join(", "));
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

/// Renames each identifier that follows `before`. Also returns the names that do not occur.
fn rename<'a>(text: &str, before: &str, new_names: &HashMap<&'a str, &str>) -> (String, Vec<&'a str>) {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut found = HashSet::new();
    for part in parts {
        let (name, rest) = part.split_at(part.find(is_no_word).unwrap_or(part.len()));
        out += before;
        out += match new_names.get(name) {
            Some(new) => {
                found.insert(name);
                new
            }
            None => name,
        };
        out += rest;
    }
    let mut lost: Vec<&str> = new_names.keys().copied().filter(|name| !found.contains(name)).collect();
    lost.sort_unstable();
    (out, lost)
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(is_no_word).any(|part| part == word)
}

fn is_no_word(c: char) -> bool {
    !(c.is_alphanumeric() || c == '_' || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "wasm.first(1);\nfunction __wbg_get_imports() {\n    const import0 = {\n        \
        __wbg_log_1: function() {},\n    };\n    return {\n        __proto__: null,\n        \
        \"./core_bg.js\": import0,\n        \"./host.js\": import1,\n    };\n}\n";

    fn renamed(exports: &[(&str, &str)]) -> Renamed {
        let text = |text: &&str| (*text).to_owned();
        Renamed {
            imports: vec![
                ("./core_bg.js".into(), "__wbg_log_1".into(), "a".into()),
                ("./host.js".into(), "send".into(), "b".into()),
            ],
            exports: exports.iter().map(|(name, new)| (text(name), text(new))).collect(),
        }
    }

    #[test]
    fn names_are_short_on_both_sides() {
        let short = renamed(&[("first", "c")]).apply(GLUE).expect("these bindings");
        assert_eq!(
            short,
            "wasm.c(1);\nfunction __wbg_get_imports() {\n    const import0 = {\n        a: function() {},\n    };\n    \
             return { a: { ...import0, b: import1.send } };\n}\n"
        );
    }

    #[test]
    fn a_name_that_is_gone_fails() {
        let unasked = renamed(&[("first", "c"), ("second", "d")]);
        assert!(unasked.apply(GLUE).is_ok(), "nobody asks for it");
        let error =
            unasked.apply(&format!("wasm['second'](2);\n{GLUE}")).expect_err("it is asked for otherwise");
        assert!(error.to_string().contains("second"), "{error}");
        let other = GLUE.replace("__wbg_log_1", "__wbg_log_2");
        let error = renamed(&[("first", "c")]).apply(&other).expect_err("there is no log_1");
        assert!(error.to_string().contains("__wbg_log_1"), "{error}");
        assert!(renamed(&[("first", "c")]).apply("wasm.first()").is_err(), "no imports");
    }
}
