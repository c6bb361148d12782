//! The expression as plain JSON, which is the AST of the npm package:
//!
//! ```json
//! {"op": "and", "args": [{"op": "sw", "attr": "profile.name", "value": "West"},
//!                        {"op": "not", "args": [{"op": "pr", "attr": "source.id"}]}]}
//! ```
//!
//! Hand-written over one flat shape: the depth is bounded, and an expression that cannot be built cannot be
//! read. Unknown members are ignored.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::ast::{Attr, Expr, MAX_DEPTH, Op, Value};
use super::fault::BuildError;
use super::number::Number;

const MEMBERS: &[&str] = &["op", "attr", "value", "args"];

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Expr::And(terms) => group(serializer, "and", terms),
            Expr::Or(terms) => group(serializer, "or", terms),
            Expr::Not(term) => group(serializer, "not", std::slice::from_ref(&**term)),
            Expr::Present { attr } => comparison(serializer, "pr", attr, None),
            Expr::Compare { attr, op, value } => comparison(serializer, op.as_str(), attr, Some(value)),
        }
    }
}

fn group<S: Serializer>(serializer: S, op: &str, args: &[Expr]) -> Result<S::Ok, S::Error> {
    let mut node = serializer.serialize_struct("Expr", 2)?;
    node.serialize_field("op", op)?;
    node.serialize_field("args", args)?;
    node.end()
}

fn comparison<S: Serializer>(
    serializer: S,
    op: &str,
    attr: &Attr,
    value: Option<&Value>,
) -> Result<S::Ok, S::Error> {
    let mut node = serializer.serialize_struct("Expr", 2 + usize::from(value.is_some()))?;
    node.serialize_field("op", op)?;
    node.serialize_field("attr", attr.as_str())?;
    if let Some(value) = value {
        node.serialize_field("value", value)?;
    }
    node.end()
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::String(text) => serializer.serialize_str(text),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Null => serializer.serialize_unit(),
            Value::Number(number) => match number.as_integer() {
                Some(value) => match i64::try_from(value) {
                    Ok(value) => serializer.serialize_i64(value),
                    Err(_) => serializer.serialize_u64(u64::try_from(value).unwrap_or(u64::MAX)),
                },
                None => serializer.serialize_f64(number.to_f64()),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Expr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Node { depth: 0 }.deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Literal)
    }
}

struct Node {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Expr;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Expr, D::Error> {
        deserializer.deserialize_struct("Expr", MEMBERS, self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Expr;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expression: an object with op and attr, value or args")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expr, A::Error> {
        // One level more than can be built, so that the builder reports the error.
        if self.depth > MAX_DEPTH {
            return Err(de::Error::custom(BuildError::TooDeep));
        }
        let (mut op, mut attr, mut value, mut args) = (None, None, None, None);
        while let Some(Member(index)) = map.next_key()? {
            match index {
                0 => op = Some(map.next_value::<String>()?),
                1 => attr = Some(map.next_value::<String>()?),
                2 => value = Some(map.next_value::<Value>()?),
                3 => args = Some(map.next_value_seed(Args { depth: self.depth + 1 })?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let op = op.ok_or_else(|| de::Error::missing_field("op"))?;
        build(&op, attr, value, args).map_err(|fault| match fault {
            Fault::Build(error) => de::Error::custom(error),
            Fault::Missing(member) => de::Error::missing_field(member),
            Fault::NotOfOne => de::Error::custom("not takes one argument"),
        })
    }
}

enum Fault {
    Build(BuildError),
    Missing(&'static str),
    NotOfOne,
}

impl From<BuildError> for Fault {
    fn from(error: BuildError) -> Self {
        Fault::Build(error)
    }
}

fn build(
    op: &str,
    attr: Option<String>,
    value: Option<Value>,
    args: Option<Vec<Expr>>,
) -> Result<Expr, Fault> {
    let args = args.ok_or(Fault::Missing("args"));
    match op {
        "and" => return Ok(Expr::and(args?)?),
        "or" => return Ok(Expr::or(args?)?),
        "not" => {
            let mut args = args?;
            return match (args.pop(), args.is_empty()) {
                (Some(only), true) => Ok(only.not()?),
                _ => Err(Fault::NotOfOne),
            };
        }
        _ => {}
    }
    let attr = || Attr::new(&attr.ok_or(Fault::Missing("attr"))?).map_err(Fault::from);
    if op == "pr" {
        return Ok(attr()?.pr());
    }
    match Op::ALL.iter().find(|(_, text)| *text == op) {
        Some((op, _)) => Ok(attr()?.compare(*op, value.ok_or(Fault::Missing("value"))?)),
        None => Err(BuildError::Op(op.into()).into()),
    }
}

struct Args {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Args {
    type Value = Vec<Expr>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Expr>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Args {
    type Value = Vec<Expr>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of expressions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Expr>, A::Error> {
        let mut args = Vec::new();
        while let Some(arg) = seq.next_element_seed(Node { depth: self.depth })? {
            args.push(arg);
        }
        Ok(args)
    }
}

/// The index in [`MEMBERS`], or its length for an unknown name.
struct Member(usize);

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Member;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Member, E> {
                Ok(Member(MEMBERS.iter().take_while(|member| **member != name).count()))
            }
        }
        deserializer.deserialize_identifier(Name)
    }
}

struct Literal;

impl Visitor<'_> for Literal {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, number, boolean or null")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::try_from(value).map(Value::Number).map_err(E::custom)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}
