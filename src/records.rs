//! What crosses the border of the wasm in one text: a record whose fields have names, and after them a list.
//! `pkg-template/src/records.js` has the same names in the same order; a test here holds the two equal.
//!
//! Fields are apart by U+0000, records by U+0002; in a field, these and U+0001 are escaped. An absent field is empty.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only tested elsewhere"))]

use std::borrow::Cow;

/// Of each record only where its fields are: one function reads the parts of any, one puts them in their places.
macro_rules! records {
    ($($(#[$doc:meta])* $way:ident $name:ident { $($field:ident)* })*) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name<'a>(Vec<Cow<'a, str>>);

            const _: () = {
                #[allow(non_camel_case_types, reason = "places are named as fields are")]
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
    (read $name:ident { $($field:ident)* }) => {
        impl<'a> $name<'a> {
            pub(crate) fn read(text: &'a str) -> Self {
                $name(read(text))
            }

            $(pub(crate) fn $field(&self) -> &str {
                part(&self.0, Place::$field as usize)
            })*

            /// The list after the fields.
            #[allow(dead_code, reason = "not every record has one")]
            pub(crate) fn rest(&self) -> &[Cow<'a, str>] {
                self.0.get(Place::Rest as usize..).unwrap_or_default()
            }
        }
    };
    (written $name:ident { $($field:ident)* }) => {
        impl<'a> $name<'a> {
            pub(crate) fn new() -> Self {
                $name(empty(Place::Rest as usize))
            }

            $(pub(crate) fn $field(&mut self, value: impl Into<Cow<'a, str>>) {
                put(&mut self.0, Place::$field as usize, value.into());
            })*

            /// Adds to the list after the fields.
            #[allow(dead_code, reason = "not every record has one")]
            pub(crate) fn add(&mut self, value: impl Into<Cow<'a, str>>) {
                self.0.push(value.into());
            }

            /// Adds it to the records of `out`.
            pub(crate) fn write(&self, out: &mut String) {
                write(&self.0, out);
            }
        }
    };
}

records! {
    /// What a client is made with; then its own headers, names and values in turns.
    read ClientRecord {
        org_url org user_agent credential max_response_bytes max_concurrency reserve rejects_links is_session prevents
        page_origin listens names_buckets timeout total_timeout max_attempts base_delay max_delay max_rate_limit_wait
    }
    /// What begins a call; then its own headers. `ids` are those of the path, one after another, or all its segments where
    /// `operation` is empty; `query` has names and values in turns.
    read CallRecord {
        operation method idempotent goal ids query body name update is_bulk timeout total_timeout max_attempts base_delay
        max_delay max_rate_limit_wait
    }
    /// What begins a list; then its own headers. `ids` and `query` are as a call's; there an empty value is none.
    read ListRecord {
        operation ids cursor query link timeout total_timeout max_attempts base_delay max_delay max_rate_limit_wait
    }
    /// The facts of an answer; then the causes of an error, or of each group of a page that is looked through its type
    /// and name.
    read AnswerRecord {
        status limit remaining reset date retry_after request_id content_type www_authenticate link shape items beginning
        id error_code error_summary error_description message error error_id
    }
    /// Why no whole answer came; then the codes that the error gives.
    read NoAnswerRecord { fault says is_unsent status }
    /// What begins a plan of memberships, its run, or both. Each list is a field with a line for each id. The fields from
    /// `org` on are those of a stored plan.
    read MembersRecord {
        group plans runs desired by skips_unresolved mode rule_managed removals count allow_empty keep order concurrency stops_on
        total_timeout max_failed_adds if_stale verify dry_run
        org updated at add remove unchanged unknown kept plan_rule_managed plan_removals plan_count planned done
        unresolved unresolved_value unresolved_reason plan_skips
    }
    /// What happened to a run of memberships; then of each member, user or rule that was read four texts.
    read StepRecord { place kind code status type_ updated at is_last }
    /// What a run of memberships does next. Each list is a field with a line for each entry. Then of each unresolved value
    /// three texts: the value, the reason, and the ids of candidates with a blank between two.
    written OrderRecord {
        order place search name rules ms status org updated at adds removes unchanged skipped warnings removals count rule_managed
        keep already_ok planned done ok stopped withheld verifies unverified
    }
    /// How far a run of memberships is.
    written ProgressRecord { total done failed in_flight eta_ms reset_at }
    /// What is to be done next; then the headers to send, or the records of events.
    written OutputRecord {
        order call ms method url body attempt max_bytes expects looks may_have_run request_id attempts duration_ms
        waited_ms item cursor
    }
    /// A failure; then the causes of an API's error, and of each of so many warnings its parameter, attribute, operator,
    /// reason and message.
    written FailureRecord {
        kind message argument phase timeout_ms maybe_cors reason status method path content_type snippet request_id code
        summary error_id missing_scope attempts retry_after_ms may_have_run transient cursor of has_page answer_status
        answer_id url answer_attempts duration_ms waited_ms warnings
    }
    /// What a call did.
    written EventRecord { type_ id method path attempt status duration_ms request_id delay_ms bucket reason wait_ms from to }
}

/// The parts of a record.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    // A slice, not a `char`: the searcher for one is larger.
    text.split(&['\0'][..]).map(plain)
}

/// What a call is told, by these numbers.
pub(crate) const INPUTS: [&str; 10] =
    ["named", "woken", "proof", "noProof", "answer", "noAnswer", "renewed", "merged", "timeUp", "abort"];

/// What a run of memberships is told, by these numbers.
pub(crate) const MEMBER_INPUTS: [&str; 11] =
    ["next", "abort", "stop", "group", "page", "users", "rules", "unread", "user", "wrote", "looked"];

fn plain(part: &str) -> Cow<'_, str> {
    if !part.as_bytes().contains(&1) {
        return part.into();
    }
    let mut plain = String::with_capacity(part.len());
    let mut is_escaped = false;
    for c in part.chars() {
        match (is_escaped, c) {
            (false, '\u{1}') => is_escaped = true,
            (false, c) => plain.push(c),
            (true, c) => {
                is_escaped = false;
                plain.push(char::from((c as u32 as u8).wrapping_sub(b'0')));
            }
        }
    }
    plain.into()
}

fn read(text: &str) -> Vec<Cow<'_, str>> {
    parts(text).collect()
}

fn part<'a>(parts: &'a [Cow<'_, str>], at: usize) -> &'a str {
    parts.get(at).map_or("", AsRef::as_ref)
}

fn empty(fields: usize) -> Vec<Cow<'static, str>> {
    vec![Cow::Borrowed(""); fields]
}

fn put<'a>(parts: &mut [Cow<'a, str>], at: usize, value: Cow<'a, str>) {
    if let Some(part) = parts.get_mut(at) {
        *part = value;
    }
}

fn write(parts: &[Cow<'_, str>], out: &mut String) {
    if !out.is_empty() {
        out.push('\u{2}');
    }
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push('\0');
        }
        if part.bytes().all(|b| b > 2) {
            out.push_str(part);
            continue;
        }
        for c in part.chars() {
            if c > '\u{2}' {
                out.push(c);
            } else {
                out.push('\u{1}');
                out.push(char::from(b'0' + c as u32 as u8));
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
        for (name, fields) in
            NAMES.iter().copied().chain([("Inputs", &INPUTS[..]), ("MemberInputs", &MEMBER_INPUTS[..])])
        {
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
    fn any_text_comes_through() {
        for text in ["", "a", "\0", "\u{1}", "\u{2}", "\u{1}0", "a\0b\u{1}c\u{2}d", "é😀\u{3}"] {
            let mut out = String::new();
            write(&["".into(), text.into(), "".into(), "".into(), text.into()], &mut out);
            assert_eq!(out.matches('\u{2}').count(), 0);
            let read = NoAnswerRecord::read(&out);
            assert_eq!((read.says(), read.rest()), (text, &[Cow::Borrowed(text)][..]));
        }
    }
}
