//! Imports form no circle: between the crate's modules, between the files of one folder, and in the local org. A folder's `mod.rs` is its
//! facade, which its files may use.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The files of the crate by their module (`client/call`; a `mod.rs` is `client`), less comments and test modules.
fn sources(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(root, &path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().with_extension("");
            let name = name.to_str().unwrap().replace('\\', "/");
            let name = name.strip_suffix("/mod").unwrap_or(&name).to_owned();
            if name == "lib" || name.ends_with("/tests") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            into.insert(name, text.lines().filter(is_code).collect::<Vec<_>>().join("\n"));
        }
    }
    Ok(())
}

/// Every path that `text` writes from `crate::` or `super::` on, with the groups in braces spelled out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["crate::", "super::"] {
        for (at, _) in text.match_indices(root) {
            let before = text.get(..at).unwrap_or_default();
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            read(text.get(at..).unwrap_or_default(), &[], &mut found);
        }
    }
    found
}

/// Reads one path, or a group of them. Gives what is left of the text.
fn read<'a>(mut text: &'a str, before: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = before.to_vec();
    loop {
        if let Some(group) = text.strip_prefix('{') {
            text = group;
            loop {
                text = text.trim_start();
                if let Some(rest) = text.strip_prefix('}') {
                    return rest;
                }
                let left = read(text, &path, found);
                text = left.trim_start();
                text = text.strip_prefix(',').unwrap_or(text);
                assert!(text.len() < group.len(), "no group of names: {group:.80}");
            }
        }
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*'));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        path.push(word.to_owned());
        match rest.strip_prefix("::") {
            Some(rest) => text = rest,
            None => {
                found.push(path);
                // `name as other`
                let rest = rest.trim_start();
                let Some(renamed) = rest.strip_prefix("as ") else { return rest };
                return renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            }
        }
    }
}

/// Which module each module uses: the longest part of each path that is one.
fn uses(sources: &BTreeMap<String, String>) -> Graph {
    let mut graph = Graph::new();
    for (name, text) in sources {
        let uses = graph.entry(name.clone()).or_default();
        for path in paths(text) {
            let mut place: Vec<&str> = name.split('/').collect();
            let mut names = path.iter().map(String::as_str).peekable();
            if names.next_if_eq(&"crate").is_some() {
                place.clear();
            }
            while names.next_if_eq(&"super").is_some() {
                place.pop();
            }
            place.extend(names);
            while !place.is_empty() && !sources.contains_key(&place.join("/")) {
                place.pop();
            }
            let used = place.join("/");
            if !used.is_empty() && used != *name {
                uses.insert(used);
            }
        }
    }
    graph
}

/// Whatever leads back to itself.
fn circles(graph: &Graph) -> BTreeSet<String> {
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut left = vec![from];
        while let Some(at) = left.pop() {
            let next = graph.get(at).into_iter().flatten();
            left.extend(next.filter(|next| seen.insert(next.as_str())).map(String::as_str));
        }
        seen.contains(from)
    };
    graph.keys().filter(|name| reached(name)).cloned().collect()
}

fn crate_sources(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = BTreeMap::new();
    sources(&root, &root, &mut found).unwrap();
    found
}

#[test]
fn modules_of_the_crate_form_no_circle() {
    let mut modules = Graph::new();
    for (name, used) in uses(&crate_sources("src")) {
        let top = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
        let own = top(&name);
        let others = used.iter().map(|used| top(used)).filter(|used| *used != own);
        modules.entry(own.clone()).or_default().extend(others);
    }
    assert!(modules.len() > 10 && modules["client"].contains("policy"), "{modules:?}");
    assert_eq!(circles(&modules), BTreeSet::new(), "{modules:#?}");
}

#[test]
fn files_of_a_folder_form_no_circle() {
    let mut files = uses(&crate_sources("src"));
    for (name, used) in &mut files {
        // Its own facade, and those above it.
        used.retain(|used| !name.starts_with(&[used, "/"].concat()));
    }
    assert!(files["client/call"].contains("client/turn"), "{files:?}");
    assert_eq!(circles(&files), BTreeSet::new(), "{files:#?}");
}

#[test]
fn files_of_the_local_org_form_no_circle() {
    let files = uses(&crate_sources("emulator/src"));
    assert!(files["deliver"].contains("org"), "{files:?}");
    assert_eq!(circles(&files), BTreeSet::new(), "{files:#?}");
}

#[test]
fn a_circle_of_imports_is_found_in_every_form_of_use() {
    let sources = [
        ("a", "use crate::{c::{self, X}, b::f as g};"),
        ("b", "fn f() -> super::c::d::Y { }"),
        ("c", "pub use std::crate_c;"),
        ("c/d", "use super::super::{a};"),
        ("e", "use crate::a::T; // crate::e"),
    ];
    let sources = sources.map(|(name, text)| (name.to_owned(), text.to_owned())).into_iter().collect();
    let found = circles(&uses(&sources));
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a", "b", "c/d"]);
}
