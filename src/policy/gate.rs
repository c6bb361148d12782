//! The rate-limit gate: decides when a request may be sent. Sends and retries nothing.

use super::clock::SECOND;
use super::line::{Line, steps};
use super::pace::Pace;
use super::{Limit, RateHeaders, RateView, ServerClock, doubled, jitter, millis};
use crate::time::Duration;

/// How the client throttles itself. The defaults are explained in docs/okta-facts.md#concurrency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimitOptions {
    /// The most requests in flight, over all buckets. Default 10: "Even large bulk loads rarely require more
    /// than 10 simultaneous transactions". Browsers should pass 6, the number of their connections.
    pub max_concurrency: u32,
    /// The share of each bucket that the client leaves to others, from 0 to 1. Default 0.1.
    pub reserve: f64,
    /// Whether requests carry a user's session cookie, whose windows may last 10 s
    /// (docs/okta-facts.md#windows). Default false.
    pub session: bool,
    /// Whether the gate holds requests back before the server refuses them. Default true. Without it the
    /// client waits only after a 429.
    pub prevent: bool,
}

impl Default for RateLimitOptions {
    fn default() -> Self {
        Self { max_concurrency: 10, reserve: 0.1, session: false, prevent: true }
    }
}

/// Which waiting requests the gate admits first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Priority {
    /// A user waits for the answer.
    #[default]
    Interactive,
    /// One of many requests, such as a write of a membership plan.
    Bulk,
}

/// A request's place at the gate, from [`Gate::enqueue`] until [`Gate::done`] or [`Gate::cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TicketId {
    number: u64,
    bucket: usize,
    priority: Priority,
}

impl TicketId {
    /// The ticket's number, unique within its gate.
    pub(crate) const fn number(self) -> u64 {
        self.number
    }
}

/// The gate's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admit {
    /// Send now. The ticket counts as in flight from here on.
    Go,
    /// Ask again at this time, on the clock of `now`.
    At(Duration, Wait),
    /// Ask again when the gate changes (another ticket is sent, done or cancelled), at the latest at `until`.
    WhenChanged {
        /// What the request waits for.
        wait: Wait,
        /// When the window ends that the requests in flight use up, on the clock of `now`.
        until: Option<Duration>,
    },
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The bucket has no requests left, beyond those that others are expected to send.
    Remaining,
    /// The bucket's remaining requests are reserved for others.
    Reserve,
    /// The concurrency limit: enough requests are in flight.
    Concurrency,
    /// Other requests are first.
    Turn,
}

impl Wait {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Wait::Remaining => "remaining",
            Wait::Reserve => "reserve",
            Wait::Concurrency => "concurrency",
            Wait::Turn => "turn",
        }
    }
}

/// What a reply taught the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learnt {
    /// For a 429, the limit that caused it.
    pub limited: Option<Limit>,
    /// The reply's `Retry-After`. After a 429 the gate itself waits for it.
    pub retry_after: Option<Duration>,
    /// After a 429: the time until the bucket opens again; `None` if it is unknown.
    pub opens_in: Option<Duration>,
}

/// The last known state of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit<'a> {
    /// The bucket's name; see [`bucket_of`](crate::request::bucket_of).
    pub bucket: &'a str,
    /// Requests per window.
    pub limit: u32,
    /// Requests left in the window.
    pub remaining: u32,
    /// How many of `remaining` the client leaves to others ([`RateLimitOptions::reserve`]).
    pub reserved: u32,
    /// When the window ends: epoch milliseconds on the server's clock.
    pub reset_at: i64,
    /// The time until the window is certainly over, independent of the local wall clock; zero once it is
    /// over.
    pub resets_in: Duration,
    /// How long a window is.
    pub window: Duration,
    /// The client's requests in flight.
    pub in_flight: u32,
    /// The kind of the limit that was hit last.
    pub kind: RateLimitKind,
}

/// The kind of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitKind {
    /// Requests per window.
    Window,
    /// Concurrent requests.
    Concurrency,
}

impl RateLimitKind {
    /// The name of the kind in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            RateLimitKind::Window => "window",
            RateLimitKind::Concurrency => "concurrency",
        }
    }
}

/// The length of all windows but a session's, in milliseconds (docs/okta-facts.md#windows; recorded: 26 of 26
/// windows).
const WINDOW: i64 = 60_000;
/// The length of a session's window. A limit of at most 40 marks it (docs/okta-facts.md#windows).
const SESSION_WINDOW: i64 = 10_000;
const SESSION_LIMIT: u32 = 40;
/// Two nodes may cut the end of one window to different seconds; different windows end at least ten seconds
/// apart.
const SAME_WINDOW: i64 = SECOND;
/// Spreads the requests that wait for the same reset (docs/okta-facts.md#waiting-for-a-window).
const RESET_JITTER: Duration = Duration::from_millis(250);
/// How many requests probe the state of an unknown bucket while the rest wait
/// (docs/okta-facts.md#waiting-for-a-window).
const PROBES: usize = 2;
/// After the end of a window one request probes; a second one if the first has no answer after this time.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);
/// The ceiling of the pause after a 429 without a time: 2 s, doubled each time
/// (docs/okta-facts.md#waiting-for-a-window).
const PAUSE_BASE: Duration = Duration::from_secs(2);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// With at most this many requests in flight besides it, a reply's measure of the others' requests replaces
/// the former one.
const LONE: usize = 2;
/// The gate admits a waiting bulk request after this many interactive ones, so that bulk requests never
/// starve.
const INTERACTIVE_PER_BULK: u32 = 8;
/// The most buckets that the gate keeps. Okta has fewer; a program's own bucket rule may name any number.
const MAX_BUCKETS: usize = 64;
/// The bucket for requests of all buckets beyond that number.
const OTHERS: &str = "others";

/// Decides when a request may be sent, for all clients of one org and credential
/// (docs/okta-facts.md#buckets).
///
/// A ticket either waits in its bucket's lane or is in flight, and every count changes as the ticket moves
/// between them, so that no permit is returned twice or never. The server enforces the limit; the gate only
/// holds back each request that the last headers, less the requests in flight, do not cover.
#[derive(Clone, Debug)]
pub struct Gate {
    options: RateLimitOptions,
    clock: ServerClock,
    pace: Pace,
    buckets: Vec<Bucket>,
    flights: Line<Flight>,
    /// The number of good replies.
    goods: u64,
    next_number: u64,
    interactive_in_row: u32,
    /// The latest time that the gate was given.
    now: Duration,
}

#[derive(Clone, Debug)]
struct Flight {
    probe: bool,
    sent: Option<SendTimes>,
}

#[derive(Clone, Copy, Debug)]
struct SendTimes {
    at: Duration,
    /// Requests in flight at that time, this one included.
    in_flight: usize,
    /// Good replies until that time.
    goods: u64,
    /// What was spent of the bucket's window by then, if that was known.
    before: Option<Spent>,
}

/// How much of a window is used up.
#[derive(Clone, Copy, Debug)]
struct Spent {
    all: u32,
    /// The least number of requests by others in `all`.
    others: u32,
    /// The client's own requests that were in flight before.
    flying: u32,
    /// When this was learnt.
    learnt: Duration,
}

#[derive(Clone, Debug)]
struct Bucket {
    name: Box<str>,
    /// The numbers of the waiting tickets in order: interactive, then bulk.
    lanes: [Line<()>; 2],
    /// How many of the bucket's requests are in flight, and how many of those are probes. Only [`Gate::fly`]
    /// and [`Gate::take`] change them.
    in_flight: usize,
    probing: usize,
    probed: Duration,
    /// The number of the newest ticket.
    last: u64,
    window: Option<Window>,
    /// Whether good replies come without rate-limit headers.
    blind: bool,
    paused_until: Duration,
    /// How many 429s without a time came since the last good reply, and when the first of them came.
    strikes: u32,
    struck: Duration,
    last_hit: RateLimitKind,
    /// How many requests others send in a millisecond, and for each of the client's own; and how many
    /// milliseconds the client's last request took (docs/okta-facts.md#several-processes).
    rate: f64,
    ratio: f64,
    trip: f64,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    limit: u32,
    remaining: u32,
    /// How many of the client's requests the replies count.
    own: u32,
    /// When `remaining` was learnt.
    learnt: Duration,
    /// Epoch milliseconds on the server's clock.
    reset: i64,
    length: i64,
    /// When the window was last known to have just begun or to be still on: it ends within its length from
    /// then.
    seen: Duration,
}

enum Verdict {
    Open { probe: bool },
    Until(Duration, Wait),
    Busy(Wait, Option<Duration>),
}

impl Gate {
    /// A gate without any knowledge of the org.
    #[must_use]
    pub fn new(options: RateLimitOptions) -> Self {
        Self {
            options,
            clock: ServerClock::default(),
            pace: Pace::new(if options.prevent { options.max_concurrency } else { u32::MAX }),
            buckets: Vec::new(),
            flights: Line::new(),
            goods: 0,
            next_number: 0,
            interactive_in_row: 0,
            now: Duration::ZERO,
        }
    }

    /// Joins the queue of a bucket: [`bucket_of`](crate::request::bucket_of), or the program's own rule.
    pub fn enqueue(&mut self, bucket: &str, priority: Priority) -> TicketId {
        let bucket = self.place_of(bucket);
        let ticket = TicketId { number: self.next_number, bucket, priority };
        self.next_number += 1;
        if let Some(bucket) = self.buckets.get_mut(bucket) {
            bucket.last = ticket.number;
        }
        self.again(ticket);
        ticket
    }

    /// The index of the bucket with that name. If there are too many buckets, the new one replaces the bucket
    /// that has been idle for longest. A call that rests between two attempts while its bucket is replaced
    /// continues in the new bucket: the window's state is lost, the call's turn is not.
    fn place_of(&mut self, name: &str) -> usize {
        if let Some(known) = self.buckets.iter().position(|known| *known.name == *name) {
            return known;
        }
        let idle = self
            .buckets
            .iter()
            .enumerate()
            .filter(|(_, bucket)| *bucket.name != *OTHERS && bucket.is_idle(&self.clock, self.now));
        match idle.min_by_key(|(_, bucket)| bucket.last) {
            _ if self.buckets.len() < MAX_BUCKETS - usize::from(name != OTHERS) => {
                self.buckets.push(Bucket::new(name));
                self.buckets.len() - 1
            }
            Some((place, _)) => {
                if let Some(bucket) = self.buckets.get_mut(place) {
                    *bucket = Bucket::new(name);
                }
                place
            }
            None => self.place_of(OTHERS),
        }
    }

    /// Puts a ticket that was done back into its queue, in its old place before later tickets.
    pub fn again(&mut self, ticket: TicketId) {
        self.cancel(ticket);
        if let Some(bucket) = self.buckets.get_mut(ticket.bucket) {
            bucket.lane(ticket.priority).put(ticket.number, ());
        }
    }

    /// Asks whether the request may be sent now. After [`Admit::Go`] the answer stays the same until `done`
    /// or `cancel`. A cancelled ticket never goes.
    pub fn ask(&mut self, ticket: TicketId, now: Duration, random: f64) -> Admit {
        self.now = self.now.max(now);
        if self.flights.get_mut(ticket.number).is_some() {
            return Admit::Go;
        }
        let when_changed = |wait| Admit::WhenChanged { wait, until: None };
        let Some(bucket) = self.buckets.get(ticket.bucket) else { return when_changed(Wait::Turn) };
        let spread = |at: Duration| at.saturating_add(jitter(RESET_JITTER, random));
        let probe = match self.verdict(bucket, now) {
            Verdict::Until(at, wait) => return Admit::At(spread(at), wait),
            Verdict::Busy(wait, until) => return Admit::WhenChanged { wait, until: until.map(spread) },
            Verdict::Open { probe } => probe,
        };
        if self.flights.len() >= self.pace.cap() {
            return when_changed(Wait::Concurrency);
        }
        if self.first_in_line(now) != Some(ticket) {
            return when_changed(Wait::Turn);
        }
        // Only the first ticket gets the time: thousands of timers would fire to send one request.
        if let Some(at) = self.pace.opens(now) {
            return Admit::At(at, Wait::Concurrency);
        }
        self.take(ticket);
        self.interactive_in_row = match ticket.priority {
            Priority::Interactive => self.interactive_in_row.saturating_add(1),
            Priority::Bulk => 0,
        };
        self.fly(ticket, probe, now);
        Admit::Go
    }

    fn fly(&mut self, ticket: TicketId, probe: bool, now: Duration) {
        self.flights.put(ticket.number, Flight { probe, sent: None });
        if let Some(bucket) = self.buckets.get_mut(ticket.bucket) {
            bucket.in_flight += 1;
            if probe {
                bucket.probing += 1;
                bucket.probed = now;
            }
        }
    }

    /// The tickets to ask again after a change; every other ticket would have to wait for its turn.
    pub fn heads(&self) -> impl Iterator<Item = TicketId> + '_ {
        self.buckets.iter().enumerate().flat_map(|(bucket, state)| {
            [Priority::Interactive, Priority::Bulk].into_iter().zip(&state.lanes).filter_map(
                move |(priority, lane)| lane.first().map(|number| TicketId { number, bucket, priority }),
            )
        })
    }

    /// The request is being sent.
    pub fn sent(&mut self, ticket: TicketId, now: Duration) {
        let in_flight = self.flights.len();
        self.now = self.now.max(now);
        let bucket = self.buckets.get(ticket.bucket);
        let before = bucket.and_then(|it| {
            it.live_until(&self.clock, now).and(it.spent(it.in_flight.saturating_sub(1) as u32))
        });
        if let Some(flight) = self.flights.get_mut(ticket.number) {
            flight.sent = Some(SendTimes { at: now, in_flight, goods: self.goods, before });
        }
    }

    /// Takes the reply of a request: frees its permit and learns from the headers.
    pub fn done(&mut self, ticket: TicketId, reply: &RateView<'_>, now: Duration, random: f64) -> Learnt {
        let Some(SendTimes { at: sent, in_flight, goods, before }) =
            self.take(ticket).and_then(|flight| flight.sent)
        else {
            return Learnt::default();
        };
        self.now = self.now.max(now);
        let headers = RateHeaders::parse(reply, &self.clock, now);
        let length = match headers.limit {
            Some(..=SESSION_LIMIT) if self.options.session => SESSION_WINDOW,
            _ => WINDOW,
        };
        let window = headers.window();
        let limited = (reply.status == 429).then(|| headers.limit_hit());
        let ends = window.map(|(_, _, reset)| (reset, length));
        let stepped = self.clock.learn(headers.date, ends, limited == Some(Limit::Window), sent, now);
        if stepped {
            self.buckets.iter_mut().for_each(|bucket| bucket.window = None);
        }
        let good = limited.is_none() && reply.status < 500;
        let mut learnt = Learnt { limited, retry_after: headers.retry_after, opens_in: None };
        let Some(bucket) = self.buckets.get_mut(ticket.bucket) else { return learnt };

        if let Some((limit, remaining, reset)) = window {
            let own = u32::from(limited.is_none());
            bucket.learn(Window { limit, remaining, own, learnt: now, reset, length, seen: now });
            // Of a window that has just begun everything is known.
            let begun = reset - length + 2 * SECOND;
            let is_new = self.clock.earliest(now).is_some_and(|time| time < begun);
            let new = is_new.then_some(Spent { all: 0, others: 0, flying: u32::MAX, learnt: sent });
            if let Some(since) = before.or(new).filter(|_| limited.is_none()) {
                bucket.watch(since, before.is_none(), sent, now);
            }
        } else if limited != Some(Limit::Concurrency) {
            bucket.spend();
        }
        let shut = limited == Some(Limit::Window) && bucket.shut(headers.reset, now);
        let live_until = bucket.live_until(&self.clock, now);
        if good {
            bucket.blind = window.is_none() && live_until.is_none();
            bucket.strikes = 0;
            bucket.last_hit = RateLimitKind::Window;
            self.goods += 1;
            self.pace.good(now);
        }
        // Okta documents no such header on a 429, but a proxy may send one.
        let known_end = live_until.filter(|_| shut);
        if let Some(pause) = headers.retry_after
            && (shut || limited == Some(Limit::Concurrency))
        {
            let until = now.saturating_add(pause);
            if known_end.is_none_or(|end| until > end) {
                bucket.paused_until = bucket.paused_until.max(until);
            }
        }
        match limited {
            Some(Limit::Concurrency) => {
                bucket.last_hit = RateLimitKind::Concurrency;
                let others = self.flights.len();
                // A later request may have overtaken this one.
                let in_flight =
                    if others == 0 && self.goods == goods { 1 } else { in_flight.max(others + 1).max(2) };
                self.pace.refused(in_flight, sent, now);
            }
            // If the window has ended meanwhile, the next request may be sent at once.
            Some(_) if shut => {
                bucket.last_hit = RateLimitKind::Window;
                if let Some(end) = live_until.filter(|_| !self.options.prevent) {
                    bucket.paused_until = bucket.paused_until.max(end);
                }
            }
            Some(_) => {
                let hidden = bucket.blind && headers.limit.is_none() && headers.remaining.is_none();
                learnt.limited = Some(if hidden { Limit::Hidden } else { Limit::Unknown });
                bucket.pause(headers.retry_after, sent, now, random);
            }
            None => {}
        }
        if limited.is_some()
            && (known_end.is_some() || headers.retry_after.is_some())
            && let Some(bucket) = self.buckets.get(ticket.bucket)
            && let Verdict::Until(at, _) = self.verdict(bucket, now)
        {
            learnt.opens_in = Some(at.saturating_sub(now));
        }
        learnt
    }

    /// Drops a request that is not wanted any more or failed without a reply: it leaves the queue, or its
    /// permit is freed.
    pub fn cancel(&mut self, ticket: TicketId) {
        let sent = self.take(ticket).is_some_and(|flight| flight.sent.is_some());
        if let Some(bucket) = self.buckets.get_mut(ticket.bucket).filter(|_| sent) {
            bucket.spend();
        }
    }

    /// The buckets with known limits.
    pub fn rate_limits(&self, now: Duration) -> impl Iterator<Item = RateLimit<'_>> {
        self.buckets.iter().filter_map(move |bucket| {
            let window = bucket.window?;
            let until = bucket.live_until(&self.clock, now);
            Some(RateLimit {
                bucket: &bucket.name,
                limit: window.limit,
                remaining: window.remaining,
                reserved: self.reserved(&window),
                reset_at: window.reset,
                resets_in: until.map_or(Duration::ZERO, |until| until.saturating_sub(now)),
                window: Duration::from_millis(window.length as u64),
                in_flight: bucket.in_flight as u32,
                kind: bucket.last_hit,
            })
        })
    }

    /// The name of a ticket's bucket.
    #[must_use]
    pub fn bucket(&self, ticket: TicketId) -> &str {
        self.buckets.get(ticket.bucket).map_or("", |bucket| &bucket.name)
    }

    fn verdict(&self, bucket: &Bucket, now: Duration) -> Verdict {
        steps(1);
        if now < bucket.paused_until {
            return Verdict::Until(bucket.paused_until, Wait::Remaining);
        }
        if !self.options.prevent {
            return Verdict::Open { probe: false };
        }
        let live = bucket.window.zip(bucket.live_until(&self.clock, now));
        if let Some((window, end)) = live {
            let reserved = self.reserved(&window);
            let spare = window.remaining.saturating_sub(reserved);
            let wait = if window.remaining == 0 { Wait::Remaining } else { Wait::Reserve };
            if spare == 0 {
                return Verdict::Until(end, wait);
            }
            if bucket.is_claimed(&window, spare, self.options.max_concurrency, now) {
                return Verdict::Busy(if reserved > 0 { Wait::Reserve } else { Wait::Remaining }, Some(end));
            }
        }
        if (live.is_some() || bucket.blind) && bucket.strikes == 0 {
            return Verdict::Open { probe: false };
        }
        // The known window is over as far as the clock tells. If it is not, one 429 is enough to find out.
        let is_next = bucket.window.is_some() && live.is_none();
        let overdue = bucket.probed.saturating_add(PROBE_PATIENCE);
        match bucket.probing {
            1 if is_next && now < overdue => Verdict::Busy(Wait::Remaining, Some(overdue)),
            PROBES.. => Verdict::Busy(Wait::Remaining, None),
            _ => Verdict::Open { probe: true },
        }
    }

    fn reserved(&self, window: &Window) -> u32 {
        (f64::from(window.limit) * self.options.reserve.clamp(0.0, 1.0)) as u32
    }

    /// The ticket to send next, of the tickets whose buckets are open.
    fn first_in_line(&self, now: Duration) -> Option<TicketId> {
        let first = |priority| {
            let open = |ticket: &TicketId| {
                let bucket = self.buckets.get(ticket.bucket);
                ticket.priority == priority
                    && bucket.is_some_and(|it| matches!(self.verdict(it, now), Verdict::Open { .. }))
            };
            self.heads().filter(open).min_by_key(|ticket| ticket.number)
        };
        let (interactive, bulk) = (first(Priority::Interactive), first(Priority::Bulk));
        if self.interactive_in_row >= INTERACTIVE_PER_BULK {
            bulk.or(interactive)
        } else {
            interactive.or(bulk)
        }
    }

    /// Removes the ticket from the flights or from its lane.
    fn take(&mut self, ticket: TicketId) -> Option<Flight> {
        let flight = self.flights.take(ticket.number);
        let bucket = self.buckets.get_mut(ticket.bucket)?;
        match &flight {
            Some(flight) => {
                bucket.in_flight -= 1;
                bucket.probing -= usize::from(flight.probe);
            }
            None => {
                bucket.lane(ticket.priority).take(ticket.number);
            }
        }
        flight
    }
}

impl Bucket {
    fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            lanes: [Line::new(), Line::new()],
            in_flight: 0,
            probing: 0,
            probed: Duration::ZERO,
            last: 0,
            window: None,
            blind: false,
            paused_until: Duration::ZERO,
            strikes: 0,
            struck: Duration::ZERO,
            last_hit: RateLimitKind::Window,
            rate: 0.0,
            ratio: 0.0,
            trip: 0.0,
        }
    }

    /// Whether the bucket has no requests and no state that still matters.
    fn is_idle(&self, clock: &ServerClock, now: Duration) -> bool {
        let is_empty = self.in_flight == 0 && self.lanes.iter().all(|lane| lane.first().is_none());
        is_empty && self.strikes == 0 && now >= self.paused_until && self.live_until(clock, now).is_none()
    }

    fn lane(&mut self, priority: Priority) -> &mut Line<()> {
        let [interactive, bulk] = &mut self.lanes;
        match priority {
            Priority::Interactive => interactive,
            Priority::Bulk => bulk,
        }
    }

    /// Learns from a reply. Replies may come out of order: an older window is ignored; within a window the
    /// smallest `remaining` counts.
    fn learn(&mut self, new: Window) {
        match &mut self.window {
            // Whatever the known window was, it is over.
            Some(known) if new.seen >= known.seen.saturating_add(longest_wait(known.length)) => *known = new,
            Some(known) if new.reset < known.reset - SAME_WINDOW => {}
            Some(known) if new.reset <= known.reset + SAME_WINDOW => {
                known.limit = new.limit;
                known.own += new.own;
                if new.remaining <= known.remaining {
                    known.remaining = new.remaining;
                    known.learnt = new.learnt;
                }
                known.reset = known.reset.max(new.reset);
            }
            window => *window = Some(new),
        }
    }

    /// Whether others are about to send what one more request would need of the `spare` ones. With none in
    /// flight one request may go, since only its reply tells more.
    fn is_claimed(&self, window: &Window, spare: u32, most: u32, now: Duration) -> bool {
        let (ours, spare) = (self.in_flight as f64 + 1.0, f64::from(spare));
        // `remaining` is half a trip old, and the next request arrives after half a trip.
        let age = millis(now.saturating_sub(window.learnt)) as f64;
        let mut others = self.rate * (self.trip + age);
        let mut is_steep = false;
        if window.own < most {
            // At the start of a window the others send more and more, as this process does.
            others = others.max(self.ratio * ours);
            // With little room the client has no more requests in flight than it has had replies.
            let is_tight = 2.0 * f64::from(most) * (1.0 + self.ratio) > spare;
            is_steep = is_tight && self.ratio > 0.0 && self.in_flight >= window.own as usize;
        }
        self.in_flight > 0 && (is_steep || ours + others > spare)
    }

    /// What is used up of the window. `flying` requests of the client may be counted in it already, so that a
    /// client that is alone sees no requests of others.
    fn spent(&self, flying: u32) -> Option<Spent> {
        let window = self.window?;
        let all = window.limit.saturating_sub(window.remaining);
        let others = all.saturating_sub(window.own.saturating_add(flying));
        Some(Spent { all, others, flying, learnt: window.learnt })
    }

    /// Takes a reply to a request that was sent at `sent`, when `since` was used up: learns how fast others
    /// send. The first reply of a window covers too short a time to forget what the last window taught.
    fn watch(&mut self, since: Spent, is_first: bool, sent: Duration, now: Duration) {
        // Requests that were sent later are hardly ever counted earlier.
        let Some(after) =
            self.spent(since.flying.min(self.in_flight as u32)).filter(|spent| spent.learnt == now)
        else {
            return;
        };
        let others = after.others.saturating_sub(since.others);
        let ours = after.all.saturating_sub(since.all).saturating_sub(others).max(1);
        let elapsed = millis(now.saturating_sub(since.learnt)).max(1);
        let (rate, ratio) = (f64::from(others) / elapsed as f64, f64::from(others) / f64::from(ours));
        self.trip = millis(now.saturating_sub(sent)) as f64;
        if is_first {
            self.rate = self.rate.max(rate);
            self.ratio = self.ratio.max(ratio);
        } else {
            // With few requests in flight a reply covers all the time since the last reply; else the times
            // overlap.
            let news = if self.in_flight <= LONE { 1.0 } else { 0.5 };
            self.rate += (rate - self.rate) * news;
            self.ratio += (ratio - self.ratio) * news;
        }
    }

    /// Counts a request whose reply has no headers: the server has most likely counted it.
    fn spend(&mut self) {
        if let Some(window) = &mut self.window {
            window.remaining = window.remaining.saturating_sub(1);
            window.own += 1;
        }
    }

    /// Takes a 429 that says the window that ends at `reset` is used up. False if that is not the current
    /// window.
    fn shut(&mut self, reset: Option<i64>, now: Duration) -> bool {
        let Some((window, reset)) = self.window.as_mut().zip(reset) else { return false };
        let current = (window.reset - reset).abs() <= SAME_WINDOW;
        if current {
            window.remaining = 0;
            window.seen = now;
        }
        current
    }

    /// Pauses the whole bucket after a 429 without a time. Requests that were in flight by then add nothing.
    fn pause(&mut self, retry_after: Option<Duration>, sent: Duration, now: Duration, random: f64) {
        if sent < self.paused_until {
            return;
        }
        if self.strikes == 0 {
            self.struck = now;
        }
        // A `Retry-After` of zero is believed once.
        let retry_after = retry_after.filter(|pause| self.strikes == 0 || !pause.is_zero());
        let ceiling = doubled(PAUSE_BASE, self.strikes, PAUSE_MAX);
        self.strikes = self.strikes.saturating_add(1);
        self.paused_until = now.saturating_add(retry_after.unwrap_or_else(|| jitter(ceiling, random)));
        // Whatever window is used up, it has ended by then.
        let over = self.struck.saturating_add(longest_wait(WINDOW));
        if retry_after.is_none() && over > now {
            self.paused_until = self.paused_until.min(over);
        }
    }

    /// Until when the known window may last; `None` if it is over. Goes by the slowest time that the server's
    /// clock may show, but never beyond the window's length from when it was seen.
    ///
    /// The reset is cut to the second, so the client waits one second more, as Okta's own SDKs do.
    fn live_until(&self, clock: &ServerClock, now: Duration) -> Option<Duration> {
        let window = self.window?;
        let longest = window.seen.saturating_add(longest_wait(window.length));
        let end = clock.surely_past(window.reset + SECOND).map_or(longest, |past| past.min(longest));
        (millis(now) < millis(end)).then_some(end)
    }
}

/// The time after which a window of this length is over, however its end was cut.
fn longest_wait(length: i64) -> Duration {
    Duration::from_millis((length + SECOND) as u64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::line::count::grows_linearly;
    use super::*;

    const DATE: &str = "Thu, 11 Sep 2025 16:21:50 GMT";
    /// The end of a window, 48 s after [`DATE`] (recorded).
    const RESET: &str = "1757607758";
    const NEXT_RESET: &str = "1757607818";

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn reply<'a>(limit: &'a str, remaining: &'a str, reset: &'a str) -> RateView<'a> {
        RateView {
            status: 200,
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(reset),
            ..RateView::default()
        }
    }

    fn refusal<'a>(limit: &'a str, remaining: &'a str, reset: &'a str) -> RateView<'a> {
        RateView { status: 429, ..reply(limit, remaining, reset) }
    }

    fn busy(wait: Wait) -> Admit {
        Admit::WhenChanged { wait, until: None }
    }

    struct Story {
        gate: Gate,
        now: Duration,
    }

    impl Story {
        fn new(options: RateLimitOptions) -> Self {
            Self { gate: Gate::new(options), now: at(1000) }
        }

        fn unreserved() -> Self {
            Self::new(RateLimitOptions { reserve: 0.0, ..RateLimitOptions::default() })
        }

        fn enqueue(&mut self, priority: Priority) -> TicketId {
            self.gate.enqueue("groups", priority)
        }

        fn ask(&mut self, ticket: TicketId) -> Admit {
            self.gate.ask(ticket, self.now, 0.0)
        }

        /// Sends a new request if the gate admits it.
        fn go(&mut self) -> Result<TicketId, Admit> {
            let ticket = self.enqueue(Priority::Interactive);
            match self.ask(ticket) {
                Admit::Go => {
                    self.gate.sent(ticket, self.now);
                    Ok(ticket)
                }
                wait => {
                    self.gate.cancel(ticket);
                    Err(wait)
                }
            }
        }

        fn done(&mut self, ticket: TicketId, view: RateView<'_>) -> Option<Limit> {
            self.now += at(100);
            self.gate.done(ticket, &RateView { date: Some(DATE), ..view }, self.now, 1.0).limited
        }

        /// One request and its reply.
        fn exchange(&mut self, view: RateView<'_>) -> Option<Limit> {
            let ticket = self.go().unwrap();
            self.done(ticket, view)
        }

        fn remaining(&self) -> u32 {
            self.gate.rate_limits(self.now).next().unwrap().remaining
        }
    }

    #[test]
    fn there_are_64_buckets_at_most() {
        let mut story = Story::unreserved();
        let names: Vec<_> = (0..1000).map(|number| format!("path/{number}")).collect();
        let join = |gate: &mut Gate, name: &String| gate.enqueue(name, Priority::Bulk);
        let tickets: Vec<_> = names.iter().map(|name| join(&mut story.gate, name)).collect();
        assert_eq!(story.gate.buckets.len(), MAX_BUCKETS);
        assert_eq!(story.gate.bucket(tickets[62]), "path/62");
        assert!(tickets[63..].iter().all(|&ticket| story.gate.bucket(ticket) == OTHERS));
        // All requests that share a bucket are first come, first served.
        assert_eq!(story.gate.heads().count(), MAX_BUCKETS);
        tickets.iter().for_each(|&ticket| story.gate.cancel(ticket));
        // Idle buckets make room, the longest idle first; buckets in use stay.
        let kept = story.gate.enqueue("path/0", Priority::Bulk);
        for name in &names {
            let ticket = join(&mut story.gate, name);
            assert_eq!(story.gate.bucket(ticket), name);
            story.gate.cancel(ticket);
        }
        assert_eq!((story.gate.bucket(kept), story.gate.buckets.len()), ("path/0", MAX_BUCKETS));
    }

    #[test]
    fn a_bucket_whose_window_is_on_does_not_make_room() {
        let mut story = Story::unreserved();
        for number in 0..100 {
            let ticket = story.gate.enqueue(&format!("path/{number}"), Priority::Interactive);
            if story.ask(ticket) == Admit::Go {
                story.gate.sent(ticket, story.now);
            }
            story.done(ticket, reply("250", "0", RESET));
            story.gate.cancel(ticket);
        }
        assert_eq!(story.gate.rate_limits(story.now).count(), MAX_BUCKETS);
        assert!(story.gate.rate_limits(story.now).all(|limit| limit.bucket != "path/99"));
        story.now += at(120_000);
        let other = story.gate.enqueue("path/99", Priority::Interactive);
        assert_eq!(story.ask(other), Admit::Go);
        let again = story.gate.enqueue("path/100", Priority::Interactive);
        assert_eq!(story.gate.bucket(again), "path/100");
        assert_eq!(story.gate.buckets.len(), MAX_BUCKETS);
    }

    /// All requests at once, some of them twice, some cancelled.
    #[test]
    fn many_waiting_requests_cost_each_no_more_than_few() {
        for prevent in [true, false] {
            grows_linearly(1 << 15, |size| {
                let options = RateLimitOptions { prevent, ..RateLimitOptions::default() };
                let mut story = Story::new(options);
                let tickets: Vec<_> = (0..size).map(|_| story.enqueue(Priority::Bulk)).collect();
                for ticket in tickets.iter().rev().step_by(7) {
                    story.gate.cancel(*ticket);
                }
                let mut flying = std::collections::VecDeque::new();
                let mut count = 0;
                loop {
                    let heads: Vec<_> = story.gate.heads().collect();
                    let mut went = false;
                    for head in heads {
                        if story.ask(head) == Admit::Go {
                            story.gate.sent(head, story.now);
                            flying.push_back(head);
                            went = true;
                        }
                    }
                    if went {
                        continue;
                    }
                    let Some(ticket) = flying.pop_front() else { break };
                    story.gate.done(ticket, &RateView { status: 200, ..RateView::default() }, story.now, 0.0);
                    count += 1;
                    if count % 5 == 0 {
                        story.gate.again(ticket);
                    }
                }
                assert!(count >= size - size / 7 - 1, "{count} of {size}");
            });
        }
    }

    #[test]
    fn two_probes_find_out_how_an_unknown_bucket_stands() {
        let mut story = Story::unreserved();
        let probe = story.go().unwrap();
        story.go().unwrap();
        assert_eq!(story.go(), Err(busy(Wait::Remaining)));
        story.done(probe, reply("250", "248", RESET));
        story.go().unwrap();
    }

    #[test]
    fn a_probe_that_fails_without_a_reply_makes_room_for_another() {
        let mut story = Story::unreserved();
        let probes = [story.go().unwrap(), story.go().unwrap()];
        probes.into_iter().for_each(|probe| story.gate.cancel(probe));
        story.go().unwrap();
    }

    #[test]
    fn requests_in_flight_hold_their_tokens() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "2", RESET));
        let first = story.go().unwrap();
        let second = story.go().unwrap();
        // At the end of the window at the latest: a lost answer must not hold up the next request.
        let until = Some(at(50_100));
        assert_eq!(story.go(), Err(Admit::WhenChanged { wait: Wait::Remaining, until }));
        story.done(second, reply("250", "0", RESET));
        story.done(first, reply("250", "1", RESET));
        assert_eq!(story.remaining(), 0, "the later reply was overtaken");
    }

    #[test]
    fn at_zero_it_waits_for_the_reset_and_then_probes() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "0", RESET));
        // The reply of DATE came at 1100: 48 s more until the reset, and the second that it was cut by.
        assert_eq!(story.go(), Err(Admit::At(at(50_100), Wait::Remaining)));
        let ticket = story.enqueue(Priority::Bulk);
        assert_eq!(story.gate.ask(ticket, story.now, 0.5), Admit::At(at(50_225), Wait::Remaining));
        story.gate.cancel(ticket);
        story.now = at(50_100);
        let probe = story.go().unwrap();
        // A second probe may be refused, too, so it goes only if the first is overdue.
        let until = Some(at(55_100));
        assert_eq!(story.go(), Err(Admit::WhenChanged { wait: Wait::Remaining, until }));
        story.now = at(55_100);
        story.go().unwrap();
        assert_eq!(story.go(), Err(busy(Wait::Remaining)));
        story.done(probe, reply("250", "249", NEXT_RESET));
        story.go().unwrap();
    }

    #[test]
    fn a_share_is_left_to_others() {
        let mut story = Story::new(RateLimitOptions::default());
        story.exchange(reply("250", "27", RESET));
        let [first, second] = [story.go().unwrap(), story.go().unwrap()];
        assert!(matches!(story.go(), Err(Admit::WhenChanged { wait: Wait::Reserve, .. })));
        story.done(first, reply("250", "26", RESET));
        story.done(second, reply("250", "25", RESET));
        assert!(matches!(story.go(), Err(Admit::At(_, Wait::Reserve))));
    }

    /// Replies to a single process in any order show no requests of others.
    #[test]
    fn a_gate_alone_takes_none_of_its_own_requests_for_others() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "249", RESET));
        let tickets = [(); 4].map(|()| story.go().unwrap());
        let next = story.go().unwrap();
        for (ticket, remaining) in
            [(tickets[3], "245"), (tickets[0], "248"), (next, "244"), (tickets[2], "246")]
        {
            story.done(ticket, reply("250", remaining, RESET));
            assert_eq!(story.gate.buckets[0].rate, 0.0, "{remaining}");
        }
    }

    /// A reply takes 100 ms here, and each shows 9 requests of others for one of the client's.
    #[test]
    fn what_others_send_meanwhile_is_left_to_them() {
        let mut story = Story::unreserved();
        for remaining in ["249", "239", "229", "40"] {
            story.exchange(reply("250", remaining, RESET));
        }
        // Others sent 188 requests in a tenth of a second.
        assert_eq!(story.gate.buckets[0].rate, 1.88);
        for remaining in ["30", "20", "10"] {
            story.exchange(reply("250", remaining, RESET));
        }
        assert_eq!(story.gate.buckets[0].rate, 0.09);
        let first = story.go().unwrap();
        let until = Some(at(50_100));
        let waits = Err(Admit::WhenChanged { wait: Wait::Remaining, until });
        assert_eq!(story.go(), waits, "nine of ten are for others");
        // The others have stopped.
        story.done(first, reply("250", "9", RESET));
        (0..9).for_each(|_| {
            story.go().unwrap();
        });
        assert_eq!(story.go(), waits);
    }

    #[test]
    fn after_a_rest_one_request_finds_out_what_others_have_spent() {
        let mut story = Story::unreserved();
        for remaining in ["249", "239", "229"] {
            story.exchange(reply("250", remaining, RESET));
        }
        story.go().unwrap();
        story.go().unwrap();
        // At 90 requests a second.
        story.now += at(2500);
        assert!(matches!(story.go(), Err(Admit::WhenChanged { wait: Wait::Remaining, .. })));
    }

    #[test]
    fn a_window_429_shuts_the_bucket_until_its_reset() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        assert_eq!(story.exchange(refusal("250", "0", RESET)), Some(Limit::Window));
        assert!(matches!(story.go(), Err(Admit::At(time, Wait::Remaining)) if time == at(50_100)));
    }

    #[test]
    fn what_a_429_asks_for_is_kept_on_top_of_what_is_known() {
        for (view, until) in [
            (RateView { retry_after: Some("60"), ..refusal("250", "0", RESET) }, 61_200),
            (RateView { retry_after: Some("6"), ..refusal("250", "0", RESET) }, 50_100),
            (RateView { retry_after: Some("6"), ..refusal("0", "0", NEXT_RESET) }, 7200),
        ] {
            let mut story = Story::unreserved();
            story.exchange(reply("250", "100", RESET));
            story.exchange(view);
            assert_eq!(story.go(), Err(Admit::At(at(until), Wait::Remaining)));
        }
    }

    #[test]
    fn the_end_of_a_window_is_told_by_the_time_that_is_left() {
        let mut story = Story::new(RateLimitOptions::default());
        story.exchange(reply("250", "100", RESET));
        let known = |story: &Story| {
            let limit = story.gate.rate_limits(story.now).next().unwrap();
            (limit.reserved, limit.resets_in, limit.window)
        };
        assert_eq!(known(&story), (25, at(49_000), at(60_000)));
        story.now = at(60_000);
        assert_eq!(known(&story), (25, at(0), at(60_000)));
    }

    #[test]
    fn a_concurrency_429_halves_concurrency_and_leaves_the_window_alone() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        let flights: Vec<_> = (0..8).map(|_| story.go().unwrap()).collect();
        let mut flights = flights.into_iter();
        let refused = flights.next_back().unwrap();
        assert_eq!(story.done(refused, refusal("0", "0", NEXT_RESET)), Some(Limit::Concurrency));
        assert_eq!(story.remaining(), 100);
        assert_eq!(story.gate.rate_limits(story.now).next().unwrap().kind, RateLimitKind::Concurrency);
        assert_eq!(story.go(), Err(busy(Wait::Concurrency)), "seven are in flight, four may be");
        flights.by_ref().take(3).for_each(|flight| story.gate.cancel(flight));
        assert_eq!(story.go(), Err(busy(Wait::Concurrency)));
        story.gate.cancel(flights.next().unwrap());
        story.go().unwrap();
    }

    #[test]
    fn concurrency_grows_back() {
        let mut story = Story::unreserved();
        assert_eq!(story.exchange(refusal("0", "0", RESET)), Some(Limit::Concurrency));
        assert_eq!(story.gate.pace.cap(), 1);
        story.now += at(500);
        for _ in 0..200 {
            story.exchange(reply("250", "100", RESET));
        }
        assert_eq!(story.gate.pace.cap(), 10);
    }

    #[test]
    fn replies_out_of_order_do_not_reopen_an_old_window() {
        let mut story = Story::unreserved();
        let [early, late] = [story.go().unwrap(), story.go().unwrap()];
        story.done(late, reply("250", "3", NEXT_RESET));
        story.done(early, reply("250", "200", RESET));
        assert_eq!(story.remaining(), 3);
    }

    #[test]
    fn a_429_that_does_not_say_how_long_pauses_the_bucket_for_all() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        let flights = [(); 3].map(|()| story.go().unwrap());
        // All three were in flight before the first refusal: they count as one.
        for flight in flights {
            assert_eq!(story.done(flight, refusal("250", "90", RESET)), Some(Limit::Unknown));
        }
        assert_eq!(story.go(), Err(Admit::At(at(3200), Wait::Remaining)), "two seconds from the first");
        story.now = at(3200);
        let probes = [story.go().unwrap(), story.go().unwrap()];
        assert_eq!(story.go(), Err(busy(Wait::Remaining)));
        assert_eq!(story.done(probes[0], refusal("250", "90", RESET)), Some(Limit::Unknown));
        assert_eq!(story.go(), Err(Admit::At(at(7300), Wait::Remaining)), "then four");
    }

    #[test]
    fn a_retry_after_is_obeyed() {
        let mut story = Story::unreserved();
        let hint = RateView { status: 429, retry_after: Some("30"), ..RateView::default() };
        assert_eq!(story.exchange(hint), Some(Limit::Unknown));
        assert_eq!(story.go(), Err(Admit::At(at(31_100), Wait::Remaining)));

        let mut story = Story::unreserved();
        story.exchange(RateView { retry_after: Some("0"), ..hint });
        story.exchange(RateView { retry_after: Some("0"), ..hint });
        let Err(Admit::At(next, _)) = story.go() else { panic!("sent at once, again and again") };
        assert!(next > story.now);
    }

    #[test]
    fn where_headers_are_hidden_only_concurrency_bounds_until_a_429() {
        let mut story = Story::unreserved();
        story.exchange(RateView { status: 200, ..RateView::default() });
        let flights: Vec<_> = (0..10).map(|_| story.go().unwrap()).collect();
        assert_eq!(story.go(), Err(busy(Wait::Concurrency)));
        let refused = story.done(flights[0], RateView { status: 429, ..RateView::default() });
        assert_eq!(refused, Some(Limit::Hidden));
        assert!(matches!(story.go(), Err(Admit::At(..))));
    }

    #[test]
    fn a_429_of_a_window_that_is_over_is_not_sent_again_at_once() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", NEXT_RESET));
        assert_eq!(story.exchange(refusal("250", "0", RESET)), Some(Limit::Unknown));
        assert!(matches!(story.go(), Err(Admit::At(..))));
    }

    #[test]
    fn an_abort_returns_the_token_once() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "2", RESET));
        let ticket = story.go().unwrap();
        story.go().unwrap();
        story.gate.cancel(ticket);
        story.gate.cancel(ticket);
        assert_eq!(story.done(ticket, reply("250", "9", RESET)), None);
        assert_eq!(story.gate.rate_limits(story.now).next().unwrap().in_flight, 1);
        assert_eq!(story.remaining(), 1, "but the server may have counted it");
        assert!(matches!(story.ask(ticket), Admit::WhenChanged { .. }), "and it never goes");
    }

    #[test]
    fn what_was_admitted_but_not_sent_costs_nothing() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "2", RESET));
        let ticket = story.enqueue(Priority::Bulk);
        assert_eq!(story.ask(ticket), Admit::Go);
        assert_eq!(story.ask(ticket), Admit::Go);
        story.gate.cancel(ticket);
        assert_eq!(story.remaining(), 2);
    }

    #[test]
    fn first_come_first_served_but_reads_before_bulk() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        let bulk = [(); 2].map(|()| story.enqueue(Priority::Bulk));
        let reads = [(); 2].map(|()| story.enqueue(Priority::Interactive));
        let mut order = Vec::new();
        while order.len() < 4 {
            let heads: Vec<_> = story.gate.heads().collect();
            order.extend(heads.into_iter().filter(|&head| story.ask(head) == Admit::Go));
        }
        assert_eq!(order, [reads[0], reads[1], bulk[0], bulk[1]]);
    }

    #[test]
    fn bulk_is_not_starved_by_reads() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        let bulk = story.enqueue(Priority::Bulk);
        let mut reads = 0;
        while story.ask(bulk) != Admit::Go {
            let read = story.enqueue(Priority::Interactive);
            assert!(matches!(
                story.ask(bulk),
                Admit::Go | Admit::WhenChanged { wait: Wait::Turn, until: None }
            ));
            if story.ask(read) == Admit::Go {
                story.gate.cancel(read);
                reads += 1;
            }
        }
        assert!(reads <= INTERACTIVE_PER_BULK);
    }

    #[test]
    fn a_retried_request_keeps_its_place() {
        let mut story = Story::unreserved();
        let first = story.go().unwrap();
        let later = story.enqueue(Priority::Interactive);
        story.done(first, refusal("250", "0", RESET));
        story.gate.again(first);
        story.now = at(60_000);
        assert_eq!(story.ask(later), busy(Wait::Turn));
        assert_eq!(story.ask(first), Admit::Go);
    }

    #[test]
    fn a_server_whose_clock_went_back_an_hour_does_not_shut_the_gate() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "0", NEXT_RESET));
        let ticket = story.gate.enqueue("groups/{id}", Priority::Interactive);
        assert_eq!(story.ask(ticket), Admit::Go);
        story.gate.sent(ticket, story.now);
        let back =
            RateView { date: Some("Thu, 11 Sep 2025 15:21:50 GMT"), ..reply("500", "499", "1757604170") };
        story.gate.done(ticket, &back, story.now, 0.0);
        story.go().unwrap();
    }

    #[test]
    fn without_prevention_only_a_429_makes_us_wait() {
        let mut story = Story::new(RateLimitOptions { prevent: false, ..RateLimitOptions::default() });
        for _ in 0..50 {
            story.go().unwrap();
        }
        story.exchange(reply("250", "0", RESET));
        let ticket = story.go().unwrap();
        assert_eq!(story.done(ticket, refusal("250", "0", RESET)), Some(Limit::Window));
        assert!(matches!(story.go(), Err(Admit::At(time, _)) if time == at(50_100)));
    }

    #[test]
    fn a_bucket_of_a_session_has_windows_of_ten_seconds() {
        for (session, limit, seconds) in [(true, "40", 10), (true, "41", 60), (false, "40", 60)] {
            let mut story = Story::new(RateLimitOptions { session, ..RateLimitOptions::default() });
            story.exchange(reply(limit, "40", RESET));
            let learnt = story.gate.rate_limits(story.now).next().unwrap();
            assert_eq!(learnt.window, Duration::from_secs(seconds), "{session} {limit}");
        }
    }

    #[test]
    fn a_failed_reply_tells_nothing_of_an_unknown_bucket() {
        for (status, is_good) in [(499, true), (500, false), (503, false)] {
            let mut story = Story::unreserved();
            story.exchange(RateView { status, ..RateView::default() });
            let went = (0..10).filter(|_| story.go().is_ok()).count();
            assert_eq!(went, if is_good { 10 } else { PROBES }, "{status}");
        }
    }

    /// The reply of a proxy or a cache.
    #[test]
    fn one_reply_without_headers_hides_no_bucket_that_is_known() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        story.exchange(RateView { status: 200, ..RateView::default() });
        assert_eq!(story.remaining(), 99, "counted all the same");
        story.now = at(60_000);
        story.go().unwrap();
        let until = Some(at(65_000));
        assert_eq!(story.go(), Err(Admit::WhenChanged { wait: Wait::Remaining, until }), "one finds out");
    }

    #[test]
    fn the_refusal_of_all_that_was_in_flight_has_one_at_a_time_find_out() {
        let busy_org = refusal("0", "0", RESET);
        let mut story = Story::unreserved();
        story.exchange(busy_org);
        assert_eq!(story.go(), Err(Admit::At(at(1000) + at(550), Wait::Concurrency)));

        // Another request had a good reply meanwhile, so the org takes one.
        let mut story = Story::unreserved();
        let [good, refused] = [story.go().unwrap(), story.go().unwrap()];
        story.done(good, reply("250", "100", RESET));
        story.done(refused, busy_org);
        story.go().unwrap();
        assert_eq!(story.go(), Err(busy(Wait::Concurrency)));
    }

    /// The first of four requests is refused, since the others overtook it.
    #[test]
    fn what_was_sent_later_counts_among_those_that_were_too_many() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        let [first, ..] = [(); 4].map(|()| story.go().unwrap());
        story.done(first, refusal("0", "0", RESET));
        assert_eq!(story.gate.pace.cap(), 2, "half of four");
    }

    #[test]
    fn a_retry_after_until_the_end_of_the_window_says_no_more_than_the_window() {
        let mut story = Story::unreserved();
        story.exchange(reply("250", "100", RESET));
        let late = story.go().unwrap();
        story.now = at(2000);
        story.exchange(RateView { retry_after: Some("48"), ..refusal("250", "0", RESET) });
        assert_eq!(story.go(), Err(Admit::At(at(50_100), Wait::Remaining)));
        // So that the next window opens the bucket when it is seen to have begun earlier.
        story.done(late, reply("250", "249", NEXT_RESET));
        story.go().unwrap();
    }

    /// `opens_in` is never a guess.
    #[test]
    fn it_is_told_when_the_bucket_opens_if_the_reply_says_so() {
        let shut = refusal("250", "0", RESET);
        let unknown = RateView { status: 429, ..RateView::default() };
        for (view, opens_in) in [
            (shut, Some(48_900)),
            (RateView { retry_after: Some("60"), ..shut }, Some(60_000)),
            (RateView { retry_after: Some("7"), ..unknown }, Some(7000)),
            (unknown, None),
            (refusal("0", "0", RESET), None),
            (RateView { retry_after: Some("7"), ..refusal("0", "0", RESET) }, Some(7000)),
            (reply("250", "0", RESET), None),
            (RateView { status: 503, retry_after: Some("7"), ..reply("250", "0", RESET) }, None),
        ] {
            let mut story = Story::unreserved();
            story.exchange(reply("250", "100", RESET));
            let ticket = story.go().unwrap();
            story.now += at(100);
            let learnt = story.gate.done(ticket, &RateView { date: Some(DATE), ..view }, story.now, 1.0);
            assert_eq!(learnt.opens_in, opens_in.map(at), "{view:?}");
        }
    }

    /// A window that ends at 100 s on the server's clock, with 50 of 250 requests left, seen at its
    /// beginning.
    #[test]
    fn of_two_windows_the_later_one_counts_and_of_one_the_fewest_remaining() {
        let window = |limit, remaining, reset, seen| Window {
            limit,
            remaining,
            own: 1,
            learnt: at(seen),
            reset,
            length: WINDOW,
            seen: at(seen),
        };
        for (new, expected) in [
            // An older window ends more than a second earlier.
            (window(9, 8, 98_999, 10), (250, 50, 100_000)),
            // The same window, whose end two nodes cut to different seconds.
            (window(9, 8, 99_000, 10), (9, 8, 100_000)),
            (window(9, 80, 100_000, 10), (9, 50, 100_000)),
            (window(9, 80, 101_000, 10), (9, 50, 101_000)),
            // The next window.
            (window(9, 80, 101_001, 10), (9, 80, 101_001)),
            // The known window is over after a minute and the second that its end was cut by.
            (window(9, 80, 50_000, 60_999), (250, 50, 100_000)),
            (window(9, 80, 50_000, 61_000), (9, 80, 50_000)),
        ] {
            let mut bucket = Bucket::new("groups");
            bucket.learn(window(250, 50, 100_000, 0));
            bucket.learn(new);
            let known = bucket.window.unwrap();
            assert_eq!((known.limit, known.remaining, known.reset), expected, "{new:?}");
        }
    }

    /// Any window is over by then: one more try is worth it, and after that one each minute.
    #[test]
    fn pauses_that_are_guessed_end_with_the_longest_window() {
        let mut bucket = Bucket::new("groups");
        let mut now = at(100_000);
        let mut until = Vec::new();
        for _ in 0..6 {
            bucket.pause(None, now, now, 1.0);
            until.push((bucket.paused_until - at(100_000)).as_secs());
            now = bucket.paused_until;
        }
        assert_eq!(until, [2, 6, 14, 30, 61, 121]);
        // A `Retry-After` is not a guess.
        let mut bucket = Bucket::new("groups");
        bucket.pause(Some(at(120_000)), now, now, 1.0);
        assert_eq!(bucket.paused_until, now + at(120_000));
    }

    /// A refused request came within its window; if that contradicts what is known, what is known is wrong. A
    /// served reply proves less: its window may be longer than a minute.
    #[test]
    fn a_429_of_a_window_that_cannot_be_drops_what_is_known_of_all_buckets() {
        for (status, opens) in [(429, true), (200, false)] {
            let mut story = Story::unreserved();
            story.exchange(reply("250", "0", RESET));
            let ticket = story.gate.enqueue("groups/{id}", Priority::Interactive);
            assert_eq!(story.ask(ticket), Admit::Go);
            story.gate.sent(ticket, story.now);
            let in_an_hour = RateView { status, date: Some(DATE), ..reply("500", "0", "1757611358") };
            story.gate.done(ticket, &in_an_hour, story.now, 0.0);
            assert_eq!(story.go().is_ok(), opens, "{status}");
        }
    }

    /// Events and errors carry the names, and programs compare them.
    #[test]
    fn waits_and_limits_have_names() {
        let waits = [Wait::Remaining, Wait::Reserve, Wait::Concurrency, Wait::Turn];
        assert_eq!(waits.map(Wait::as_str), ["remaining", "reserve", "concurrency", "turn"]);
        let kinds = [RateLimitKind::Window, RateLimitKind::Concurrency];
        assert_eq!(kinds.map(RateLimitKind::as_str), ["window", "concurrency"]);
    }

    /// The driver finds the waiting call by the ticket's number.
    #[test]
    fn each_ticket_has_a_number_of_its_own() {
        let mut story = Story::unreserved();
        let numbers = [(); 3].map(|()| story.enqueue(Priority::Bulk).number());
        assert_eq!(numbers, [0, 1, 2]);
    }
}
