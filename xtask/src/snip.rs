//! Panics that trap at once. No one sees what a panic in the shipped wasm would say, so that the code that says it, and
//! what prepares that, is left out: what calls a function that never returns is shorter for it (wasm-opt sees that).

use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// The functions of the standard library that end in a panic, as the name section has them (less the hashes of crates).
const PANICKING: [&str; 14] = [
    "core::panicking::",
    "core::cell::panic_",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "std::panicking::",
    "std::thread::local::panic_",
    "std::alloc::rust_oom",
];
/// `<alloc::vec::Vec<_, _>>::remove::assert_failed` and its like.
const ASSERTION: &str = "::assert_failed";

/// What formats, for a message of a panic alone where nothing else calls [`WRITE`].
const FORMATTING: [&str; 3] =
    ["<core::fmt::Formatter>::", " as core::fmt::Display>::fmt", " as core::fmt::Debug>::fmt"];
const WRITE: &str = "core::fmt::write";

/// Replaces the bodies of the panicking functions in a wasm file that still has its names.
pub fn panics(wasm: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm)?;
    let named = module.funcs.iter_local().filter_map(|(id, _)| {
        let name = module.funcs.get(id).name.as_deref()?;
        Some((id, without_hashes(name)))
    });
    let named: Vec<(FunctionId, String)> = named.collect();
    let formats = named.iter().any(|(_, name)| name.starts_with(WRITE));
    let snipped = |name: &str| is_panicking(name) || (!formats && is_formatting(name));
    ensure!(
        named.iter().any(|(_, name)| is_panicking(name)),
        "no function of {} is known to panic",
        wasm.display()
    );
    for (id, _) in named.iter().filter(|(_, name)| snipped(name)) {
        let id = *id;
        let (params, results) = module.types.params_results(module.funcs.get(id).ty());
        let (params, results) = (params.to_vec(), results.to_vec());
        let args = params.iter().map(|param| module.locals.add(*param)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(args));
    }
    std::fs::write(wasm, module.emit_wasm()).map_err(|error| anyhow!("{}: {error}", wasm.display()))
}

fn is_formatting(name: &str) -> bool {
    FORMATTING.iter().any(|known| name.contains(known))
}

fn is_panicking(name: &str) -> bool {
    PANICKING.iter().any(|known| name.starts_with(known)) || name.ends_with(ASSERTION)
}

/// `core[e24a27700634d609]::option` without what is in brackets.
fn without_hashes(name: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for char in name.chars() {
        match char {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => plain.push(char),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_end_in_a_panic_are_known_by_name() {
        for (name, panics) in [
            ("core[c5930c85a12de822]::panicking::panic_fmt", true),
            ("core[c5930c85a12de822]::slice::index::slice_index_fail", true),
            ("<alloc[8f]::vec::Vec<_, _>>::swap_remove::assert_failed", true),
            ("core[c5930c85a12de822]::slice::memchr::memchr", false),
            ("okta_groups::policy::classify::Outcome::of_failure::hb02f7fdd7213c58b", false),
            ("talc::base::Talc<S,B>::handle_oom", false),
        ] {
            assert_eq!(is_panicking(&without_hashes(name)), panics, "{name}");
        }
    }
}
