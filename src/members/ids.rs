use crate::request::{ArgumentError, check_id};

/// Ids to look up, and which of them came by already.
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

    /// The place of `id` among the ids in their order, each counted once.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.sorted.binary_search(&id).ok()
    }

    /// How many different ids there are.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether `id` is one of them and did not come by before.
    pub(super) fn first(&mut self, id: &str) -> bool {
        let seen = self.place(id).and_then(|at| self.seen.get_mut(at));
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    }
}

/// Tells while ids arrive whether one is new: a table of 64-bit hashes, which a list of any size fills in linear time.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// 0 is an empty place.
    slots: Vec<u64>,
    count: usize,
}

impl Seen {
    /// Whether `id` did not come by before. Two ids of one hash count as one: that only makes a page look known.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        if 2 * (self.count + 1) > self.slots.len() {
            let slots = vec![0; (2 * self.slots.len()).max(64)];
            for hash in std::mem::replace(&mut self.slots, slots) {
                if hash != 0 {
                    self.put(hash);
                }
            }
        }
        // FNV-1a, with the high bits mixed into the low ones, which choose the place.
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

/// A merge sort: the standard library's sorts are several times this size in wasm.
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

/// That each of `ids` may stand in a path. The error says which, counted from 0.
pub(super) fn check(argument: &'static str, ids: &[&str]) -> Result<(), ArgumentError> {
    for (number, id) in ids.iter().enumerate() {
        if let Err(error) = check_id(argument, id) {
            return Err(at(argument, number, &error.reason));
        }
        // It may do for the org that adds, and never is a member's id: who is there by it would be removed.
        if id.bytes().any(|b| b == b'@') {
            return Err(at(argument, number, "is a login; the id of the user is needed"));
        }
        // Of a file: a byte order mark, blanks, quotes. It would be nobody, and somebody would be removed for it.
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

    /// At most half full, and no cluster of filled places: an id is found in a few steps, however many there are.
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
