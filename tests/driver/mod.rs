//! The real driver in virtual time: an executor whose clock jumps to the next timer, and a host whose other end is
//! any function from a request to a [`Delivery`] — the local org, or a script.

#![allow(dead_code)]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use okta_groups::client::{Client, Settings};
use okta_groups::host::{Attempt, Event, Header, Host, Incoming, Outgoing, Platform, SendFault, Sent};
use okta_groups::org::OrgUrl;
use okta_groups_emulator::faults::{Act, Delivery, Pace};
use okta_groups_emulator::{Request, Response};
use send_wrapper::SendWrapper;
use serde_json::Value;

/// The server's time when a world begins, milliseconds since 1970: Thu, 11 Sep 2025 16:21:50.300 GMT.
pub const EPOCH: i64 = 1_757_607_710_300;

/// What must never be seen outside of a request's `Authorization`.
pub const CANARY: &str = "canary-00aBcDeFgHiJkLmNoP";

/// Time, timers and tasks.
pub struct World {
    now: Cell<Duration>,
    sequence: Cell<u64>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    tasks: RefCell<Vec<Option<Task>>>,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Ready {
    task: usize,
    queue: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.queue.lock().unwrap().push_back(self.task);
    }
}

/// The task number of the future that [`World::block_on`] was given.
const MAIN: usize = usize::MAX;

impl World {
    pub fn new() -> Rc<Self> {
        Rc::new(World {
            // No clock starts at zero.
            now: Cell::new(Duration::from_secs(100)),
            sequence: Cell::new(0),
            timers: RefCell::default(),
            tasks: RefCell::default(),
            ready: Arc::default(),
        })
    }

    pub fn now(&self) -> Duration {
        self.now.get()
    }

    pub fn server_now(&self) -> i64 {
        EPOCH + self.now().as_millis() as i64
    }

    pub fn sleep(self: &Rc<Self>, duration: Duration) -> Sleep {
        self.sequence.set(self.sequence.get() + 1);
        Sleep { world: Rc::clone(self), key: (self.now() + duration, self.sequence.get()) }
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.tasks.borrow().len();
        self.tasks.borrow_mut().push(Some(Box::pin(task)));
        self.ready.lock().unwrap().push_back(number);
    }

    /// Runs until `main` is done; what else runs stays where it is then.
    pub fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        let mut main = pin!(main);
        self.ready.lock().unwrap().push_back(MAIN);
        loop {
            let next = self.ready.lock().unwrap().pop_front();
            match next {
                Some(MAIN) => {
                    if let Poll::Ready(value) =
                        main.as_mut().poll(&mut Context::from_waker(&self.waker(MAIN)))
                    {
                        return value;
                    }
                }
                Some(task) => self.poll(task),
                None => assert!(self.advance(), "nothing more happens"),
            }
        }
    }

    /// Runs until nothing is left to happen.
    pub fn settle(&self) {
        loop {
            let next = self.ready.lock().unwrap().pop_front();
            match next {
                Some(MAIN) => {}
                Some(task) => self.poll(task),
                None if !self.advance() => return,
                None => {}
            }
        }
    }

    fn waker(&self, task: usize) -> Waker {
        Arc::new(Ready { task, queue: Arc::clone(&self.ready) }).into()
    }

    fn poll(&self, number: usize) {
        let Some(mut task) = self.tasks.borrow_mut()[number].take() else { return };
        if task.as_mut().poll(&mut Context::from_waker(&self.waker(number))).is_pending() {
            self.tasks.borrow_mut()[number] = Some(task);
        }
    }

    fn advance(&self) -> bool {
        let Some(((at, _), waker)) = self.timers.borrow_mut().pop_first() else { return false };
        self.now.set(self.now().max(at));
        waker.wake();
        true
    }
}

pub struct Sleep {
    world: Rc<World>,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.world.now() >= self.key.0 {
            return Poll::Ready(());
        }
        self.world.timers.borrow_mut().insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.world.timers.borrow_mut().remove(&self.key);
    }
}

/// A value that comes later.
struct Slot<T> {
    value: RefCell<Option<T>>,
    waker: RefCell<Option<Waker>>,
}

impl<T> Slot<T> {
    fn new() -> Rc<Self> {
        Rc::new(Slot { value: RefCell::new(None), waker: RefCell::new(None) })
    }

    fn set(&self, value: T) {
        *self.value.borrow_mut() = Some(value);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    async fn get(&self) -> T {
        poll_fn(|context| match self.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                *self.waker.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

/// The other end of the wire.
pub type Wire = Rc<dyn Fn(&Request, i64) -> Delivery>;

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Asked {
    pub at: Duration,
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    pub headers: Vec<Header>,
}

pub struct SimHost {
    pub world: Rc<World>,
    wire: Wire,
    random: RefCell<fastrand::Rng>,
    /// Milliseconds each way.
    pub travel: std::ops::Range<u64>,
    /// What was sent, in order.
    pub asked: Rc<RefCell<Vec<Asked>>>,
    /// Statuses as they arrived at the client.
    pub statuses: Rc<RefCell<Vec<u16>>>,
    /// `Debug` of every event, if it is wanted.
    pub events: Option<Rc<RefCell<Vec<String>>>>,
    pub token: RefCell<String>,
    /// How many new tokens there are.
    pub refreshes: Cell<u32>,
    /// How long the source of tokens takes.
    pub token_delay: Duration,
    pub may_hide_headers: bool,
    /// How much too early timers fire.
    pub early: Duration,
}

impl fmt::Debug for SimHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimHost")
    }
}

impl SimHost {
    pub fn new(world: &Rc<World>, seed: u64, wire: Wire) -> Self {
        SimHost {
            world: Rc::clone(world),
            wire,
            random: RefCell::new(fastrand::Rng::with_seed(seed)),
            travel: 20..60,
            asked: Rc::default(),
            statuses: Rc::default(),
            events: None,
            token: RefCell::new(CANARY.to_owned()),
            refreshes: Cell::new(0),
            token_delay: Duration::ZERO,
            may_hide_headers: false,
            early: Duration::ZERO,
        }
    }

    fn travel(&self) -> Duration {
        Duration::from_millis(self.random.borrow_mut().u64(self.travel.clone()))
    }
}

impl Platform for SimHost {
    type Headers = Vec<Header>;
    type Body = Value;
    type Cause = &'static str;

    fn now(&self) -> Duration {
        self.world.now()
    }

    fn random(&self) -> f64 {
        self.random.borrow_mut().f64()
    }

    fn refresh_token(&self, _: &[Header], _: Duration) -> bool {
        let left = self.refreshes.get();
        self.refreshes.set(left.saturating_sub(1));
        if left > 0 {
            self.token.borrow_mut().push_str("-new");
        }
        left > 0
    }

    fn event(&self, event: &Event<'_, &'static str>) {
        if let Some(events) = &self.events {
            events.borrow_mut().push(format!("{event:?}"));
        }
    }

    fn may_hide_headers(&self) -> bool {
        self.may_hide_headers
    }
}

impl Host for SimHost {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        SendWrapper::new(self.world.sleep(duration.saturating_sub(self.early)))
    }

    fn authorize(&self, _: Attempt<'_>) -> impl Future<Output = Result<Vec<Header>, &'static str>> + Send {
        SendWrapper::new(async {
            self.sleep(self.token_delay).await;
            Ok(vec![("authorization".to_owned(), ["SSWS ", &self.token.borrow()].concat())])
        })
    }

    fn send(&self, outgoing: Outgoing<'_>) -> impl Future<Output = Sent<Self>> + Send {
        SendWrapper::new(self.exchange(outgoing))
    }
}

impl SimHost {
    async fn exchange(&self, outgoing: Outgoing<'_>) -> Sent<Self> {
        let target = outgoing.url.find("/api/").map_or(outgoing.url, |at| &outgoing.url[at..]).to_owned();
        let method = outgoing.method.as_str();
        let headers = outgoing.headers.to_vec();
        self.asked.borrow_mut().push(Asked {
            at: self.now(),
            method,
            target: target.clone(),
            headers: headers.clone(),
        });
        let body = outgoing.body.map_or_else(Vec::new, |body| body.as_bytes().to_vec());
        let request = Request { method: method.to_owned(), path_and_query: target, headers, body };
        let (there, back) = (self.travel(), self.travel());
        let (world, wire, slot) = (Rc::clone(&self.world), Rc::clone(&self.wire), Slot::new());
        // What was sent arrives, whether or not anyone waits for its answer.
        self.world.spawn({
            let slot = Rc::clone(&slot);
            async move {
                world.sleep(there).await;
                let Delivery { delay_ms, act } = wire(&request, world.server_now());
                world.sleep(Duration::from_millis(delay_ms.into()) + back).await;
                let (response, slow, cut) = match act {
                    Act::Hang => return,
                    Act::Reset => return slot.set(None),
                    Act::Answer(response, Pace::Whole) => (response, Duration::ZERO, false),
                    Act::Answer(response, Pace::Cut(_)) => (response, Duration::ZERO, true),
                    Act::Answer(response, Pace::Slow { chunk, pause_ms }) => {
                        let pieces = response.body.len().div_ceil(chunk) as u32;
                        (response, pieces * Duration::from_millis(pause_ms.into()), false)
                    }
                };
                world.sleep(slow).await;
                slot.set((!cut).then_some(response));
            }
        });
        let Some(response) = slot.get().await else {
            let code = Some("ECONNRESET".to_owned());
            return Err(SendFault::Failed { cause: "read ECONNRESET", code, maybe_cors: false });
        };
        self.statuses.borrow_mut().push(response.status);
        if response.body.len() > outgoing.max_bytes as usize {
            return Err(SendFault::TooLarge { status: response.status });
        }
        let headers = response.headers.into_iter().map(|(name, value)| (name.into_owned(), value));
        Ok(Incoming {
            status: response.status,
            headers: headers.collect(),
            text: (!response.body.is_empty()).then_some(response.body),
            lossy: false,
        })
    }
}

pub fn settings() -> Settings {
    Settings::new(OrgUrl::parse("https://acme.okta.com").unwrap())
}

/// Requests without an answer, over all buckets that are known.
pub fn in_flight(client: &Client<SimHost>) -> u32 {
    let mut sum = 0;
    client.limits().rate_limits(client.host().now(), &mut |limit| sum += limit.in_flight);
    sum
}

/// An answer as a script gives it.
pub fn answer(status: u16, body: &str) -> Delivery {
    let headers = vec![("Content-Type".into(), "application/json".to_owned())];
    let response = Response { status, headers, body: body.to_owned() };
    Delivery { delay_ms: 0, act: Act::Answer(response, Pace::Whole) }
}

/// The ids of a page.
pub fn ids(body: Option<&Value>) -> Vec<String> {
    let items = body.and_then(Value::as_array).into_iter().flatten();
    items.map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
}
