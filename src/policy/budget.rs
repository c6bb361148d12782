//! Decides whether a client can afford another retry. `retry` decides whether a retry helps.

/// A client's retry budget. When many requests fail, it runs out, and the client stops retrying instead of
/// adding to the load.
#[derive(Clone, Debug)]
pub struct Budget {
    options: Option<BudgetOptions>,
    tokens: u32,
}

/// The defaults are those of AWS's SDKs of 2026 (docs/okta-facts.md#retries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetOptions {
    /// The tokens of a new client, and the most that it can have. Default 500.
    pub capacity: u32,
    /// The price in tokens of a retry after a network failure or a 5xx. Default 14. A call that succeeds gets
    /// it back.
    pub cost: u32,
    /// The tokens that a success without retries adds. Default 1.
    pub refill: u32,
}

impl Default for BudgetOptions {
    fn default() -> Self {
        Self { capacity: 500, cost: 14, refill: 1 }
    }
}

impl Budget {
    /// A full budget; `None` is unlimited.
    #[must_use]
    pub fn new(options: Option<BudgetOptions>) -> Self {
        Self { options, tokens: options.map_or(0, |options| options.capacity) }
    }

    /// Pays for one retry and returns the price; `None` if the budget has too few tokens.
    pub fn charge(&mut self) -> Option<u32> {
        let Some(options) = self.options else { return Some(0) };
        self.tokens = self.tokens.checked_sub(options.cost)?;
        Some(options.cost)
    }

    /// Takes the success of a call that has paid `paid` tokens for its retries.
    pub fn succeeded(&mut self, paid: u32) {
        if let Some(options) = self.options {
            self.tokens = self.tokens.saturating_add(paid.max(options.refill)).min(options.capacity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_costs_35_retries_and_successes_earn_them_back() {
        let mut budget = Budget::new(Some(BudgetOptions::default()));
        assert_eq!((0..100).filter(|_| budget.charge().is_some()).count(), 35);
        budget.succeeded(14);
        assert_eq!(budget.charge(), Some(14), "a call that succeeded after a retry gives its price back");
        (0..4).for_each(|_| budget.succeeded(0));
        assert_eq!(budget.charge(), Some(14), "10 were left over, 4 were earned");
        assert_eq!(budget.charge(), None);
        (0..1000).for_each(|_| budget.succeeded(14));
        assert_eq!((0..100).filter(|_| budget.charge().is_some()).count(), 35, "never above its capacity");
    }

    #[test]
    fn no_budget_is_no_bound() {
        let mut budget = Budget::new(None);
        assert!((0..1000).all(|_| budget.charge() == Some(0)));
    }
}
