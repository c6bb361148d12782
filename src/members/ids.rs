//! Sets of ids, and the check of ids. Decides which texts cannot be user ids; it does not know plans.

use crate::request::{ArgumentError, check_id};

/// A sorted set of ids that marks which of them were seen.
pub(super) struct IdSet<'a> {
    sorted: Vec<&'a str>,
    seen: Vec<bool>,
}

impl<'a> IdSet<'a> {
    pub(super) fn new(ids: &[&'a str]) -> Self {
        let mut sorted = sorted(ids.to_vec());
        sorted.dedup();
        IdSet { seen: vec![false; sorted.len()], sorted }
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.place(id).is_some()
    }

    /// The place of `id` in the sorted set.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.sorted.binary_search(&id).ok()
    }

    /// How many different ids there are.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether `id` is in the set and is seen for the first time.
    pub(super) fn first(&mut self, id: &str) -> bool {
        let seen = self.place(id).and_then(|at| self.seen.get_mut(at));
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    }
}

/// Tells whether an id of a growing list is new. A table of 64-bit hashes, filled in linear time.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// A slot of 0 is empty.
    slots: Vec<u64>,
    count: usize,
}

impl Seen {
    /// Whether `id` is new. Two ids with the same hash count as one: at worst a page looks known.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        if 2 * (self.count + 1) > self.slots.len() {
            let slots = vec![0; (2 * self.slots.len()).max(64)];
            for hash in std::mem::replace(&mut self.slots, slots) {
                if hash != 0 {
                    self.put(hash);
                }
            }
        }
        // FNV-1a. The high bits are mixed into the low bits, which choose the slot.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let is_new = self.put((hash ^ (hash >> 32)).max(1));
        self.count += usize::from(is_new);
        is_new
    }

    fn put(&mut self, hash: u64) -> bool {
        let last = self.slots.len() - 1;
        let mut at = hash as usize & last;
        loop {
            match self.slots.get_mut(at) {
                Some(slot) if *slot == 0 => {
                    *slot = hash;
                    return true;
                }
                Some(slot) if *slot != hash => at = (at + 1) & last,
                _ => return false,
            }
        }
    }
}

/// A merge sort: the standard library's sorts are several times as large in wasm.
pub(super) fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
    let mut width = 1;
    while width < ids.len() {
        let mut merged = Vec::with_capacity(ids.len());
        for pair in ids.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at_checked(width).unwrap_or((pair, &[]));
            loop {
                match (left.split_first(), right.split_first()) {
                    (Some((id, rest)), other) if other.is_none_or(|(other, _)| id <= other) => {
                        merged.push(*id);
                        left = rest;
                    }
                    (_, Some((id, rest))) => {
                        merged.push(*id);
                        right = rest;
                    }
                    _ => break,
                }
            }
        }
        ids = merged;
        width *= 2;
    }
    ids
}

/// Checks that each id can be sent in a path. The error counts the ids from 0.
pub(super) fn check(argument: &'static str, ids: &[&str]) -> Result<(), ArgumentError> {
    for (number, id) in ids.iter().enumerate() {
        if let Err(error) = check_id(argument, id) {
            return Err(at(argument, number, &error.reason));
        }
        // Okta accepts a login in an add, but a member's id is never a login: the plan would remove the user
        // who is listed by login.
        if id.bytes().any(|b| b == b'@') {
            return Err(at(argument, number, "is a login; the id of the user is needed"));
        }
        // Such characters (a byte order mark, blanks, quotes) come from a badly read file. The id would match
        // nobody, and a member would be removed for it.
        if !id.bytes().all(|b| b.is_ascii_graphic() && !b"\"',;".contains(&b)) {
            return Err(at(argument, number, "holds a character that no id has"));
        }
    }
    Ok(())
}

pub(super) fn at(argument: &'static str, number: usize, reason: &str) -> ArgumentError {
    ArgumentError::new(argument, ["item ", &number.to_string(), " ", reason].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The table is at most half full and has no clusters: a lookup takes a few steps at any size.
    #[test]
    fn the_table_of_ids_grows_in_time_and_is_filled_evenly() {
        let mut seen = Seen::default();
        for (ids, places) in [(1, 64), (32, 64), (33, 128), (64, 128), (65, 256), (1000, 2048)] {
            for n in 0..ids {
                seen.insert(&format!("00u1emaKYZTWR{n:07x}"));
            }
            assert_eq!((seen.count, seen.slots.len()), (ids, places));
        }
        let longest = seen.slots.split(|slot| *slot == 0).map(<[u64]>::len).max().unwrap();
        assert!(longest < 50, "{longest} filled places in a row");
    }

    proptest! {
        #[test]
        fn an_id_is_new_once(ids in prop::collection::vec("[a-d]{0,3}", 0..300)) {
            let (mut seen, mut expected) = (Seen::default(), std::collections::BTreeSet::new());
            for id in &ids {
                prop_assert_eq!(seen.insert(id), expected.insert(id));
            }
        }

        #[test]
        fn sorts_as_the_standard_library_does(ids in prop::collection::vec("[a-c]{0,3}", 0..40)) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut expected = ids.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(ids), expected);
        }
    }
}
