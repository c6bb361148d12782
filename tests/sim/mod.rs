//! A model org in virtual time, and workers that drive the policies against it as the async driver does.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use okta_groups::policy::{
    Admit, Budget, Class, Decision, Gate, Limit, NoReply, Outcome, Priority, RateLimitOptions, RateView,
    ReplyView, Retry, RetryOptions, TicketId,
};

/// Epoch of the org's clock when a simulation starts: Thu, 11 Sep 2025 16:21:50.300 GMT.
pub const EPOCH: i64 = 1_757_607_710_300;

#[derive(Clone, Copy, Debug)]
pub enum Windows {
    /// A window starts with the first request after the last one (what recordings show).
    Lazy,
    /// Windows end every minute, the first this many milliseconds after the start.
    Fixed(u64),
}

/// What the header `Date` says, which a proxy may write.
#[derive(Clone, Copy, Debug)]
pub enum Dates {
    /// The org's time.
    Right,
    /// None.
    Hidden,
    /// A clock that is off by so many milliseconds.
    Off(i64),
    /// Proxies whose clocks are off by these, one or another each time.
    Among(&'static [i64]),
    /// Right at first, off by so much after so long.
    Then(u64, i64),
    /// The time of the first answer, for ever.
    Stuck,
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub writes: usize,
    /// Workers of each process.
    pub workers: usize,
    /// The writes of each process, where several share the bucket: each has a gate of its own, and a clock that starts
    /// elsewhere. Where this is empty, one process makes all `writes`.
    pub shares: Vec<usize>,
    /// After so many milliseconds each process of the second half ends, in the middle of its work.
    pub half_ends: Option<u64>,
    pub limit: u32,
    /// How much of the first window others have used up.
    pub used: u32,
    pub windows: Windows,
    pub concurrency_limit: usize,
    /// Until then the org bears no request at all.
    pub shut_until: u64,
    /// Others' requests a minute on the same bucket.
    pub foreign: u64,
    pub dates: Dates,
    pub headers_hidden: bool,
    /// What the local monotonic clock shows when the simulation starts.
    pub local_origin: i64,
    /// Of 1000 requests, how many are lost on the way back.
    pub lost: u64,
    pub gate: RateLimitOptions,
    pub retry: RetryOptions,
    pub seed: u64,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            writes: 1000,
            workers: 10,
            shares: Vec::new(),
            half_ends: None,
            limit: 250,
            used: 0,
            windows: Windows::Lazy,
            concurrency_limit: 75,
            shut_until: 0,
            foreign: 0,
            dates: Dates::Right,
            headers_hidden: false,
            local_origin: 100_000,
            lost: 0,
            gate: RateLimitOptions { reserve: 0.0, ..RateLimitOptions::default() },
            retry: RetryOptions::default(),
            seed: 1,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    pub done: usize,
    pub failed: usize,
    pub window_429s: usize,
    pub concurrency_429s: usize,
    /// Writes that nobody waits for any more, since their process ended.
    pub abandoned: usize,
    /// Until the last answer, milliseconds.
    pub duration: u64,
    pub most_running: usize,
    pub longest_wait: u64,
    /// The most 429s of one window.
    pub most_429s_a_window: usize,
    /// Refusals while the org bore no request.
    pub refused_while_shut: usize,
    /// The most of those in a second.
    pub most_probes_a_second: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Foreign,
    HalfEnds,
    Ask(usize),
    Again(usize),
    Arrive(usize),
    Finish(usize, Answer),
    Receive(usize, Option<Answer>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Answer {
    status: u16,
    limit: u32,
    remaining: u32,
    reset: i64,
    date: i64,
}

struct Worker {
    ticket: Option<TicketId>,
    waiting: bool,
    retry: Retry,
}

/// Either our gate, or one that sees into the org: the fastest that never gets a 429.
enum Mind {
    Gate(Box<Gate>),
    Oracle { in_transit: usize, flying: usize },
}

/// Is called after each answer, as a driver reports progress: with the time that the first process's clock shows, the
/// number of writes that are done, and its gate.
pub type Watch<'w> = &'w mut dyn FnMut(Duration, usize, &Gate);

struct Sim<'w> {
    watch: Option<Watch<'w>>,
    at: u64,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    sequence: u64,
    random: u64,
    scenario: Scenario,
    window_end: u64,
    used: u32,
    running: usize,
    workers: Vec<Worker>,
    by_ticket: HashMap<(usize, TicketId), usize>,
    /// Of each process.
    left: Vec<usize>,
    minds: Vec<Mind>,
    budgets: Vec<Budget>,
    report: Report,
    refused_in_window: usize,
    refused_at: Vec<u64>,
    first_date: Option<i64>,
}

pub fn run(scenario: &Scenario) -> Report {
    let gate = || Mind::Gate(Box::new(Gate::new(scenario.gate)));
    Sim::new(scenario, shares(scenario).iter().map(|_| gate()).collect()).run()
}

/// The same, watched.
#[allow(dead_code, reason = "members_eta watches")]
pub fn run_watching(scenario: &Scenario, watch: Watch<'_>) -> Report {
    let mut sim = Sim::new(scenario, vec![Mind::Gate(Box::new(Gate::new(scenario.gate)))]);
    sim.watch = Some(watch);
    sim.run()
}

/// What the bucket allows: the duration of a client that sees the org's state.
pub fn allowed(scenario: &Scenario) -> u64 {
    let report = Sim::new(scenario, vec![Mind::Oracle { in_transit: 0, flying: 0 }]).run();
    assert_eq!((report.failed, report.window_429s), (0, 0), "the oracle is never refused");
    report.duration
}

/// The writes of each process.
fn shares(scenario: &Scenario) -> Vec<usize> {
    if scenario.shares.is_empty() { vec![scenario.writes] } else { scenario.shares.clone() }
}

impl Sim<'_> {
    fn new(scenario: &Scenario, minds: Vec<Mind>) -> Self {
        Self {
            watch: None,
            at: 0,
            events: BinaryHeap::new(),
            sequence: 0,
            random: scenario.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            scenario: scenario.clone(),
            window_end: match scenario.windows {
                Windows::Lazy => 0,
                Windows::Fixed(end) => end,
            },
            used: scenario.used,
            running: 0,
            workers: Vec::new(),
            by_ticket: HashMap::new(),
            left: shares(scenario),
            minds,
            budgets: shares(scenario).iter().map(|_| Budget::new(scenario.retry.budget)).collect(),
            report: Report::default(),
            refused_in_window: 0,
            refused_at: Vec::new(),
            first_date: None,
        }
    }

    fn run(mut self) -> Report {
        if let Some(gap) = 60_000u64.checked_div(self.scenario.foreign) {
            self.schedule(gap, Event::Foreign);
        }
        if let Some(after) = self.scenario.half_ends {
            self.schedule(after, Event::HalfEnds);
        }
        let writes: usize = self.left.iter().sum();
        for worker in 0..self.scenario.workers * self.left.len() {
            let retry = Retry::new(self.scenario.retry, Class::Put, None, self.now(worker));
            self.workers.push(Worker { ticket: None, waiting: false, retry });
            self.next_job(worker);
        }
        (0..self.minds.len()).for_each(|mind| self.wake(mind));
        while self.report.done + self.report.failed + self.report.abandoned < writes {
            let Some(Reverse((at, _, event))) = self.events.pop() else {
                panic!("nothing more happens: {:?}", self.report)
            };
            self.at = at;
            assert!(at < 24 * 3_600_000, "a day passed: {:?}", self.report);
            self.handle(event);
        }
        self.report
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Foreign => {
                self.roll();
                self.used = (self.used + 1).min(self.scenario.limit);
                self.schedule(60_000 / self.scenario.foreign, Event::Foreign);
            }
            Event::HalfEnds => {
                for worker in 0..self.workers.len() {
                    let process = self.process(worker);
                    if process >= self.left.len() / 2 && self.workers[worker].ticket.take().is_some() {
                        self.report.abandoned += 1 + std::mem::take(&mut self.left[process]);
                        self.workers[worker].waiting = false;
                    }
                }
            }
            Event::Ask(worker) => {
                if self.ask(worker) {
                    self.wake(self.mind(worker));
                }
            }
            Event::Again(worker) => {
                let Some(ticket) = self.workers[worker].ticket else { return };
                let mind = self.mind(worker);
                if let Mind::Gate(gate) = &mut self.minds[mind] {
                    gate.again(ticket);
                }
                self.workers[worker].waiting = true;
                self.wake(mind);
            }
            Event::Arrive(worker) => {
                let answer = self.answer();
                let work = if answer.status == 204 { 60 + self.below(80) } else { 5 };
                if answer.status == 204 {
                    self.running += 1;
                    self.report.most_running = self.report.most_running.max(self.running);
                }
                if let Mind::Oracle { in_transit, .. } = &mut self.minds[0] {
                    *in_transit -= 1;
                }
                self.schedule(work, Event::Finish(worker, answer));
            }
            Event::Finish(worker, mut answer) => {
                if answer.status == 204 {
                    self.running -= 1;
                }
                answer.date = self.date();
                let lost = self.below(1000) < self.scenario.lost;
                let travel = 20 + self.below(40);
                self.schedule(travel, Event::Receive(worker, (!lost).then_some(answer)));
            }
            Event::Receive(worker, answer) => {
                self.receive(worker, answer);
                self.wake(self.mind(worker));
                let (now, done) = (self.now(0), self.report.done);
                if let (Some(watch), Some(Mind::Gate(gate))) = (&mut self.watch, self.minds.first()) {
                    watch(now, done, gate);
                }
            }
        }
    }

    fn answer(&mut self) -> Answer {
        self.roll();
        let limit = self.scenario.limit;
        let reset = (EPOCH + self.window_end as i64).div_euclid(1000);
        if self.at < self.scenario.shut_until {
            self.report.refused_while_shut += 1;
            self.refused_at.push(self.at);
            let second = self.refused_at.iter().filter(|&&at| at + 1000 > self.at).count();
            // Those that were on their way before the first was refused are no probes.
            if self.refused_at.len() > 2 * self.scenario.gate.max_concurrency as usize {
                self.report.most_probes_a_second = self.report.most_probes_a_second.max(second);
            }
        }
        if self.running >= self.scenario.concurrency_limit || self.at < self.scenario.shut_until {
            self.report.concurrency_429s += 1;
            return Answer { status: 429, limit: 0, remaining: 0, reset, date: 0 };
        }
        if self.used >= limit {
            self.report.window_429s += 1;
            self.refused_in_window += 1;
            self.report.most_429s_a_window = self.report.most_429s_a_window.max(self.refused_in_window);
            return Answer { status: 429, limit, remaining: 0, reset, date: 0 };
        }
        self.used += 1;
        Answer { status: 204, limit, remaining: limit - self.used, reset, date: 0 }
    }

    fn roll(&mut self) {
        if self.at < self.window_end {
            return;
        }
        self.used = 0;
        self.refused_in_window = 0;
        self.window_end = match self.scenario.windows {
            Windows::Lazy => self.at + 60_000,
            Windows::Fixed(_) => self.window_end + 60_000 * ((self.at - self.window_end) / 60_000 + 1),
        };
    }

    fn next_job(&mut self, worker: usize) {
        let (process, mind) = (self.process(worker), self.mind(worker));
        if self.left[process] == 0 {
            self.workers[worker].ticket = None;
            self.workers[worker].waiting = false;
            return;
        }
        self.left[process] -= 1;
        let retry = Retry::new(self.scenario.retry, Class::Put, None, self.now(worker));
        let ticket = match &mut self.minds[mind] {
            Mind::Gate(gate) => gate.enqueue("groups", Priority::Bulk),
            Mind::Oracle { .. } => Gate::new(RateLimitOptions::default()).enqueue("groups", Priority::Bulk),
        };
        self.by_ticket.insert((mind, ticket), worker);
        self.workers[worker] = Worker { ticket: Some(ticket), waiting: true, retry };
    }

    /// Asks for whoever may be next until nobody may go.
    fn wake(&mut self, mind: usize) {
        loop {
            let next: Vec<usize> = match &self.minds[mind] {
                Mind::Gate(gate) => {
                    let workers = gate.heads().filter_map(|head| self.by_ticket.get(&(mind, head)).copied());
                    let mut heads: Vec<_> = workers.collect();
                    heads.sort_unstable();
                    heads
                }
                Mind::Oracle { .. } => (0..self.workers.len()).collect(),
            };
            let mut went = false;
            for worker in next {
                went |= self.ask(worker);
            }
            if !went {
                return;
            }
        }
    }

    fn ask(&mut self, worker: usize) -> bool {
        if !self.workers[worker].waiting {
            return false;
        }
        let (now, random, mind) = (self.now(worker), self.unit(), self.mind(worker));
        let ticket = self.workers[worker].ticket.unwrap();
        let admit = match &mut self.minds[mind] {
            Mind::Gate(gate) => gate.ask(ticket, now, random),
            Mind::Oracle { .. } => self.oracle(now),
        };
        match admit {
            Admit::Go => {
                match &mut self.minds[mind] {
                    Mind::Gate(gate) => gate.sent(ticket, now),
                    Mind::Oracle { in_transit, flying } => {
                        *in_transit += 1;
                        *flying += 1;
                    }
                }
                self.workers[worker].retry.sending(now);
                self.workers[worker].waiting = false;
                let travel = 20 + self.below(40);
                self.schedule(travel, Event::Arrive(worker));
                true
            }
            Admit::At(at, _) => {
                assert!(at > now, "a time to come");
                let wait = (at - now).as_millis() as u64;
                self.report.longest_wait = self.report.longest_wait.max(wait);
                if at > self.workers[worker].retry.latest_send().0 {
                    self.fail(worker);
                    return true;
                }
                self.schedule(wait, Event::Ask(worker));
                false
            }
            Admit::WhenChanged { until, .. } => {
                if let Some(until) = until {
                    let wait = until.saturating_sub(now).as_millis() as u64;
                    self.schedule(wait.max(1), Event::Ask(worker));
                }
                false
            }
        }
    }

    fn oracle(&mut self, now: Duration) -> Admit {
        self.roll();
        let most = self.scenario.gate.max_concurrency as usize * self.left.len();
        let Mind::Oracle { in_transit, flying } = self.minds[0] else { unreachable!() };
        let reserved = (f64::from(self.scenario.limit) * self.scenario.gate.reserve) as usize;
        // Room for what others may send while ours travels.
        let others = usize::from(self.scenario.foreign > 0);
        if flying >= most.min(self.scenario.concurrency_limit) {
            Admit::WhenChanged { wait: okta_groups::policy::Wait::Concurrency, until: None }
        } else if (self.scenario.limit - self.used) as usize <= reserved + in_transit + others {
            let end = now + Duration::from_millis(self.window_end - self.at);
            Admit::At(end, okta_groups::policy::Wait::Remaining)
        } else {
            Admit::Go
        }
    }

    fn receive(&mut self, worker: usize, answer: Option<Answer>) {
        let (now, random) = (self.now(worker), self.unit());
        let (process, mind) = (self.process(worker), self.mind(worker));
        // Nobody reads the answer of a process that ended.
        let Some(ticket) = self.workers[worker].ticket else { return };
        let outcome = match (&answer, &mut self.minds[mind]) {
            (None, Mind::Gate(gate)) => {
                gate.cancel(ticket);
                Outcome::of_no_reply(NoReply::Connection(Some("ECONNRESET")))
            }
            (Some(answer), Mind::Gate(gate)) => {
                let (limit, remaining) = (answer.limit.to_string(), answer.remaining.to_string());
                let (reset, date) = (answer.reset.to_string(), http_date(answer.date));
                let shown = !self.scenario.headers_hidden;
                let view = RateView {
                    status: answer.status,
                    limit: shown.then_some(&limit),
                    remaining: shown.then_some(&remaining),
                    reset: shown.then_some(&reset),
                    date: (shown && !matches!(self.scenario.dates, Dates::Hidden)).then_some(&date),
                    retry_after: None,
                };
                let learnt = gate.done(ticket, &view, now, random);
                let reply = ReplyView {
                    status: answer.status,
                    code: None,
                    content_ok: true,
                    limited: learnt.limited,
                };
                Outcome::of_reply(&reply)
            }
            (_, Mind::Oracle { flying, .. }) => {
                *flying -= 1;
                match &answer {
                    Some(answer) if answer.status == 204 => Outcome::Good,
                    Some(_) => Outcome::Limited(Limit::Concurrency),
                    None => Outcome::Lost,
                }
            }
        };
        let random = self.unit();
        match self.workers[worker].retry.after(outcome, None, None, &mut self.budgets[process], now, random) {
            Decision::Deliver => {
                self.report.done += 1;
                self.report.duration = self.at;
                self.next_job(worker);
            }
            Decision::Retry { at, .. } => self.schedule((at - now).as_millis() as u64, Event::Again(worker)),
            Decision::Requeue => self.handle(Event::Again(worker)),
            _ => self.fail(worker),
        }
    }

    fn fail(&mut self, worker: usize) {
        let mind = self.mind(worker);
        if let (Some(ticket), Mind::Gate(gate)) = (self.workers[worker].ticket, &mut self.minds[mind]) {
            gate.cancel(ticket);
        }
        self.report.failed += 1;
        self.report.duration = self.at;
        self.next_job(worker);
    }

    fn schedule(&mut self, delay: u64, event: Event) {
        self.sequence += 1;
        self.events.push(Reverse((self.at + delay, self.sequence, event)));
    }

    fn process(&self, worker: usize) -> usize {
        worker / self.scenario.workers
    }

    fn mind(&self, worker: usize) -> usize {
        self.process(worker).min(self.minds.len() - 1)
    }

    /// What the monotonic clock of the worker's process shows.
    fn now(&self, worker: usize) -> Duration {
        let origin = self.scenario.local_origin + self.process(worker) as i64 * 7_654_321;
        Duration::from_millis((origin + self.at as i64) as u64)
    }

    fn server_now(&self) -> i64 {
        EPOCH + self.at as i64
    }

    fn date(&mut self) -> i64 {
        let now = self.server_now();
        match self.scenario.dates {
            Dates::Right | Dates::Hidden => now,
            Dates::Off(by) => now + by,
            Dates::Among(offsets) => now + offsets[self.below(offsets.len() as u64) as usize],
            Dates::Then(after, by) => now + if self.at < after { 0 } else { by },
            Dates::Stuck => *self.first_date.get_or_insert(now),
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % bound
    }

    fn unit(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1u64 << 53) as f64
    }
}

pub fn http_date(epoch_millis: i64) -> String {
    let seconds = epoch_millis.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (mut year, mut left) = (1970, days);
    let leap = |year: i64| i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    while left >= 365 + leap(year) {
        left -= 365 + leap(year);
        year += 1;
    }
    let mut months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .into_iter()
        .zip([31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    let month = months
        .find_map(|(name, length)| {
            if left < length {
                Some(name)
            } else {
                left -= length;
                None
            }
        })
        .unwrap();
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{weekday}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT", left + 1)
}
