//! How large an org is, and the seed that it was made with: plain values.

/// The sizes of an org to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedOptions {
    /// The number of groups, at least the two built-in ones. Default 100.
    pub groups: usize,
    /// The number of users. Default 500.
    pub users: usize,
    /// The same seed makes the same org. Default 7.
    pub seed: u64,
}

impl Default for SeedOptions {
    fn default() -> Self {
        Self { groups: 100, users: 500, seed: 7 }
    }
}

/// The sizes and the seed that an org was made with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) groups: usize,
    pub(crate) users: usize,
    pub(crate) seed: u64,
    pub(crate) rules: usize,
    pub(crate) owners: usize,
}
