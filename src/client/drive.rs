//! Runs calls in Rust.

use std::future::poll_fn;
use std::task::Poll;

use futures_lite::future;

use super::call::{Call, Step};
use super::{CallOptions, Client, Failure, Reply, Walk};
use crate::host::Host;
use crate::request::{GetGroup, GroupId, ReplaceGroup, Request};

impl<H: Host> Client<H> {
    /// Runs one operation.
    ///
    /// # Errors
    /// Every [`Error`](crate::error::Error) but `Pagination`.
    pub async fn call(&self, request: &Request, options: &CallOptions) -> Result<Reply<H>, Failure<H>> {
        self.run(&mut self.begin(request.clone(), options.clone())?).await
    }

    /// Changes a group's profile: reads it, lets `merge` turn the answer into the whole new profile (JSON text) and
    /// writes that, because *Replace a group* drops every attribute that is left out.
    ///
    /// # Errors
    /// Those of [`Client::call`], and what `merge` fails with.
    pub async fn update(
        &self,
        group: GroupId,
        merge: impl FnOnce(Reply<H>) -> Result<String, Failure<H>>,
        options: &CallOptions,
    ) -> Result<Reply<H>, Failure<H>> {
        let began = self.host.now();
        let profile = merge(self.call(&GetGroup { group: group.clone() }.request(), options).await?)?;
        // Together they take no longer than one call may.
        let total = options.total_timeout.unwrap_or(self.settings.total_timeout);
        let left = total.saturating_sub(self.host.now().saturating_sub(began));
        let options = CallOptions { total_timeout: Some(left), ..options.clone() };
        self.call(&ReplaceGroup { group, profile }.request(), &options).await
    }

    /// *Add a group*, or the group of that exact name if there is one: where the org says that the name is taken, or
    /// nobody knows whether it was added. It is looked up within the call's total timeout; the reply is then that of
    /// the lookup. `profile` is JSON text, `name` the name in it.
    ///
    /// # Errors
    /// Those of [`Client::call`]; that of *Add a group* if no such group is found.
    pub async fn create_or_find(
        &self,
        profile: String,
        name: &str,
        options: &CallOptions,
    ) -> Result<Reply<H>, Failure<H>> {
        self.run(&mut Call::creating(self, profile, name, options.clone())?).await
    }

    /// *Delete a group* or *Unassign a user from a group*, where a group or user that is not there counts as success.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn remove(&self, request: &Request, options: &CallOptions) -> Result<Reply<H>, Failure<H>> {
        let mut call = self.begin(request.clone(), options.clone())?;
        call.settle_for_gone();
        self.run(&mut call).await
    }

    /// Reads the page that `walk` is at and moves it on. On an error it stays at that page, so that
    /// [`Walk::cursor`] names the exact rest of the list. `None` at the end.
    ///
    /// # Errors
    /// Every [`Error`](crate::error::Error).
    pub async fn page(&self, walk: &mut Walk, options: &CallOptions) -> Result<Option<Reply<H>>, Failure<H>> {
        let Some(mut call) = walk.begin(self, options.clone())? else { return Ok(None) };
        let result = self.run(&mut call).await;
        walk.end(self, call.size().cloned(), result).map(Some)
    }

    async fn run(&self, call: &mut Call<H>) -> Result<Reply<H>, Failure<H>> {
        let mut step = call.ask(self);
        loop {
            step = match step {
                Step::Go => {
                    let time = call.begin(self);
                    let late = async {
                        self.host.sleep(time).await;
                        None
                    };
                    match future::or(async { Some(self.attempt(call).await) }, late).await {
                        Some(step) => step,
                        None => call.late(self),
                    }
                }
                Step::Wait(pause) => {
                    let woken = poll_fn(|context| {
                        let waker = context.waker().clone();
                        match call.park(pause, Box::new(|| waker.wake())) {
                            true => Poll::Pending,
                            false => Poll::Ready(()),
                        }
                    });
                    future::or(woken, self.host.sleep(pause.time)).await;
                    call.ask(self)
                }
                Step::Rest(time) => {
                    if !time.is_zero() {
                        self.host.sleep(time).await;
                    }
                    call.ask(self)
                }
                Step::Done(result) => return result,
            };
        }
    }

    /// Sends the request once.
    async fn attempt(&self, call: &mut Call<H>) -> Step<H> {
        let proof = match self.host.authorize(call.attempt()).await {
            Ok(proof) => proof,
            Err(cause) => return call.unproven(self, cause),
        };
        if let Err(step) = call.prove(self, proof) {
            return step;
        }
        match self.host.send(call.outgoing(self, &call.headers(self))).await {
            Ok(incoming) => call.answered(self, incoming),
            Err(fault) => call.unanswered(self, fault),
        }
    }
}
