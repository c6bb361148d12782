//! Bodies that Rust reads.

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
