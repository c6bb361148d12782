//! Writes to group rules, one at a time: Okta answers 423 to some that come at once (recorded: two of six creates). Whoever
//! comes first writes first, an update of a rule until its last step.

use crate::sync::{Lock, Wake};

/// The writers in the order they came. The first may write; the others may have a wake.
#[derive(Default)]
pub(super) struct Writers(Lock<Vec<(u32, Option<Wake>)>>);

impl Writers {
    /// Whether the writer of this number may write. It lines up, unless it stands in line.
    pub(super) fn is_first(&self, id: u32) -> bool {
        let mut line = self.0.lock();
        if !line.iter().any(|(other, _)| *other == id) {
            line.push((id, None));
        }
        line.first().is_some_and(|(first, _)| *first == id)
    }

    /// Has `wake` called once the writer is the first. False if it is by now.
    pub(super) fn park(&self, id: u32, wake: Wake) -> bool {
        let mut line = self.0.lock();
        match line.iter_mut().position(|(other, _)| *other == id) {
            None | Some(0) => false,
            Some(place) => {
                let before = line.get_mut(place).and_then(|(_, parked)| parked.replace(wake));
                drop(line);
                // Outside of the lock: it may hold a task.
                drop(before);
                true
            }
        }
    }

    /// Leaves the line.
    pub(super) fn leave(&self, id: u32) {
        let mut line = self.0.lock();
        let place = line.iter().position(|(other, _)| *other == id);
        let left = place.map(|place| line.remove(place));
        drop(line);
        drop(left);
    }

    /// What wakes the first.
    pub(super) fn take_wake(&self) -> Option<Wake> {
        self.0.lock().first_mut()?.1.take()
    }
}
