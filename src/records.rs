//! Records: the texts that cross the wasm border. A record has named fields and a list after them. This
//! module decides nothing but the encoding. `pkg-template/src/records.js` has the same names in the same
//! order; a test here holds the two equal.
//!
//! Each part of a record is a sign, a text and U+0000. The sign identifies the field by its place; it is a
//! blank for an item of the list. A field without a part is empty. U+0002 separates two records. Within a
//! text, U+0000 to U+0002 are escaped.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only tested elsewhere"))]

use crate::answer::HEADERS;
use crate::text::push_number;
use crate::time::Duration;
use std::borrow::Cow;

/// The sign of a list item. The first field's sign is the next character.
const ITEM: u8 = b' ';

/// A record type knows only the places of its fields: one function reads the parts of any record, one writes
/// a part.
macro_rules! records {
    ($($(#[$doc:meta])* $way:ident $name:ident { $($field:ident)* })*) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name<'a>(record!($way));

            const _: () = {
                #[allow(non_camel_case_types, reason = "places are named as fields are")]
                #[allow(dead_code, reason = "a field without a reader has a place")]
                enum Place { $($field,)* Rest }
                record!($way $name { $($field)* });
            };
        )*

        #[cfg(test)]
        const NAMES: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($field),)*]),)*];
    };
}

/// The methods of a record.
macro_rules! record {
    (read) => { Parts<'a> };
    (written) => { &'a mut String };
    (read $name:ident { $($field:ident)* }) => {
        impl<'a> $name<'a> {
            pub(crate) fn read(text: &'a str) -> Self {
                $name(Parts::read(text, Place::Rest as usize))
            }

            $(#[allow(dead_code, reason = "the headers of an answer are read together")]
            pub(crate) fn $field(&self) -> &str {
                self.0.part(Place::$field as usize)
            })*

            /// The list after the fields.
            #[allow(dead_code, reason = "not every record has one")]
            pub(crate) fn rest(&self) -> impl Iterator<Item = &str> + Clone {
                self.0.from(Place::Rest as usize)
            }
        }
    };
    (written $name:ident { $($field:ident)* }) => {
        impl<'a> $name<'a> {
            /// Starts a record after those in `out`.
            pub(crate) fn new(out: &'a mut String) -> Self {
                if !out.is_empty() {
                    out.push('\u{2}');
                }
                $name(out)
            }

            $(pub(crate) fn $field(&mut self, value: impl Put) {
                value.put(ITEM + 1 + Place::$field as u8, self.0);
            })*

            /// Adds an item to the list after the fields.
            #[allow(dead_code, reason = "not every record has one")]
            pub(crate) fn add(&mut self, value: &str) {
                let _ = Place::Rest;
                put(ITEM, value, self.0);
            }
        }
    };
}

records! {
    /// The settings of a client. The list: its own headers, names and values in turns.
    read ClientRecord {
        org_url org user_agent credential max_response_bytes max_concurrency reserve rejects_links is_session prevents
        page_origin listens names_buckets authorization timeout total_timeout max_attempts base_delay max_delay max_rate_limit_wait
    }
    /// The start of a call. The list: its own headers, names and values in turns. `ids` are the path's ids in
    /// order, `query` has names and values in turns. If `operation` is empty, both are parts of a URL: the
    /// path below `/api/v1/`, and the query.
    read CallRecord {
        operation method idempotent goal ids query body name update is_bulk timeout total_timeout max_attempts base_delay
        max_delay max_rate_limit_wait
    }
    /// The start of a list. The list: its own headers. `ids` and `query` are as in a call; an empty value
    /// counts as missing.
    read ListRecord {
        operation ids cursor query link timeout total_timeout max_attempts base_delay max_delay max_rate_limit_wait
    }
    /// The facts of an answer. The list: the causes of an error, or the type and name of each group of a page
    /// that a call looks through.
    read AnswerRecord {
        status limit remaining reset date retry_after request_id content_type www_authenticate link shape items beginning
        id error_code error_summary error_description message error error_id
    }
    /// Why there is no whole answer. The list: the codes of the error.
    read NoAnswerRecord { fault says is_unsent status }
    /// The start of a membership plan, its run, or both. Each list of ids is a field with one line for each
    /// id. The fields from `org` on belong to a stored plan.
    read MembersRecord {
        group plans runs desired by skips_unresolved mode rule_managed removals count allow_empty keep order concurrency stops_on
        total_timeout max_failed_adds if_stale verify dry_run
        org updated at add remove unchanged unknown kept plan_rule_managed plan_removals plan_count planned done
        unresolved unresolved_value unresolved_reason plan_skips
    }
    /// An input of a membership run. The list: four texts for each member, user or rule that was read.
    read StepRecord { place kind code status type_ updated at is_last }
    /// An output of a membership run. Each list of ids is a field with one line for each entry. The list:
    /// three texts for each unresolved value: the value, the reason, and the ids of the candidates, separated
    /// by blanks.
    written OrderRecord {
        order place search name rules ms status org updated at adds removes unchanged skipped warnings removals count rule_managed
        keep already_ok planned done ok stopped withheld verifies unverified
    }
    /// The progress of a membership run.
    written ProgressRecord { total done failed in_flight eta_ms reset_at }
    /// An output of a call. The list: the headers to send, or the records of events.
    written OutputRecord {
        order call ms method url body attempt max_bytes expects looks may_have_run of request_id attempts duration_ms
        waited_ms item cursor
    }
    /// A failure. The list: the causes of the API's error, then for each of `warnings` warnings its
    /// parameter, attribute, operator, reason and message.
    written FailureRecord {
        kind message argument phase timeout_ms maybe_cors reason status method path content_type snippet request_id code
        summary error_id missing_scope attempts retry_after_ms may_have_run transient cursor of has_page answer_id
        answer_attempts duration_ms waited_ms warnings
    }
    /// The last known state of a rate-limit bucket.
    written LimitRecord { bucket limit remaining reset_at resets_in_ms in_flight kind }
    /// An event of a call.
    written EventRecord { type_ id method path attempt status duration_ms request_id delay_ms bucket reason wait_ms from to }
}

/// The items of a list on its own or in a field. Each item ends with U+0003, which is escaped within it.
pub(crate) fn list(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut start = 0;
    for (end, byte) in text.bytes().enumerate() {
        if byte == 3 {
            let mut item = String::new();
            unescape(text.get(start..end).unwrap_or_default(), &mut item);
            items.push(item);
            start = end + 1;
        }
    }
    items
}

/// Inputs that cross the border as their number.
macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($input:ident)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq)]
            pub(crate) enum $name { $($input,)* }

            impl $name {
                pub(crate) fn of(number: usize) -> Option<Self> {
                    [$($name::$input,)*].get(number).copied()
                }
            }
        )*

        #[cfg(test)]
        const INPUTS: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($input),)*]),)*];
    };
}

inputs! {
    /// The inputs of a call.
    Inputs { Named Woken Proof NoProof Answer NoAnswer Renewed Merged TimeUp Abort }
    /// The inputs of a membership run.
    MemberInputs { Next Abort Stop Group Page Users Rules Unread User Wrote Looked }
}

impl AnswerRecord<'_> {
    /// The headers, in the order of [`HEADERS`].
    pub(crate) fn headers(&self) -> [&str; HEADERS.len()] {
        let mut headers = self.0.from(1);
        std::array::from_fn(|_| headers.next().unwrap_or_default())
    }
}

/// A record that was read: its text without escapes, and the position of each field and item in it.
pub(crate) struct Parts<'a> {
    text: Cow<'a, str>,
    places: Vec<(usize, usize)>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str, fields: usize) -> Self {
        let mut parts = Parts { text: text.into(), places: vec![(0, 0); fields] };
        if text.bytes().any(|byte| byte == 1) {
            parts.text = String::with_capacity(text.len()).into();
        }
        let mut start = 0;
        for (end, byte) in text.bytes().enumerate() {
            if byte == 0 {
                parts.take(text.get(start..end).unwrap_or_default(), start);
                start = end + 1;
            }
        }
        parts
    }

    /// Takes the part at `start` of the text.
    fn take(&mut self, part: &str, start: usize) {
        let Some((sign, value)) = part.split_at_checked(1) else { return };
        let place = match &mut self.text {
            Cow::Borrowed(_) => (start + 1, start + part.len()),
            Cow::Owned(plain) => {
                let start = plain.len();
                unescape(value, plain);
                (start, plain.len())
            }
        };
        let field = usize::from(sign.bytes().next().unwrap_or(ITEM)).checked_sub(1 + usize::from(ITEM));
        match field {
            None => self.places.push(place),
            Some(field) => self.places.iter_mut().skip(field).take(1).for_each(|known| *known = place),
        }
    }

    fn part(&self, at: usize) -> &str {
        self.at(self.places.get(at).copied().unwrap_or_default())
    }

    fn at(&self, (start, end): (usize, usize)) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// All fields and items from `first` on.
    pub(crate) fn from(&self, first: usize) -> impl Iterator<Item = &str> + Clone {
        self.places.iter().skip(first).map(|place| self.at(*place))
    }
}

/// A value of a field. An empty text, an absent value and `false` are not written.
pub(crate) trait Put {
    fn put(self, sign: u8, out: &mut String);
}

impl Put for &str {
    fn put(self, sign: u8, out: &mut String) {
        if !self.is_empty() {
            put(sign, self, out);
        }
    }
}

impl Put for String {
    fn put(self, sign: u8, out: &mut String) {
        self.as_str().put(sign, out);
    }
}

impl Put for Option<&str> {
    fn put(self, sign: u8, out: &mut String) {
        self.unwrap_or_default().put(sign, out);
    }
}

impl Put for bool {
    fn put(self, sign: u8, out: &mut String) {
        if self { "1" } else { "" }.put(sign, out);
    }
}

impl Put for u32 {
    fn put(self, sign: u8, out: &mut String) {
        put_number(sign, self.into(), out);
    }
}

/// In thousandths of a millisecond.
impl Put for Duration {
    fn put(self, sign: u8, out: &mut String) {
        put_number(sign, u64::try_from(self.as_micros()).unwrap_or(u64::MAX), out);
    }
}

fn put_number(sign: u8, number: u64, out: &mut String) {
    out.push(char::from(sign));
    push_number(number, out);
    out.push('\0');
}

fn put(sign: u8, text: &str, out: &mut String) {
    out.push(char::from(sign));
    if text.bytes().all(|byte| byte > 2) {
        out.push_str(text);
    } else {
        for c in text.chars() {
            if c > '\u{2}' {
                out.push(c);
            } else {
                out.push('\u{1}');
                out.push(char::from(b'0' + c as u32 as u8));
            }
        }
    }
    out.push('\0');
}

fn unescape(text: &str, plain: &mut String) {
    let mut is_escaped = false;
    for c in text.chars() {
        match (is_escaped, c) {
            (false, '\u{1}') => is_escaped = true,
            (false, c) => plain.push(c),
            (true, c) => {
                is_escaped = false;
                plain.push(char::from((c as u32 as u8).wrapping_sub(b'0')));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `OrgUrl` of `orgUrl`, as far as letters go.
    fn letters(name: &str) -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    }

    #[test]
    fn both_sides_of_the_border_name_the_same_fields() {
        let file = include_str!("../pkg-template/src/records.js");
        for (name, fields) in NAMES.iter().chain(INPUTS) {
            let name = name.trim_end_matches("Record");
            let constant: String = name
                .chars()
                .enumerate()
                .flat_map(|(at, c)| (at > 0 && c.is_uppercase()).then_some('_').into_iter().chain([c]))
                .collect();
            let start = format!("export const {} = [", constant.to_uppercase());
            let (_, list) = file.split_once(&start).unwrap_or_else(|| panic!("{start}"));
            let (list, _) = list.split_once("];").unwrap();
            let there: Vec<String> = list.split('\'').skip(1).step_by(2).map(letters).collect();
            let here: Vec<String> = fields.iter().map(|field| letters(field)).collect();
            assert_eq!(there, here, "{name}");
        }
    }

    #[test]
    fn the_headers_of_an_answer_stand_in_the_order_in_which_they_are_read() {
        let (_, fields) = NAMES.iter().find(|(name, _)| *name == "AnswerRecord").unwrap();
        let names: Vec<String> = HEADERS.iter().map(|name| letters(name)).collect();
        for (field, name) in fields[1..].iter().zip(&names) {
            assert!(name.ends_with(&letters(field)), "{field} is not {name}");
        }
        let mut text = String::new();
        for (sign, field) in (ITEM + 1..).zip(&fields[..=HEADERS.len()]) {
            field.put(sign, &mut text);
        }
        assert_eq!(AnswerRecord::read(&text).headers(), fields[1..=HEADERS.len()]);
    }

    #[test]
    fn any_text_comes_through() {
        for text in ["", "a", "\0", "\u{1}", "\u{2}", "\u{1}0", "a\0b\u{1}c\u{2}d", "é😀\u{3}"] {
            let mut out = String::new();
            text.put(ITEM + 2, &mut out);
            put(ITEM, text, &mut out);
            "z".put(ITEM + 9, &mut out);
            put(ITEM, "", &mut out);
            assert_eq!(out.matches('\u{2}').count(), 0);
            let read = NoAnswerRecord::read(&out);
            assert_eq!((read.fault(), read.says()), ("", text));
            assert_eq!(read.rest().collect::<Vec<_>>(), [text, ""]);
        }
    }

    #[test]
    fn a_list_holds_any_texts() {
        assert_eq!(list(""), [""; 0]);
        assert_eq!(list("\u{3}a\0\u{3}\u{1}3\u{1}1\u{1}0\u{3}"), ["", "a\0", "\u{3}\u{1}\0"]);
    }

    #[test]
    fn fields_are_written_by_their_kind_and_left_out_when_they_are_empty() {
        let mut out = String::new();
        let mut first = OutputRecord::new(&mut out);
        first.order("wait");
        first.ms(0);
        first.call(u32::MAX);
        first.url("");
        first.may_have_run(false);
        first.duration_ms(Duration::from_micros(1_234_567));
        first.add("");
        OutputRecord::new(&mut out).looks(true);
        assert_eq!(out, "!wait\0#0\0\"4294967295\0/1234567\0 \0\u{2}*1\0");
    }
}
