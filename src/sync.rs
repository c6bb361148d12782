//! Shared pointers and locks: single-threaded ones in wasm, where every byte counts, thread-safe ones
//! elsewhere.

pub(crate) use imp::{Lock, Wake, WeakShared};
pub use imp::{MaybeSend, MaybeSync, Shared};

#[cfg(target_arch = "wasm32")]
mod imp {
    use std::cell::{RefCell, RefMut};
    use std::rc::{Rc, Weak};

    /// A shared pointer: [`Rc`] in wasm, `Arc` elsewhere.
    pub type Shared<T> = Rc<T>;
    pub(crate) type WeakShared<T> = Weak<T>;
    /// Wakes a call that waits.
    pub(crate) type Wake = Box<dyn FnOnce()>;

    /// `Send` where there are threads, nothing in wasm.
    pub trait MaybeSend {}
    impl<T: ?Sized> MaybeSend for T {}

    /// `Sync` where there are threads, nothing in wasm.
    pub trait MaybeSync {}
    impl<T: ?Sized> MaybeSync for T {}

    /// A value with one writer at a time.
    #[derive(Debug, Default)]
    pub(crate) struct Lock<T>(RefCell<T>);

    impl<T> Lock<T> {
        pub(crate) const fn new(value: T) -> Self {
            Lock(RefCell::new(value))
        }

        pub(crate) fn lock(&self) -> RefMut<'_, T> {
            self.0.borrow_mut()
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

    /// A shared pointer: `Rc` in wasm, [`Arc`] elsewhere.
    pub type Shared<T> = Arc<T>;
    pub(crate) type WeakShared<T> = Weak<T>;
    /// Wakes a call that waits.
    pub(crate) type Wake = Box<dyn FnOnce() + Send>;

    /// `Send` where there are threads, nothing in wasm.
    pub trait MaybeSend: Send {}
    impl<T: Send + ?Sized> MaybeSend for T {}

    /// `Sync` where there are threads, nothing in wasm.
    pub trait MaybeSync: Sync {}
    impl<T: Sync + ?Sized> MaybeSync for T {}

    /// A value with one writer at a time. The lock is held for a few instructions, never while a future is
    /// awaited or code of the program runs.
    #[derive(Debug, Default)]
    pub(crate) struct Lock<T>(Mutex<T>);

    impl<T> Lock<T> {
        pub(crate) const fn new(value: T) -> Self {
            Lock(Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            // The panic was a host's: the values behind these locks are consistent after each statement.
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
