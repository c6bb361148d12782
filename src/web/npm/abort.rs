//! Giving a call up, by the caller's signal or by the list that it is a page of.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// A flag that is set once.
#[derive(Default)]
pub(super) struct Flag {
    is_set: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl Flag {
    pub(super) fn set(&self) {
        self.is_set.set(true);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// Resolves once a signal is aborted (with its reason), or a flag is set. The signal's listener goes when this is
/// dropped.
pub(super) struct Aborted {
    signal: Option<AbortSignal>,
    flag: Rc<Flag>,
    listener: Option<Closure<dyn FnMut()>>,
}

impl Aborted {
    pub(super) fn new(signal: Option<AbortSignal>, flag: Rc<Flag>) -> Self {
        Aborted { signal, flag, listener: None }
    }
}

impl Future for Aborted {
    type Output = JsValue;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<JsValue> {
        if let Some(signal) = self.signal.as_ref().filter(|signal| signal.aborted()) {
            return Poll::Ready(signal.reason());
        }
        if self.flag.is_set.get() {
            return Poll::Ready(JsValue::UNDEFINED);
        }
        self.flag.waker.set(Some(context.waker().clone()));
        if let (Some(signal), None) = (&self.signal, &self.listener) {
            let flag = Rc::clone(&self.flag);
            let listener = Closure::<dyn FnMut()>::new(move || flag.wake());
            if signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref()).is_ok() {
                self.listener = Some(listener);
            }
        }
        Poll::Pending
    }
}

impl Drop for Aborted {
    fn drop(&mut self) {
        if let (Some(signal), Some(listener)) = (&self.signal, &self.listener) {
            let _ = signal.remove_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        }
    }
}
