//! What the code says of the documents is so.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

/// The texts of a folder's files whose names end so, at any depth, with their paths.
fn texts(folder: &Path, extensions: &[&str], found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            if !path.ends_with("node_modules") {
                texts(&path, extensions, found);
            }
        } else if extensions.iter().any(|extension| name.ends_with(extension)) {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The anchor of a heading, as Markdown viewers make it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn every_fact_about_okta_that_a_comment_cites_stands_in_its_document() {
    const DOCUMENT: &str = "docs/okta-facts.md";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let facts = fs::read_to_string(root.join(DOCUMENT)).unwrap();
    let headings = facts.lines().filter_map(|line| line.strip_prefix("## "));
    let sections: Vec<String> = headings.map(anchor).collect();

    let mut sources = Vec::new();
    for folder in ["src", "emulator/src", "pkg-template", "docs"] {
        texts(&root.join(folder), &[".rs", ".js", ".ts", ".md"], &mut sources);
    }
    let mut cited = 0;
    for (name, text) in &sources {
        for rest in text.split("okta-facts.md#").skip(1) {
            let section = rest.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap();
            assert!(sections.iter().any(|known| known == section), "{name} cites {DOCUMENT}#{section}");
            cited += 1;
        }
        assert!(!text.contains("(research "), "{name} cites what is not in the repository");
    }
    assert!(cited >= 24, "{cited} citations");
}
