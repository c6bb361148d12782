//! The expression language of `filter` and `search`.
