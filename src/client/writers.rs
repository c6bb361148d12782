//! The line of writes to group rules, which are sent one at a time: Okta answers 423 to some that arrive
//! together (recorded: two of six creates). The order is first come, first served; an update of a rule keeps
//! its place until its last step.

use crate::sync::{Lock, Wake};

/// The writers in order of arrival. The first may write; the others may have a wake function.
#[derive(Default)]
pub(super) struct Writers(Lock<Vec<(u32, Option<Wake>)>>);

impl Writers {
    /// Whether writer `id` may write. Appends it to the line if it is not in it.
    pub(super) fn is_first(&self, id: u32) -> bool {
        let mut line = self.0.lock();
        if !line.iter().any(|(other, _)| *other == id) {
            line.push((id, None));
        }
        line.first().is_some_and(|(first, _)| *first == id)
    }

    /// Registers `wake`, which is called when the writer becomes the first. False if it is the first now.
    pub(super) fn park(&self, id: u32, wake: Wake) -> bool {
        let mut line = self.0.lock();
        match line.iter_mut().position(|(other, _)| *other == id) {
            None | Some(0) => false,
            Some(place) => {
                let before = line.get_mut(place).and_then(|(_, parked)| parked.replace(wake));
                drop(line);
                // Dropped outside of the lock, since it may hold a task.
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

    /// Takes the first writer's wake function.
    pub(super) fn take_wake(&self) -> Option<Wake> {
        self.0.lock().first_mut()?.1.take()
    }
}
