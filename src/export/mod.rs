//! Decides how a whole-org export is split: into disjoint ranges of an immutable time (`created`), and which
//! range a free lane reads next. It sends nothing and reads no clock: a driver sends the requests that it
//! orders: [`Groups::export_groups`](crate::client::Groups::export_groups) and the npm package's. [`OfGroups`] decides the same for
//! the members or apps of many groups.
//!
//! A lane is one listing that is sorted by `created` and reads page after page. A free lane takes the upper
//! half of the range with the most groups left. `created` never changes, so each group belongs to exactly one
//! range: a group that exists and is searchable during the whole export is returned exactly once. Groups with
//! the same `created` are never split between two ranges.
//!
//! | [`Order`] | what the driver does | then calls |
//! |---|---|---|
//! | `Newest` | reads the newest group of a range (`sortOrder=desc`, `limit=1`) | [`Export::newest`] |
//! | `Page` | reads the page at the range's cursor, or the range's first page | [`Export::page`] |

mod checkpoint;
mod of_groups;

pub(crate) use checkpoint::time_text;
pub use checkpoint::{GroupsCheckpoint, OfGroupsCheckpoint, SavedRange, Shard, SourceCheckpoint};
pub use of_groups::{OfGroups, Rows};

use std::collections::VecDeque;

/// The estimated pages that a range must have left before a free lane takes half of it. A split may cost one
/// more request, which has to pay off.
const WORTH: f64 = 3.0;

/// One export: its ranges, and how far they are read.
#[derive(Clone, Debug)]
pub struct Export {
    lanes: usize,
    limit: usize,
    ranges: Vec<Range>,
    next_id: u32,
    is_split: bool,
    items: u64,
}

/// The next read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Read only the newest group of a range, to find where the range ends.
    Newest {
        /// The number of the range, for [`Export::newest`].
        range: u32,
        /// See [`Order::Page`].
        from: Option<i64>,
        /// See [`Order::Page`].
        to: Option<i64>,
    },
    /// Read a page of a range.
    Page {
        /// The number of the range, for [`Export::page`].
        range: u32,
        /// The lower bound of `created` in milliseconds since 1970, inclusive; `None` without a lower bound.
        from: Option<i64>,
        /// The upper bound of `created` in milliseconds since 1970, exclusive; `None` without an upper bound.
        /// With a cursor, it is the bound of the search that the cursor belongs to, although the range may
        /// end earlier now.
        to: Option<i64>,
        /// The cursor of the page; `None` for the first page of the range.
        cursor: Option<String>,
    },
}

/// A range that was not exported to its end, as a checkpoint stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// See [`Order::Page`].
    pub from: Option<i64>,
    /// `created` in milliseconds since 1970, exclusive; `None` without an upper bound.
    pub to: Option<i64>,
    /// The upper bound of the search that `cursor` belongs to.
    pub asked: Option<i64>,
    /// See [`Order::Page`].
    pub cursor: Option<String>,
}

/// The org does not sort by `created`, or returns groups outside of the requested range, so ranges cannot be
/// trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsorted;

#[derive(Clone, Debug)]
struct Range {
    id: u32,
    from: i64,
    to: i64,
    /// The upper bound of the search that the pages belong to.
    asked: i64,
    /// `created` of the last group that was read.
    at: i64,
    /// The cursor of the next page.
    cursor: Option<String>,
    /// `created` of the newest group, if it is known.
    top: Option<i64>,
    is_reading: bool,
    is_probed: bool,
    is_over: bool,
    /// Groups per millisecond in the last page.
    rate: f64,
    /// How many splits in a row gave an almost empty range: the groups are near the lower end.
    misses: u32,
    parent: u32,
    pages: u32,
    /// The cursors after the pages that were read but not consumed yet; `None` at the end of the range.
    unconsumed: VecDeque<Option<String>>,
    /// The cursor after the last page that was consumed.
    consumed: Option<String>,
}

impl Range {
    fn new(id: u32, from: i64, to: i64, cursor: Option<String>) -> Range {
        Range {
            id,
            from,
            to,
            asked: to,
            at: from,
            consumed: cursor.clone(),
            cursor,
            top: None,
            is_reading: false,
            is_probed: false,
            is_over: false,
            rate: 0.0,
            misses: 0,
            parent: u32::MAX,
            pages: 0,
            unconsumed: VecDeque::new(),
        }
    }

    /// The milliseconds that are left to read. Groups of the same millisecond stay in one lane.
    fn span(&self) -> i64 {
        let end = self.top.map_or(self.to, |top| self.to.min(top.saturating_add(1)));
        end.saturating_sub(self.at)
    }

    /// The groups that are left to read, by the density of the last page.
    fn left(&self) -> f64 {
        let span = self.span();
        if self.is_over || self.at == i64::MIN || span <= 1 { 0.0 } else { self.rate * span as f64 }
    }

    fn bounds(&self) -> (Option<i64>, Option<i64>) {
        ((self.from > i64::MIN).then_some(self.from), bound(self.to))
    }
}

/// The upper bound, if there is one.
fn bound(to: i64) -> Option<i64> {
    (to < i64::MAX).then_some(to)
}

impl Export {
    /// An export with at most `lanes` listings in parallel, in pages of `limit` groups.
    pub fn new(lanes: usize, limit: usize) -> Export {
        Export::resume(lanes, limit, &[Saved { from: None, to: None, asked: None, cursor: None }], lanes > 1)
    }

    /// Continues with the ranges of a checkpoint. Without `splits` the export uses a single listing.
    pub fn resume(lanes: usize, limit: usize, saved: &[Saved], splits: bool) -> Export {
        let ranges: Vec<Range> = (0..)
            .zip(saved)
            .map(|(id, range)| {
                let (from, to) = (range.from.unwrap_or(i64::MIN), range.to.unwrap_or(i64::MAX));
                let asked = range.asked.unwrap_or(i64::MAX);
                Range { asked, ..Range::new(id, from, to, range.cursor.clone()) }
            })
            .collect();
        Export {
            lanes: if splits { lanes.max(1) } else { 1 },
            limit: limit.max(1),
            next_id: saved.len() as u32,
            ranges,
            is_split: splits,
            items: 0,
        }
    }

    /// The next read that may start beside those in flight. `None` while all lanes are busy, if no split is
    /// worth its request, or at the end of the export.
    pub fn order(&mut self) -> Option<Order> {
        let busy: usize = self
            .ranges
            .iter()
            .map(|range| usize::from(range.is_reading) + usize::from(range.is_probed))
            .sum();
        if busy >= self.lanes {
            return None;
        }
        let is_idle = |range: &Range| !range.is_reading && !range.is_over;
        let at = match self.ranges.iter().position(is_idle) {
            Some(at) => at,
            None if self.is_split => {
                let worth = WORTH * self.limit as f64;
                // A range is split only after a page of it, and of the half that was split off last, was
                // read.
                let unread: Vec<u32> =
                    self.ranges.iter().filter(|range| range.pages == 0).map(|range| range.parent).collect();
                let is_only = self.next_id == 1;
                let is_known = |range: &&mut Range| {
                    !range.is_probed && (range.pages > 0 || is_only) && !unread.contains(&range.id)
                };
                let most = |one: &&mut Range, other: &&mut Range| one.left().total_cmp(&other.left());
                let largest = self.ranges.iter_mut().filter(is_known).max_by(most)?;
                let is_first = largest.pages == 0;
                if largest.top.is_none() && (is_first || largest.left() >= worth) {
                    largest.is_probed = true;
                    let (from, to) = largest.bounds();
                    return Some(Order::Newest { range: largest.id, from, to });
                }
                if largest.left() < worth {
                    return None;
                }
                {
                    let id = largest.id;
                    self.split(id)?
                }
            }
            None => return None,
        };
        let range = self.ranges.get_mut(at)?;
        range.is_reading = true;
        if range.cursor.is_none() {
            range.asked = range.to;
        }
        let (from, _) = range.bounds();
        Some(Order::Page { range: range.id, from, to: bound(range.asked), cursor: range.cursor.clone() })
    }

    /// Splits the upper half of a range off, for a free lane.
    fn split(&mut self, id: u32) -> Option<usize> {
        let range = self.ranges.iter_mut().find(|range| range.id == id)?;
        // Half of the range; after misses an eighth, a 64th and so on. Seven misses find a burst of one
        // second in ten years.
        let part = ((range.misses + 1) * (range.misses + 2) / 2).min(62);
        let from = range.at.saturating_add((range.span() >> part).max(1));
        let mut upper = Range::new(self.next_id, from, range.to, None);
        upper.rate = range.rate;
        upper.misses = range.misses;
        upper.parent = range.id;
        upper.top = range.top;
        (range.to, range.top) = (from, Some(from - 1));
        self.next_id += 1;
        self.ranges.push(upper);
        Some(self.ranges.len() - 1)
    }

    /// Takes the newest group of a range; `None` if the range has none.
    pub fn newest(&mut self, id: u32, created: Option<i64>) {
        if let Some(range) = self.ranges.iter_mut().find(|range| range.id == id) {
            range.is_probed = false;
            range.top = Some(created.unwrap_or(range.at));
        }
        self.drop_consumed();
    }

    /// Takes a page of a range: `created` of its items in order, and the cursor of the next page. Returns how
    /// many of the items belong to the range; the driver drops the others, which another lane reads.
    ///
    /// # Errors
    /// [`Unsorted`] if the org leaves the range or its order, and other ranges depend on it. While there is
    /// only one range, the export continues as one plain listing instead; [`Export::is_split`] is false then.
    pub fn page(&mut self, id: u32, created: &[i64], cursor: Option<String>) -> Result<usize, Unsorted> {
        let is_only = self.next_id == 1;
        let limit = self.limit;
        let Some(at) = self.ranges.iter().position(|range| range.id == id) else { return Ok(0) };
        let Some(range) = self.ranges.get_mut(at) else { return Ok(0) };
        range.is_reading = false;
        let low = if range.pages == 0 { range.from } else { range.at };
        let is_sorted = created.first().is_none_or(|first| *first >= low) && created.is_sorted();
        if self.is_split && !is_sorted {
            if !is_only {
                return Err(Unsorted);
            }
            self.is_split = false;
            self.lanes = 1;
        }
        let kept =
            if self.is_split { created.partition_point(|time| *time < range.to) } else { created.len() };
        if let (Some(first), Some(last)) = (created.first(), created.get(kept.wrapping_sub(1))) {
            range.at = *last;
            range.rate = kept as f64 / (last.saturating_sub(*first).saturating_add(1)) as f64;
        }
        range.pages += 1;
        range.is_over = kept < created.len() || cursor.is_none();
        let next = if range.is_over { None } else { cursor };
        range.unconsumed.push_back(next.clone());
        range.cursor = next;
        self.items += kept as u64;
        if range.pages == 1 {
            let (parent, is_miss) = (range.parent, range.is_over && kept * 2 < limit);
            range.misses = range.misses.saturating_sub(1);
            if let Some(parent) = self.ranges.iter_mut().find(|range| range.id == parent) {
                if is_miss {
                    // The rest of the range may be as empty, so where it ends has to be read again.
                    (parent.misses, parent.top) = (parent.misses + 1, None);
                } else {
                    parent.misses = 0;
                }
            }
        }
        Ok(kept)
    }

    /// Takes the org's refusal to search by `created`: the export reads one plain list instead. Works only
    /// before a page was read; later it returns false and changes nothing.
    pub fn refused(&mut self) -> bool {
        let is_first = self.items == 0 && self.next_id == 1;
        if is_first && self.is_split {
            (self.is_split, self.lanes) = (false, 1);
            for range in &mut self.ranges {
                (range.is_reading, range.is_probed) = (false, false);
            }
            return true;
        }
        false
    }

    /// The program has taken all items of the oldest unconsumed page of a range: a checkpoint resumes after
    /// it.
    pub fn consumed(&mut self, id: u32) {
        let Some(at) = self.ranges.iter().position(|range| range.id == id) else { return };
        let Some(range) = self.ranges.get_mut(at) else { return };
        if let Some(cursor) = range.unconsumed.pop_front() {
            range.consumed = cursor;
        }
        self.drop_consumed();
    }

    /// A range whose newest group is being read still counts as a lane.
    fn drop_consumed(&mut self) {
        self.ranges.retain(|range| !range.is_over || range.is_probed || !range.unconsumed.is_empty());
    }

    /// The ranges that were not consumed to their end, for a checkpoint.
    pub fn saved(&self) -> Vec<Saved> {
        let saved = |range: &Range| {
            let (from, to) = range.bounds();
            // A range that starts again is searched by its current bound.
            let asked = range.consumed.as_ref().and(bound(range.asked));
            Saved { from, to, asked, cursor: range.consumed.clone() }
        };
        self.ranges.iter().filter(|range| !range.is_over || !range.unconsumed.is_empty()).map(saved).collect()
    }

    /// Whether several listings may run in parallel. False with one lane, or after the org refused the
    /// search.
    pub fn is_split(&self) -> bool {
        self.is_split
    }

    /// Whether all ranges were read to their end.
    pub fn is_over(&self) -> bool {
        self.ranges.iter().all(|range| range.is_over)
    }

    /// How many groups were read.
    pub fn items(&self) -> u64 {
        self.items
    }

    /// The estimate of groups that are left to read, by the density of each range's last page.
    pub fn left(&self) -> u64 {
        self.ranges.iter().map(Range::left).sum::<f64>() as u64
    }
}

/// The shard of a group, from 0 to `of` - 1: machines that do not know of each other can each take one shard.
/// It depends on the id alone: FNV-1a of 32 bits, mixed, since ids differ in few characters.
pub fn shard(group_id: &str, of: u32) -> u32 {
    let mut hash = group_id
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    (hash ^ (hash >> 16)) % of.max(1)
}
