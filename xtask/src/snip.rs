//! Makes panics trap at once. The message of a panic in the shipped wasm is never shown, so this removes the code that formats
//! it. wasm-opt then also drops the code that prepares the call of a function that never returns.

use std::path::Path;

use anyhow::{Result, anyhow};
use walrus::ir::Value;
use walrus::{ConstExpr, DataId, DataKind, FunctionBuilder, FunctionId, FunctionKind, Module};

use crate::announce::VAIN;

/// The functions of the standard library that end in a panic, as the name section has them (without the hashes of crates).
const PANICKING: [&str; 13] = [
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
    "std::alloc::rust_oom",
];
/// The end of names such as `<alloc::vec::Vec<_, _>>::remove::assert_failed`.
const ASSERTION: &str = "::assert_failed";

/// The functions that format; only messages of panics need them if nothing else calls [`WRITE`].
const FORMATTING: [&str; 3] =
    ["<core::fmt::Formatter>::", " as core::fmt::Display>::fmt", " as core::fmt::Debug>::fmt"];
const WRITE: &str = "core::fmt::write";

/// The Rust tasks that wasm-bindgen polls by an export. A module that spawns no future has no such export, but its table
/// still holds the functions.
const TASKS: &str = "js_sys::futures::jspi::";
const POLL: &str = "__wbg_jspi_task_poll";

/// The fixed messages of the standard library's panics.
const MESSAGES: [&str; 20] = [
    "slice index starts at ",
    " but ends at ",
    "range start index ",
    "range end index ",
    " out of range for slice of length ",
    "copy_from_slice: source slice length (",
    ") does not match destination slice length (",
    "insertion index (is ",
    ") should be <= len (is ",
    "removal index (is ",
    "swap_remove index (is ",
    ") should be < len (is ",
    "attempt to join into collection with len > usize::MAX",
    "capacity overflow",
    "RefCell already mutably borrowed",
    "RefCell already borrowed",
    "Tried to shrink to a larger capacity",
    "Attempted to initialize thread-local while it is being dropped",
    "mid > len",
    "window size must be non-zero",
];

/// Replaces the bodies of the panicking functions in a wasm file that still has its names. Prints the saved bytes, then each
/// name that it did not find, in a line that begins with [`VAIN`].
pub fn panics(wasm: &Path) -> Result<()> {
    let before = std::fs::metadata(wasm)?.len();
    let mut module = Module::from_file(wasm)?;
    let named = module.funcs.iter_local().filter_map(|(id, _)| {
        let name = module.funcs.get(id).name.as_deref()?;
        Some((id, without_hashes(name)))
    });
    let named: Vec<(FunctionId, String)> = named.collect();
    let formats = named.iter().any(|(_, name)| name.starts_with(WRITE));
    let mut vain = unfound(&named, formats);
    let has_tasks = module.exports.iter().any(|export| export.name == POLL);
    let snipped = |name: &str| {
        is_panicking(name) || (!formats && is_formatting(name)) || (!has_tasks && name.starts_with(TASKS))
    };
    let mut functions = 0;
    for (id, _) in named.iter().filter(|(_, name)| snipped(name)) {
        let id = *id;
        let (params, results) = module.types.params_results(module.funcs.get(id).ty());
        let (params, results) = (params.to_vec(), results.to_vec());
        let args = params.iter().map(|param| module.locals.add(*param)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(args));
        functions += 1;
    }
    let segments: Vec<DataId> = module.data.iter().map(|data| data.id()).collect();
    let mut told = [false; MESSAGES.len()];
    let mut blanked = 0;
    for id in segments {
        let data = module.data.get_mut(id);
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(at)), .. } = data.kind {
            blanked += forget_places(&mut data.value, at as usize);
            blanked += forget_messages(&mut data.value, &mut told);
        }
    }
    vain.extend(MESSAGES.iter().zip(told).filter(|(_, told)| !told).map(|(message, _)| *message));
    let bytes = module.emit_wasm();
    println!(
        "{functions} functions that panic trap at once, {blanked} bytes of their messages are blank: {before} bytes of wasm \
         with names became {}",
        bytes.len()
    );
    for name in vain {
        println!("{VAIN}{name}");
    }
    std::fs::write(wasm, bytes).map_err(|error| anyhow!("{}: {error}", wasm.display()))
}

/// The names that no function has. Names of formatting functions count only if these are searched for.
fn unfound(named: &[(FunctionId, String)], formats: bool) -> Vec<&'static str> {
    let in_vain = |matches: &dyn Fn(&str) -> bool| !named.iter().any(|(_, name)| matches(name));
    let panics = PANICKING.into_iter().filter(|known| in_vain(&|name| name.starts_with(known)));
    let assertion = [ASSERTION].into_iter().filter(|known| in_vain(&|name| name.ends_with(known)));
    let formatting = FORMATTING.into_iter().filter(|known| !formats && in_vain(&|name| name.contains(known)));
    panics.chain(assertion).chain(formatting).collect()
}

/// Blanks the source locations of panics (`core::panic::Location`): address and length of the file name, line, column, and
/// the file name itself.
fn forget_places(data: &mut [u8], at: usize) -> usize {
    let mut blank = Vec::new();
    for (offset, place) in data.windows(16).enumerate().filter(|(offset, _)| (at + offset).is_multiple_of(4))
    {
        let word =
            |i: usize| u32::from_le_bytes([place[i], place[i + 1], place[i + 2], place[i + 3]]) as usize;
        let [start, length, line, column] = [0, 4, 8, 12].map(word);
        let Some(start) = start.checked_sub(at) else { continue };
        let file = data.get(start..start + length).unwrap_or_default();
        let is_file = file.ends_with(b".rs") && file.contains(&b'/') && file.iter().all(u8::is_ascii_graphic);
        if is_file && (1..100_000).contains(&line) && (1..1000).contains(&column) {
            blank.extend([offset..offset + 16, start..start + length]);
        }
    }
    let bytes = blank.iter().map(ExactSizeIterator::len).sum();
    for range in blank {
        data[range].fill(0);
    }
    bytes
}

/// Blanks [`MESSAGES`], and marks those that it found. Returns the number of blanked bytes.
fn forget_messages(data: &mut [u8], told: &mut [bool]) -> usize {
    let mut bytes = 0;
    for (message, told) in MESSAGES.iter().zip(told) {
        while let Some(at) = data.windows(message.len()).position(|window| window == message.as_bytes()) {
            data[at..at + message.len()].fill(0);
            bytes += message.len();
            *told = true;
        }
    }
    bytes
}

fn is_formatting(name: &str) -> bool {
    FORMATTING.iter().any(|known| name.contains(known))
}

fn is_panicking(name: &str) -> bool {
    PANICKING.iter().any(|known| name.starts_with(known)) || name.ends_with(ASSERTION)
}

/// Removes the text in brackets from a name such as `core[e24a27700634d609]::option`.
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
    fn places_in_source_files_are_blanked_and_nothing_else() {
        let at = 0x100;
        let mut data = b"src/a.rs text".to_vec();
        data.resize(16, b' ');
        for place in [[at, 8, 7, 1], [at, 13, 7, 1], [at, 8, 7, 0]] {
            data.extend(place.into_iter().flat_map(u32::to_le_bytes));
        }
        let before = data.clone();
        assert_eq!(forget_places(&mut data, at as usize), 24);
        assert_eq!(data[..16], *b"\0\0\0\0\0\0\0\0 text   ");
        assert_eq!(data[16..32], [0; 16]);
        assert_eq!(data[32..], before[32..]);
    }

    #[test]
    fn messages_of_panics_are_blanked_and_nothing_else() {
        let mut data = b"capacity limit, capacity overflowcapacity overflow.".to_vec();
        let mut told = [false; MESSAGES.len()];
        assert_eq!(forget_messages(&mut data, &mut told), 34);
        let told: Vec<_> = MESSAGES.iter().zip(told).filter(|(_, told)| *told).collect();
        assert_eq!(told, [(&"capacity overflow", true)]);
        assert_eq!(data, [&b"capacity limit, "[..], &[0; 34], b"."].concat());
    }

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
