//! Numbers as text: no digit is lost between the expression and the wire. Links no code that formats or
//! parses floats into the WebAssembly client (its tables alone are 10 KB).

use std::fmt;

use super::fault::BuildError;

/// A finite JSON number in canonical text: the text of `String(n)` in JavaScript, but exact for the integers
/// of `i64` and `u64`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// Parses the text of a JSON number.
    ///
    /// # Errors
    /// [`BuildError::Number`] if it is not a JSON number, or too large for a double.
    pub fn parse(text: &str) -> Result<Number, BuildError> {
        let refuse = || BuildError::Number(text.into());
        let decimal = Decimal::read(text).ok_or_else(refuse)?;
        let exact = decimal.to_text();
        if integer(&exact).is_some() {
            return Ok(Number(exact.into()));
        }
        // Beyond 64-bit integers a JSON number means the nearest double, as in JavaScript.
        Number::try_from(float::parse(&exact)).map_err(|_| refuse())
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The exact integer; `None` if it is not an integer of `i64` or `u64`.
    pub fn as_integer(&self) -> Option<i128> {
        integer(&self.0)
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        float::parse(&self.0)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number(value.to_string().into())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Number(value.to_string().into())
    }
}

impl TryFrom<f64> for Number {
    type Error = BuildError;

    /// Fails for NaN and the infinities.
    fn try_from(value: f64) -> Result<Self, BuildError> {
        if !value.is_finite() {
            let name = match value {
                _ if value.is_nan() => "NaN",
                _ if value > 0.0 => "Infinity",
                _ => "-Infinity",
            };
            return Err(BuildError::Number(name.into()));
        }
        let text = float::format(value);
        let decimal = Decimal::read(&text).ok_or(BuildError::Number(text))?;
        Ok(Number(decimal.to_text().into()))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The integer, if `text` is the canonical text of one of `i64` or `u64`.
fn integer(text: &str) -> Option<i128> {
    match text.strip_prefix('-') {
        None => text.parse::<u64>().ok().map(i128::from),
        Some(digits) => {
            let size = digits.parse::<u64>().ok()?;
            (size <= 1 << 63).then(|| -i128::from(size))
        }
    }
}

/// `0.digits * 10^point`, without zeros at either end of `digits`; empty for zero.
struct Decimal {
    negative: bool,
    digits: String,
    point: i32,
}

impl Decimal {
    /// Reads `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    fn read(text: &str) -> Option<Decimal> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || (whole.len() > 1 && whole.starts_with('0'))
            || !plain(whole)
            || !plain(fraction)
        {
            return None;
        }
        let all = [whole, fraction].concat();
        let significant = all.trim_start_matches('0');
        let leading = i32::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        let whole = i32::try_from(whole.len()).ok()?;
        let zero = digits.is_empty();
        let point = if zero { 0 } else { exponent.checked_add(whole)?.checked_sub(leading)? };
        Some(Decimal { negative: text.starts_with('-') && !zero, digits, point })
    }

    /// Formats like ECMAScript's `Number::toString`.
    fn to_text(&self) -> String {
        let Decimal { digits, point, .. } = self;
        let point = *point;
        let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
        let split =
            |at: i32| digits.split_at_checked(usize::try_from(at).unwrap_or(0)).unwrap_or((digits, ""));
        let sign = if self.negative { "-" } else { "" };
        let body = if count == 0 {
            "0".to_owned()
        } else if (count..=21).contains(&point) {
            [digits.as_str(), &zeros(point - count)].concat()
        } else if (1..=21).contains(&point) {
            let (whole, fraction) = split(point);
            [whole, ".", fraction].concat()
        } else if (-5..=0).contains(&point) {
            ["0.", &zeros(-point), digits].concat()
        } else {
            let (first, rest) = split(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let exponent_sign = if point > 0 { "+" } else { "-" };
            [first, dot, rest, "e", exponent_sign, &(point - 1).unsigned_abs().to_string()].concat()
        };
        [sign, &body].concat()
    }
}

/// Parses an exponent and limits it to a million, which is beyond a double in any case.
fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<u64>().unwrap_or(u64::MAX).min(1_000_000) as i32;
    Some(if text.starts_with('-') { -size } else { size })
}

/// The platform's conversions. In WebAssembly these are the engine's, which cost no bytes.
#[cfg(not(target_arch = "wasm32"))]
mod float {
    pub fn parse(text: &str) -> f64 {
        text.parse().unwrap_or(f64::NAN)
    }

    pub fn format(value: f64) -> String {
        format!("{value:e}")
    }
}

#[cfg(target_arch = "wasm32")]
mod float {
    pub fn parse(text: &str) -> f64 {
        js_sys::parse_float(text)
    }

    pub fn format(value: f64) -> String {
        js_sys::Number::from(value).to_string_with_radix(10).map(String::from).unwrap_or_default()
    }
}
