//! A sorted queue for the gate and for waiting calls, and the counter of its steps in tests. Decides nothing.

/// Values sorted by number. Adding and taking at either end and look-ups in between cost the same at any
/// length: a value that is taken from the middle leaves an empty place, until there are enough empty places
/// to drop them all.
#[derive(Clone, Debug)]
pub(crate) struct Line<T> {
    /// The first place in use and the last place are never empty.
    places: Vec<(u64, Option<T>)>,
    /// The number of unused places at the start. A `VecDeque` would be larger in wasm.
    unused: usize,
    len: usize,
}

impl<T> Line<T> {
    pub(crate) const fn new() -> Self {
        Line { places: Vec::new(), unused: 0, len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The lowest number.
    pub(crate) fn first(&self) -> Option<u64> {
        self.places.get(self.unused).map(|(number, _)| *number)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let at = self.find(number).ok()?;
        self.places.get_mut(at)?.1.as_mut()
    }

    /// Puts a value at its number and returns the former value.
    pub(crate) fn put(&mut self, number: u64, value: T) -> Option<T> {
        let before = match self.find(number) {
            Ok(at) => self.places.get_mut(at).and_then(|(_, place)| place.replace(value)),
            // The unused place before the first one.
            Err(at) if at == self.unused && at > 0 => {
                steps(1);
                self.unused -= 1;
                if let Some(place) = self.places.get_mut(self.unused) {
                    *place = (number, Some(value));
                }
                None
            }
            Err(at) => {
                steps(self.places.len() - at);
                self.places.insert(at, (number, Some(value)));
                None
            }
        };
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes a value out.
    pub(crate) fn take(&mut self, number: u64) -> Option<T> {
        let at = self.find(number).ok()?;
        let value = self.places.get_mut(at)?.1.take()?;
        self.len -= 1;
        while self.places.get(self.unused).is_some_and(|(_, place)| place.is_none()) {
            steps(1);
            self.unused += 1;
        }
        while self.places.len() > self.unused && self.places.pop_if(|(_, place)| place.is_none()).is_some() {
            steps(1);
        }
        if self.places.len() > 2 * self.len + 16 {
            steps(self.places.len());
            self.unused = 0;
            self.places.retain(|(_, place)| place.is_some());
        }
        Some(value)
    }

    fn find(&self, number: u64) -> Result<usize, usize> {
        steps(1);
        // The usual case.
        if self.places.last().is_none_or(|(last, _)| *last < number) {
            return Err(self.places.len());
        }
        let (mut low, mut high) = (self.unused, self.places.len());
        while low < high {
            steps(1);
            let middle = usize::midpoint(low, high);
            match self.places.get(middle) {
                Some((known, _)) if *known == number => return Ok(middle),
                Some((known, _)) if *known < number => low = middle + 1,
                _ => high = middle,
            }
        }
        Err(low)
    }
}

/// See `count`.
#[cfg(not(test))]
pub(crate) fn steps(_: usize) {}

#[cfg(test)]
pub(crate) use count::steps;

/// Counts the steps of the gate, so that tests can check how they grow.
#[cfg(test)]
pub(crate) mod count {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn steps(count: usize) {
        STEPS.set(STEPS.get() + count);
    }

    /// The steps that `work` takes.
    pub(crate) fn of(work: impl FnOnce()) -> usize {
        STEPS.set(0);
        work();
        STEPS.get()
    }

    /// Asserts for each size up to `most` that twice the size takes at most 2^1.15 times the steps.
    pub(crate) fn grows_linearly(most: usize, work: impl Fn(usize)) {
        let mut size = most / 16;
        let mut before = of(|| work(size));
        while size < most {
            size *= 2;
            let steps = of(|| work(size));
            let exponent = (steps as f64 / before as f64).log2();
            assert!(exponent <= 1.15, "{size}: {before} then {steps} steps, exponent {exponent:.2}");
            before = steps;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map_by_number(events in prop::collection::vec((0u64..40, any::<bool>()), 0..200)) {
            let (mut line, mut map) = (Line::new(), BTreeMap::new());
            for (index, (number, puts)) in events.into_iter().enumerate() {
                if puts {
                    prop_assert_eq!(line.put(number, index), map.insert(number, index));
                } else {
                    prop_assert_eq!(line.take(number), map.remove(&number));
                }
                prop_assert_eq!(line.get_mut(number), map.get_mut(&number));
                prop_assert_eq!((line.len(), line.first()), (map.len(), map.keys().next().copied()));
            }
        }
    }

    #[test]
    fn an_emptied_line_keeps_no_places() {
        let mut line = Line::new();
        (0..1000).for_each(|number| {
            line.put(number, ());
        });
        (1..999).for_each(|number| {
            line.take(number);
        });
        assert!(line.places.len() <= 20, "{} places for two", line.places.len());
    }

    /// Values join in order, in reverse order, and in a scattered order.
    #[test]
    fn leaving_costs_no_more_in_a_long_line() {
        for stride in [1, 7919, 15_485_863] {
            count::grows_linearly(1 << 16, |size| {
                let mut line = Line::new();
                (0..size).for_each(|number| {
                    line.put(number as u64, ());
                });
                // Each number occurs once, since a stride of a large prime shares no factor with a power of
                // two.
                (0..size).for_each(|step| {
                    line.take((step * stride % size) as u64);
                });
                (0..size).for_each(|number| {
                    line.put(number as u64, ());
                });
                (0..size).rev().for_each(|number| {
                    line.take(number as u64);
                });
            });
        }
    }
}
