//! Fields that keep absent apart from `null`.

use std::ops::Deref;
use std::{mem, option};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field that may be absent, `null`, or have a value. Okta distinguishes the first two: a group without a
/// description is recorded both as `"description":null` and as `""`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Field<T> {
    /// The key is missing.
    #[default]
    Absent,
    /// The key is there and its value is `null`.
    Null,
    /// The key is there with a value.
    Value(T),
}

/// The methods of [`Option`] under the same names. Methods that take the value out treat absent and `null`
/// alike; [`map`](Field::map), [`and_then`](Field::and_then) and [`filter`](Field::filter) keep the
/// difference.
impl<T> Field<T> {
    /// Whether the key is missing.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the key is there and its value is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether there is a value.
    pub const fn is_some(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Whether there is no value: the key is missing, or its value is `null`.
    pub const fn is_none(&self) -> bool {
        !self.is_some()
    }

    /// Whether there is a value and `matches` is true for it.
    pub fn is_some_and(self, matches: impl FnOnce(T) -> bool) -> bool {
        self.into_option().is_some_and(matches)
    }

    /// Whether there is no value, or `matches` is true for it.
    pub fn is_none_or(self, matches: impl FnOnce(T) -> bool) -> bool {
        self.into_option().is_none_or(matches)
    }

    /// A reference to the value, if there is one.
    pub const fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// A mutable reference to the value, if there is one.
    pub const fn as_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The dereferenced value, if there is one: a `&str` for a text.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: Deref,
    {
        self.as_ref().map(T::deref)
    }

    /// The value, if there is one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Applies `f` to the value; absent and `null` stay as they are.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        self.and_then(|value| Field::Value(f(value)))
    }

    /// Replaces the value by the field that `f` returns; absent and `null` stay as they are.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => f(value),
        }
    }

    /// Replaces a value for which `matches` is false by absent; absent and `null` stay as they are.
    #[must_use]
    pub fn filter(self, matches: impl FnOnce(&T) -> bool) -> Self {
        self.and_then(|value| if matches(&value) { Self::Value(value) } else { Self::Absent })
    }

    /// Applies `f` to the value, or returns `default`.
    pub fn map_or<U>(self, default: U, f: impl FnOnce(T) -> U) -> U {
        self.into_option().map_or(default, f)
    }

    /// The value, or `default`.
    pub fn unwrap_or(self, default: T) -> T {
        self.into_option().unwrap_or(default)
    }

    /// The value, or the result of `default`.
    pub fn unwrap_or_else(self, default: impl FnOnce() -> T) -> T {
        self.into_option().unwrap_or_else(default)
    }

    /// The value, or its type's default.
    pub fn unwrap_or_default(self) -> T
    where
        T: Default,
    {
        self.into_option().unwrap_or_default()
    }

    /// The value.
    ///
    /// # Panics
    /// If there is no value.
    #[allow(clippy::unwrap_used, reason = "the caller asks for it")]
    #[track_caller]
    pub fn unwrap(self) -> T {
        self.into_option().unwrap()
    }

    /// The value.
    ///
    /// # Panics
    /// With `message`, if there is no value.
    #[allow(clippy::expect_used, reason = "the caller asks for it")]
    #[track_caller]
    pub fn expect(self, message: &str) -> T {
        self.into_option().expect(message)
    }

    /// The value, or `error`.
    ///
    /// # Errors
    /// If there is no value.
    pub fn ok_or<E>(self, error: E) -> Result<T, E> {
        self.into_option().ok_or(error)
    }

    /// The value, or the result of `error`.
    ///
    /// # Errors
    /// If there is no value.
    pub fn ok_or_else<E>(self, error: impl FnOnce() -> E) -> Result<T, E> {
        self.into_option().ok_or_else(error)
    }

    /// Returns the field and leaves it absent.
    #[must_use]
    pub const fn take(&mut self) -> Self {
        mem::replace(self, Self::Absent)
    }

    /// Sets a value and returns the former field.
    pub const fn replace(&mut self, value: T) -> Self {
        mem::replace(self, Self::Value(value))
    }

    /// An iterator over the value, if there is one.
    pub fn iter(&self) -> option::IntoIter<&T> {
        self.as_ref().into_iter()
    }
}

impl<T: Clone> Field<&T> {
    /// Clones the referenced value.
    #[must_use]
    pub fn cloned(self) -> Field<T> {
        self.map(T::clone)
    }
}

impl<T> IntoIterator for Field<T> {
    type Item = T;
    type IntoIter = option::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_option().into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Field<T> {
    type Item = &'a T;
    type IntoIter = option::IntoIter<&'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Absent and `null` both become `None`.
impl<T> From<Field<T>> for Option<T> {
    fn from(field: Field<T>) -> Self {
        field.into_option()
    }
}

/// `None` becomes absent: a write leaves the key out. Use [`Field::Null`] to send `null`.
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Only called for a key that is there; `Absent` comes from `#[serde(default)]`.
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    const VALUE: Field<u8> = Field::Value(7);
    const ALL: [Field<u8>; 3] = [Field::Absent, Field::Null, VALUE];

    #[test]
    fn a_field_has_the_methods_of_an_option() {
        for field in ALL {
            let option = field.into_option();
            assert_eq!(option, (field == VALUE).then_some(7));
            assert_eq!(Option::from(field), option);
            assert_eq!(field.as_ref(), option.as_ref());
            assert_eq!((field.is_some(), field.is_none()), (option.is_some(), option.is_none()));
            for wanted in [7, 8] {
                assert_eq!(field.is_some_and(|it| it == wanted), option.is_some_and(|it| it == wanted));
                assert_eq!(field.is_none_or(|it| it == wanted), option.is_none_or(|it| it == wanted));
            }
            assert_eq!(field.map_or(0, |it| it + 1), option.map_or(0, |it| it + 1));
            assert_eq!(field.unwrap_or(1), option.unwrap_or(1));
            assert_eq!(field.unwrap_or_else(|| 2), option.unwrap_or(2));
            assert_eq!(field.unwrap_or_default(), option.unwrap_or_default());
            assert_eq!(field.ok_or("none"), option.ok_or("none"));
            assert_eq!(field.ok_or_else(|| "none"), option.ok_or("none"));
            assert_eq!(field.iter().copied().collect::<Vec<_>>(), Vec::from_iter(option));
            assert_eq!(field.into_iter().collect::<Vec<_>>(), Vec::from_iter(option));
            assert_eq!((&field).into_iter().collect::<Vec<_>>(), Vec::from_iter(&option));
        }
        assert_eq!((VALUE.unwrap(), VALUE.expect("seven")), (7, 7));
        let text: Field<String> = Field::from("West");
        assert_eq!((text.as_deref(), Field::<String>::Null.as_deref()), (Some("West"), None));
    }

    #[test]
    fn absent_and_null_stay_apart() {
        for field in ALL {
            assert_eq!((field.is_absent(), field.is_null()), (field == Field::Absent, field == Field::Null));
            assert_eq!(field.map(|it| it), field);
            assert_eq!(field.and_then(Field::Value), field);
            assert_eq!(field.filter(|_| true), field);
        }
        assert_eq!(VALUE.map(u16::from), Field::Value(7_u16));
        assert_eq!(VALUE.and_then(|_| Field::<u8>::Null), Field::Null);
        assert_eq!(VALUE.filter(|_| false), Field::Absent);
        assert_eq!(Field::Null.filter(|_: &u8| false), Field::Null);
        assert_eq!((Field::<u8>::from(Some(7)), Field::<u8>::from(None)), (VALUE, Field::Absent));
        assert_eq!(Field::Value(&7_u8).cloned(), VALUE);
    }

    #[test]
    fn a_field_is_changed_in_place() {
        let mut field = VALUE;
        if let Some(value) = field.as_mut() {
            *value += 1;
        }
        assert_eq!(field, Field::Value(8));
        assert_eq!((field.replace(9), field), (Field::Value(8), Field::Value(9)));
        assert_eq!((field.take(), field), (Field::Value(9), Field::Absent));
        assert_eq!((Field::<u8>::Null.as_mut(), field.as_mut()), (None, None));
    }
}
