//! Applies the faults that strike a request to the org's answer, and tells the host how to send it.

use std::borrow::Cow;

use okta_groups::page::links;
use serde_json::Value;

use crate::faults::{Act, Delivery, Fault, FaultOptions, Faults, Instead, Pace, Strike, Struck};
use crate::message::{Request, Response};
use crate::operation::Operation;
use crate::org::{Org, is_rule_create};
use crate::store::Store;
use crate::url::{push_pair, query_pairs};
use crate::{cors, time};

/// Creates of rules within this time count as concurrent.
const BURST_MS: i64 = 1_000;

impl Org {
    /// Whether the org refuses the create of a rule because of concurrent creates. Of six at once two were refused (recorded);
    /// that it is the second of every three is a guess.
    fn is_crowded(&mut self, request: &Request, now_ms: i64) -> bool {
        if !is_rule_create(request) || self.creating < 2 {
            return false;
        }
        let (count, since_ms) = self.burst;
        let (count, since_ms) =
            if now_ms.saturating_sub(since_ms) < BURST_MS { (count + 1, since_ms) } else { (1, now_ms) };
        self.burst = (count, since_ms);
        count % 3 == 2
    }

    /// Replaces all faults; each rule counts from the start.
    pub fn set_faults(&mut self, options: FaultOptions) {
        self.faults = Faults::new(options.clone());
        self.options.faults = options;
    }

    /// Answers `request` at `now_ms` as [`Org::handle`] does, with the faults of [`Options::faults`](crate::Options::faults).
    /// The host carries out the returned delivery.
    pub fn deliver(&mut self, request: &Request, now_ms: i64) -> Delivery {
        if let Some(response) = self.control(request) {
            return Delivery { delay_ms: 0, act: Act::Answer(response, Pace::Whole) };
        }
        let (marked, request) = (request, without_mark(request));
        let operation = Operation::of(&request.method, request.split().0).ok().map(|it| it.row());
        let strikes = if cors::is_preflight(&request) {
            Vec::new()
        } else {
            self.faults.strikes(&request, operation.map(|row| row.route))
        };
        let is_list = operation.is_some_and(|row| row.is_list);
        let latency = strikes.iter().map(|strike| match strike.fault {
            Fault::Latency(ms) => ms,
            _ => 0,
        });
        let delay_ms = latency.fold(0, u32::saturating_add);
        let instead = strikes.iter().find_map(|strike| {
            let after = strike.after && !strike.fault.says_not_done();
            Some((strike.fault.instead(is_list, &request, self.options.quirks)?, after))
        });
        let is_too_long =
            |most: u32| request.path_and_query.len() > usize::try_from(most).unwrap_or(usize::MAX);
        if self.options.quirks.max_url.is_some_and(is_too_long) {
            let page = page(414, "text/html", "<html><h1>414 Request-URI Too Large</h1></html>", now_ms);
            return Delivery { delay_ms, act: Act::Answer(page, Pace::Whole) };
        }
        let instead = instead.or_else(|| {
            self.is_crowded(&request, now_ms)
                .then(|| (Instead::Refuse(Struck::error(423, "E0000239")), false))
        });
        let mut response = match instead {
            None => self.handle(&request, now_ms),
            Some((Instead::Refuse(mut struck), ran)) => {
                if let Struck::Error { after, .. } = &mut struck {
                    *after = ran;
                }
                self.respond(&request, now_ms, Some(&struck))
            }
            Some((other, ran)) => {
                if ran {
                    self.handle(&request, now_ms);
                }
                match other {
                    Instead::Hang => return Delivery { delay_ms, act: Act::Hang },
                    Instead::Reset => return Delivery { delay_ms, act: Act::Reset },
                    Instead::Page(status, content_type, body) => page(status, content_type, body, now_ms),
                    Instead::Refuse(_) => self.handle(&request, now_ms),
                }
            }
        };
        let mut pace = Pace::Whole;
        for Strike { fault, .. } in &strikes {
            match fault {
                Fault::CutBody(after) => {
                    pace = Pace::Cut((*after).min(response.body.len().saturating_sub(1)))
                }
                Fault::TruncatedBody(after) => truncate(&mut response.body, *after),
                Fault::SlowBody { chunk, pause_ms } => {
                    pace = Pace::Slow { chunk: (*chunk).max(1), pause_ms: *pause_ms };
                }
                Fault::Lag(lag_ms) if is_list && response.status == 200 => {
                    hide_young(&mut response, &self.store, now_ms - i64::from(*lag_ms));
                }
                Fault::DuplicateHeaders => {
                    let again: Vec<_> =
                        response.headers.iter().filter(|it| is_rate(&it.0)).cloned().collect();
                    response.headers.extend(again);
                }
                Fault::MissingHeaders => response.headers.retain(|(name, _)| !is_rate(name)),
                Fault::HiddenDate => response.headers.retain(|(name, _)| name != "Date"),
                Fault::ClockOffset(offset_ms) => shift_clock(&mut response, *offset_ms, now_ms),
                bent if is_list && response.status == 200 => {
                    bend_next(&mut response, bent, marked);
                }
                _ => {}
            }
        }
        if response.body.is_empty() && matches!(pace, Pace::Cut(_)) {
            return Delivery { delay_ms, act: Act::Reset };
        }
        Delivery { delay_ms, act: Act::Answer(response, pace) }
    }
}

fn is_rate(header: &str) -> bool {
    header.starts_with("X-Rate-Limit-")
}

/// The page of a proxy that answers in the org's place, without the org's headers, also without those of CORS.
fn page(status: u16, content_type: &str, body: &str, now_ms: i64) -> Response {
    let headers: Vec<(Cow<'static, str>, String)> =
        vec![("Date".into(), time::http_date(now_ms)), ("Content-Type".into(), content_type.to_owned())];
    Response { status, headers, body: body.to_owned() }
}

/// Removes from a list the groups that were added, and the people that were created, after this time.
fn hide_young(response: &mut Response, store: &Store, after_ms: i64) {
    let created_after = time::iso(after_ms);
    let is_young = |item: &Value| {
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        match text("id") {
            Some(id) if store.users.number(id).is_some() => {
                text("created").is_some_and(|created| created > created_after.as_str())
            }
            Some(id) => store.group(id).is_some_and(|group| group.added_ms > after_ms),
            None => false,
        }
    };
    if let Ok(Value::Array(mut items)) = serde_json::from_str(&response.body) {
        items.retain(|item| !is_young(item));
        response.body = Value::Array(items).to_string();
    }
}

fn truncate(body: &mut String, after: usize) {
    let most = after.min(body.len().saturating_sub(1));
    let end = (0..=most).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(0);
    body.truncate(end);
}

fn shift_clock(response: &mut Response, offset_ms: i64, now_ms: i64) {
    for (name, value) in &mut response.headers {
        match name.as_ref() {
            "Date" => *value = time::http_date(now_ms.saturating_add(offset_ms)),
            "X-Rate-Limit-Reset" => {
                if let Ok(reset) = value.parse::<i64>() {
                    *value = reset.saturating_add(offset_ms / 1000).to_string();
                }
            }
            _ => {}
        }
    }
}

/// Falsifies the `next` of a page. A list without `Link` headers (of a `q`) stays as it is.
fn bend_next(response: &mut Response, fault: &Fault, request: &Request) {
    let own: Vec<_> = response
        .get_all("link")
        .flat_map(links)
        .map(|link| (link.is("next"), link.target.to_owned()))
        .collect();
    let Some((_, this)) = own.iter().find(|(is_next, _)| !is_next) else { return };
    let base = this.split('?').next().unwrap_or_default();
    let true_next = own.iter().find(|(is_next, _)| *is_next).map(|(_, target)| target.as_str());
    let asked = query_pairs(request.split().1);
    let next = match fault {
        Fault::NextHost(origin) => true_next.map(|next| {
            let path = next.find("/api/").and_then(|at| next.get(at..)).unwrap_or_default();
            [origin.trim_end_matches('/'), path].concat()
        }),
        Fault::NextLoses(name) => true_next.map(|next| {
            let pairs = query_pairs(next.split_once('?').map_or("", |(_, query)| query));
            url(base, pairs.iter().filter(|(other, _)| other != name))
        }),
        Fault::NextSelf => Some(url(base, &asked)),
        Fault::NextFirst => Some(url(base, asked.iter().filter(|(name, _)| name != "after"))),
        Fault::EmptyPage => {
            response.body = "[]".to_owned();
            let after =
                asked.iter().find(|(name, _)| name == "after").map_or("", |(_, after)| after.as_str());
            let marked = ("after".to_owned(), mark(after));
            let others = asked.iter().filter(|(name, _)| name != "after");
            Some(url(base, others.chain([&marked])))
        }
        _ => return,
    };
    response.headers.retain(|(name, _)| name != "Link");
    response.headers.push(("Link".into(), format!("<{this}>; rel=\"self\"")));
    if let Some(next) = next {
        response.headers.push(("Link".into(), format!("<{next}>; rel=\"next\"")));
    }
}

fn url<'a>(base: &str, pairs: impl IntoIterator<Item = &'a (String, String)>) -> String {
    let mut query = String::new();
    pairs.into_iter().for_each(|(name, value)| push_pair(&mut query, name, value));
    [base, &query].concat()
}

/// Begins a cursor that leads on from an empty page, followed by the number of empty pages before it.
const MARK: &str = "empty";

fn mark(after: &str) -> String {
    let (count, after) = unmark(after).unwrap_or((0, after));
    format!("{MARK}{}.{after}", count + 1)
}

fn unmark(after: &str) -> Option<(u32, &str)> {
    let (count, after) = after.strip_prefix(MARK)?.split_once('.')?;
    Some((count.parse().ok()?, after))
}

/// Replaces a cursor that leads on from an empty page by the cursor that led there, so that the org understands it.
fn without_mark(request: &Request) -> Request {
    let (path, query) = request.split();
    let mut pairs = query_pairs(query);
    let marked = |(name, value): &(String, String)| name == "after" && unmark(value).is_some();
    if !pairs.iter().any(marked) {
        return request.clone();
    }
    for (name, value) in &mut pairs {
        if name == "after"
            && let Some((_, after)) = unmark(value)
        {
            *value = after.to_owned();
        }
    }
    let kept = pairs.iter().filter(|(name, value)| name != "after" || !value.is_empty());
    Request { path_and_query: url(path, kept), ..request.clone() }
}
