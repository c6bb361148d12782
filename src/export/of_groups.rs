//! Decides the order in which the lists of many groups are read, and what a checkpoint of that holds. It sends
//! nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An export of the members or apps of many groups. The groups come in parts: a page of an export of groups, or
/// one group of the program's list. Several groups are read at once, each page after page.
#[derive(Clone, Debug)]
pub struct OfGroups {
    lanes: usize,
    /// The parts that have unfinished groups, and the parts after them; the number of the first one.
    parts: VecDeque<Part>,
    first: u64,
    /// The groups whose next page may be read.
    idle: VecDeque<Rows>,
    reading: usize,
    /// The cursors of groups that are read in part, and the finished groups of unfinished parts.
    cursors: BTreeMap<String, String>,
    done: BTreeSet<String>,
}

/// The groups that came together.
#[derive(Clone, Debug)]
struct Part {
    ids: Vec<String>,
    left: usize,
}

/// The next page of a group's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The id of the group.
    pub group: String,
    /// The cursor of the page; `None` for the first page.
    pub cursor: Option<String>,
    /// The number of the group's part.
    part: u64,
}

impl OfGroups {
    /// An export that reads at most `lanes` groups at once. `cursors` and `done` are those of a checkpoint.
    pub fn new(
        lanes: usize,
        cursors: BTreeMap<String, String>,
        done: impl IntoIterator<Item = String>,
    ) -> Self {
        OfGroups {
            lanes: lanes.max(1),
            parts: VecDeque::new(),
            first: 0,
            idle: VecDeque::new(),
            reading: 0,
            cursors,
            done: done.into_iter().collect(),
        }
    }

    /// Whether a lane is free and no known group is left for it, so that another part is needed.
    pub fn wants_groups(&self) -> bool {
        self.idle.is_empty() && self.reading < self.lanes
    }

    /// Takes the next part of the groups. Returns how many of the oldest parts are finished.
    pub fn groups(&mut self, ids: Vec<String>) -> usize {
        let part = self.first + self.parts.len() as u64;
        let mut left = 0;
        for id in ids.iter().filter(|id| !self.done.contains(*id)) {
            left += 1;
            self.idle.push_back(Rows { group: id.clone(), cursor: self.cursors.get(id).cloned(), part });
        }
        self.parts.push_back(Part { ids, left });
        self.settle()
    }

    /// The next page to read beside those that are being read; `None` while all lanes are busy or no group is
    /// left.
    pub fn order(&mut self) -> Option<Rows> {
        if self.reading >= self.lanes {
            return None;
        }
        let rows = self.idle.pop_front()?;
        self.reading += 1;
        Some(rows)
    }

    /// Takes the page of a group, with the cursor of its next page.
    pub fn page(&mut self, rows: &Rows, cursor: Option<&str>) {
        self.reading -= 1;
        if let Some(cursor) = cursor {
            self.idle.push_back(Rows { cursor: Some(cursor.to_owned()), ..rows.clone() });
        }
    }

    /// The program has taken the page of a group, whose next page has this cursor. Returns how many of the
    /// oldest parts are finished: a checkpoint resumes the source after them.
    pub fn consumed(&mut self, rows: &Rows, cursor: Option<String>) -> usize {
        if let Some(cursor) = cursor {
            self.cursors.insert(rows.group.clone(), cursor);
            return 0;
        }
        self.cursors.remove(&rows.group);
        self.done.insert(rows.group.clone());
        let at = rows.part.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        if let Some(part) = at.and_then(|at| self.parts.get_mut(at)) {
            part.left -= 1;
        }
        self.settle()
    }

    /// Drops the oldest parts as long as all of their groups are finished.
    fn settle(&mut self) -> usize {
        let mut settled = 0;
        while self.parts.front().is_some_and(|part| part.left == 0) {
            for id in self.parts.pop_front().into_iter().flat_map(|part| part.ids) {
                self.done.remove(&id);
            }
            self.first += 1;
            settled += 1;
        }
        settled
    }

    /// The cursors of groups that are read in part, for a checkpoint.
    pub fn cursors(&self) -> &BTreeMap<String, String> {
        &self.cursors
    }

    /// The finished groups of unfinished parts, for a checkpoint.
    pub fn done(&self) -> impl Iterator<Item = &String> {
        self.done.iter()
    }
}
