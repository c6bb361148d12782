//! Spans of time. In the npm package's wasm a span is one number: the two fields of the standard library's
//! `Duration` cost 2.5 % of the bytes.

#[cfg(not(all(target_arch = "wasm32", feature = "npm")))]
pub use std::time::Duration;

#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub use micros::Duration;

#[cfg(any(test, all(target_arch = "wasm32", feature = "npm")))]
#[cfg_attr(test, allow(dead_code, reason = "the tests compare what the core calls"))]
mod micros {
    use std::ops::{Div, Mul, Sub};

    /// A span of time in microseconds, with those methods of the standard library's `Duration` that the core
    /// calls. Where a result would overflow, that `Duration` panics and this one is the longest or no span.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub struct Duration(u64);

    impl Duration {
        pub const ZERO: Self = Duration(0);
        pub const MAX: Self = Duration(u64::MAX);

        pub const fn from_secs(secs: u64) -> Self {
            Self::from_millis(secs.saturating_mul(1000))
        }

        pub const fn from_millis(millis: u64) -> Self {
            // A compare: `saturating_mul` multiplies in 128 bits.
            if millis > u64::MAX / 1000 { Self::MAX } else { Duration(millis * 1000) }
        }

        pub const fn from_micros(micros: u64) -> Self {
            Duration(micros)
        }

        pub const fn as_millis(self) -> u128 {
            (self.0 / 1000) as u128
        }

        pub const fn as_micros(self) -> u128 {
            self.0 as u128
        }

        pub const fn is_zero(self) -> bool {
            self.0 == 0
        }

        pub const fn saturating_add(self, other: Self) -> Self {
            Duration(self.0.saturating_add(other.0))
        }

        pub const fn saturating_sub(self, other: Self) -> Self {
            Duration(self.0.saturating_sub(other.0))
        }

        pub const fn saturating_mul(self, by: u32) -> Self {
            // Divides first: `u64::saturating_mul` multiplies in 128 bits.
            let by = by as u64;
            if by > 0 && self.0 > u64::MAX / by { Self::MAX } else { Duration(self.0 * by) }
        }
    }

    impl Sub for Duration {
        type Output = Self;

        fn sub(self, other: Self) -> Self {
            self.saturating_sub(other)
        }
    }

    impl Mul<u32> for Duration {
        type Output = Self;

        fn mul(self, by: u32) -> Self {
            self.saturating_mul(by)
        }
    }

    impl Div<u32> for Duration {
        type Output = Self;

        fn div(self, by: u32) -> Self {
            Duration(self.0 / u64::from(by))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::micros::Duration as Micros;

    /// Spans of up to a minute, and of any length.
    fn micros() -> impl Strategy<Value = u64> {
        prop_oneof![0..60_000_000_u64, any::<u64>()]
    }

    proptest! {
        /// The core is tested with the standard library's type, and shipped with this one.
        #[test]
        fn a_span_in_microseconds_counts_as_the_standard_librarys(
            a in micros(), b in micros(), by in prop_oneof![1..10_u32, any::<u32>()],
        ) {
            let (x, y) = (Micros::from_micros(a), Micros::from_micros(b));
            let (std_x, std_y) = (Duration::from_micros(a), Duration::from_micros(b));
            // The longest span here is as long as 2^64 microseconds.
            let most = Duration::from_micros(u64::MAX);
            let same = |here: Micros, there: Duration| here.as_micros() == there.min(most).as_micros();
            prop_assert!(same(x, std_x));
            prop_assert_eq!(x.as_millis(), std_x.as_millis());
            prop_assert_eq!((x.cmp(&y), x == y), (std_x.cmp(&std_y), std_x == std_y));
            prop_assert_eq!(x.is_zero(), std_x.is_zero());
            prop_assert!(same(x.saturating_add(y), std_x.saturating_add(std_y)));
            prop_assert!(same(x.saturating_sub(y), std_x.saturating_sub(std_y)));
            prop_assert!(same(x.max(y) - x.min(y), std_x.max(std_y) - std_x.min(std_y)));
            prop_assert!(same(x.saturating_mul(by), std_x.saturating_mul(by)));
            prop_assert!(same(x * by, std_x.saturating_mul(by)));
            prop_assert!(same(x / by.max(1), std_x / by.max(1)));
            prop_assert!(same(Micros::from_millis(a), Duration::from_millis(a)));
            prop_assert!(same(Micros::from_secs(a), Duration::from_secs(a)));
        }
    }

    #[test]
    fn the_bounds_are_the_standard_librarys() {
        assert!(Micros::ZERO.is_zero());
        assert_eq!(Micros::ZERO, Micros::default());
        assert_eq!(Micros::MAX.saturating_add(Micros::from_micros(1)), Micros::MAX);
        assert_eq!(Micros::from_millis(1) - Micros::MAX, Micros::ZERO);
        assert_eq!(Micros::MAX.saturating_mul(0), Micros::ZERO);
    }
}
