//! Whole-org exports, for the package's `export.js`. An order and a range of a checkpoint are texts whose
//! parts are separated by line breaks, which no time and no cursor contains; an absent part is empty.

use wasm_bindgen::prelude::*;

use crate::export::{Export, Order, Saved};
use crate::filter::Timestamp;
use crate::text::digits;

/// One export.
#[wasm_bindgen(js_name = Export)]
pub struct JsExport(Export);

#[wasm_bindgen(js_class = Export)]
impl JsExport {
    /// At most `lanes` listings in parallel, in pages of `limit`. `saved` has the ranges of a checkpoint,
    /// separated by U+0002.
    #[wasm_bindgen(constructor)]
    pub fn new(lanes: u32, limit: u32, saved: Option<String>, splits: bool) -> JsExport {
        let (lanes, limit) = (lanes as usize, limit as usize);
        JsExport(match saved {
            None if splits => Export::new(lanes, limit),
            None => Export::new(1, limit),
            Some(saved) => {
                let ranges: Vec<Saved> =
                    saved.split(&['\u{2}'][..]).filter(|range| !range.is_empty()).map(range).collect();
                Export::resume(lanes, limit, &ranges, splits)
            }
        })
    }

    /// The next read, in five parts: `1` to read only the newest group, the range's number, the exclusive
    /// lower and upper bound of `created`, and the cursor. `None` if no read may start now.
    pub fn order(&mut self) -> Option<String> {
        let (newest, range, from, to, cursor) = match self.0.order()? {
            Order::Newest { range, from, to } => ("1", range, from, to, None),
            Order::Page { range, from, to, cursor } => ("", range, from, to, cursor),
        };
        // Okta documents `gt` and `lt` for `created`, and neither `ge` nor `le`.
        let after = time(from.map(|from| from - 1));
        let range = digits(range);
        Some([newest, &range, &after, &time(to), &cursor.unwrap_or_default()].join("\n"))
    }

    /// Takes the newest group of a range.
    pub fn newest(&mut self, range: u32, created: Option<String>) {
        self.0.newest(range, created.as_deref().and_then(millis));
    }

    /// Takes a page of a range, with a line for `created` of each item. Returns how many of the items belong
    /// to the range; `None` if the org does not keep the order of `created`.
    pub fn page(&mut self, range: u32, created: &str, cursor: Option<String>) -> Option<u32> {
        // A text that is not a time is out of order.
        let times: Vec<i64> = if created.is_empty() {
            Vec::new()
        } else {
            created.split(&['\n'][..]).map(|time| millis(time).unwrap_or(i64::MIN)).collect()
        };
        self.0.page(range, &times, cursor).ok().map(|kept| kept as u32)
    }

    /// Takes the org's refusal to search by `created`. Returns whether the export reads one plain list
    /// instead.
    pub fn refused(&mut self) -> bool {
        self.0.refused()
    }

    /// Marks the oldest page of a range as consumed.
    pub fn consumed(&mut self, range: u32) {
        self.0.consumed(range);
    }

    /// The ranges of a checkpoint, each in four parts: lower bound, upper bound, the upper bound of its
    /// search, cursor.
    pub fn saved(&self) -> String {
        let range = |saved: Saved| {
            [&*time(saved.from), &time(saved.to), &time(saved.asked), &saved.cursor.unwrap_or_default()]
                .join("\n")
        };
        self.0.saved().into_iter().map(range).collect::<Vec<_>>().join("\u{2}")
    }

    /// Whether several listings may run in parallel.
    #[wasm_bindgen(getter, js_name = isSplit)]
    pub fn is_split(&self) -> bool {
        self.0.is_split()
    }

    /// The estimate of groups that are left to read.
    pub fn left(&self) -> f64 {
        self.0.left() as f64
    }
}

fn range(text: &str) -> Saved {
    let mut parts = text.split(&['\n'][..]);
    let mut next = || parts.next().filter(|part| !part.is_empty());
    Saved {
        from: next().and_then(millis),
        to: next().and_then(millis),
        asked: next().and_then(millis),
        cursor: next().map(str::to_owned),
    }
}

fn millis(text: &str) -> Option<i64> {
    Timestamp::parse(text).ok().map(Timestamp::as_millis)
}

fn time(millis: Option<i64>) -> String {
    millis.and_then(|millis| Timestamp::from_millis(millis).ok()).map(Timestamp::to_text).unwrap_or_default()
}

/// The shard of a group, from 0 to `of` - 1.
#[wasm_bindgen(js_name = shardOf)]
pub fn shard_of(group_id: &str, of: u32) -> u32 {
    crate::export::shard(group_id, of)
}
