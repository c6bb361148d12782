//! JSON bodies that Rust decodes. This module decides only which numbers were rounded.

use serde_json::Value;

use crate::error::ErrorBody;
use crate::host::{Body, Shape};

impl Body for Value {
    type Text = String;

    fn beginning(text: &String) -> String {
        text.chars().take(1024).collect()
    }

    fn decode(text: &String) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// serde_json rounds an integer beyond 64 bits to the nearest double.
    fn is_inexact(text: &String) -> bool {
        let mut is_text = false;
        let mut rest = text.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'\\' if is_text => rest = rest.get(1..).unwrap_or_default(),
                b'"' => is_text = !is_text,
                b'-' | b'0'..=b'9' if !is_text => {
                    let is_part = |byte: &u8| byte.is_ascii_digit() || b".eE+-".contains(byte);
                    let end = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
                    let (number, after) = text.split_at(text.len() - rest.len() - 1).1.split_at(end + 1);
                    rest = after.as_bytes();
                    let is_whole = !number.contains(['.', 'e', 'E']);
                    if is_whole && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                        return true;
                    }
                }
                _ => {}
            }
        }
        false
    }

    fn shape(&self) -> Shape {
        match self {
            Value::Array(items) if items.iter().all(Value::is_object) => Shape::Array(items.len()),
            Value::Object(_) => Shape::Object,
            _ => Shape::Other,
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        self.get(index).cloned()
    }

    fn text_at(&self, path: &[&str]) -> Option<String> {
        path.iter().try_fold(self, |body, name| body.get(name))?.as_str().map(str::to_owned)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn error_body(&self) -> ErrorBody {
        let causes = self.get("errorCauses").and_then(Value::as_array).into_iter().flatten();
        let text = |cause: &Value| cause.as_str().map(str::to_owned);
        let causes = causes.filter_map(|cause| cause.text_at(&["errorSummary"]).or_else(|| text(cause)));
        ErrorBody::read(|name| self.text_at(&[name]), causes.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_beyond_64_bits_are_seen_wherever_they_stand() {
        for (text, expected) in [
            ("18446744073709551615", false),
            ("18446744073709551616", true),
            ("[-9223372036854775808]", false),
            ("[-9223372036854775809]", true),
            (r#"{"a":1e300,"b":-0.0,"c":1.5E+20,"d":0}"#, false),
            (r#"{"a":{"b":[1, 99999999999999999999 ]}}"#, true),
            (r#"{"a":"99999999999999999999","99999999999999999999":1}"#, false),
            (r#"{"a":"\"99999999999999999999","b":"\\","c":99999999999999999999}"#, true),
            (r#"{"ü":"é","n":123456789012345678901234567890.5}"#, false),
            ("", false),
            ("-", true),
        ] {
            assert_eq!(Value::is_inexact(&text.to_owned()), expected, "{text}");
        }
    }
}
