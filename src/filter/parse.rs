//! Parses text to an expression by recursive descent, with a bound on the recursion. Decides which texts are
//! syntax errors.
//!
//! ```text
//! any   := all ("or" all)*            all := unary ("and" unary)*
//! unary := "not" unary | "(" any ")" | attr "pr" | attr op literal
//! ```
//!
//! Words are separated by blanks (space, tab, line breaks). Operators may be in any case. Literals are JSON:
//! strings, numbers, `true`, `false`, `null`.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::ast::{self, Attr, Expr, MAX_DEPTH, Op, Value};
use super::number::Number;
use super::render::quoted;

/// The longest text that is parsed, in bytes: eight times the limit of common servers for a whole URL.
pub const MAX_LENGTH: usize = 1_048_576;

/// Where a text stops being an expression, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The position in UTF-16 code units: an index into a JavaScript string.
    pub position: usize,
    /// The same position in bytes: an index into the `str`.
    pub offset: usize,
    /// The text at the position: a quoted piece of it, or `end of expression`.
    pub found: String,
    /// What was expected at the position.
    pub expected: &'static [&'static str],
}

const OPERAND: &[&str] = &["an attribute", "not", "("];
const OPERATOR: &[&str] = &["eq", "ne", "gt", "ge", "lt", "le", "sw", "co", "ew", "pr"];
const LITERAL: &[&str] = &["a double-quoted string", "a number", "true", "false", "null"];
const SPACE: &[&str] = &["a space"];
const AFTER_TERM: &[&str] = &["a space", ")", "end of expression"];
const JOINER_OR_END: &[&str] = &["and", "or", "end of expression"];
const JOINER_OR_CLOSE: &[&str] = &["and", "or", ")"];
const QUOTE: &[&str] = &["\""];
const ESCAPE: &[&str] =
    &["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u and four hex digits"];
const CONTROL: &[&str] = &["an escape such as \\n or \\u0007 in place of the control character"];
const PAIR: &[&str] = &["a high and a low surrogate together"];
const NUMBER: &[&str] = &["a JSON number that fits a double"];
const SHALLOW: &[&str] = &["at most 64 levels of and, or, not and parentheses"];
const SHORT: &[&str] = &["at most 1048576 bytes"];

/// Parses an expression.
///
/// # Errors
/// [`ParseError`] with the position of the first fault. A text longer than [`MAX_LENGTH`] bytes and a nesting
/// deeper than [`MAX_DEPTH`] are faults, too.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    let mut parser = Parser { text, at: 0 };
    if text.len() > MAX_LENGTH {
        return Err(parser.error(text.floor_char_boundary(MAX_LENGTH), SHORT));
    }
    let expr = parser.any(0)?;
    parser.blanks();
    if parser.rest().is_empty() { Ok(expr) } else { Err(parser.here(JOINER_OR_END)) }
}

/// Parses a literal.
#[cfg(all(target_arch = "wasm32", feature = "expressions"))]
pub(crate) fn parse_value(text: &str) -> Result<Value, ParseError> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.literal()?;
    if parser.rest().is_empty() { Ok(value) } else { Err(parser.here(AFTER_TERM)) }
}

impl FromStr for Expr {
    type Err = ParseError;

    /// Like [`parse`].
    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse(text)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self, depth: usize) -> Result<Expr, ParseError> {
        self.blanks();
        let start = self.at;
        let mut terms = vec![self.all(depth)?];
        while self.joiner("or")? {
            terms.push(self.all(depth)?);
        }
        Expr::or(terms).map_err(|_| self.error(start, SHALLOW))
    }

    fn all(&mut self, depth: usize) -> Result<Expr, ParseError> {
        self.blanks();
        let start = self.at;
        let mut terms = vec![self.unary(depth)?];
        while self.joiner("and")? {
            terms.push(self.unary(depth)?);
        }
        Expr::and(terms).map_err(|_| self.error(start, SHALLOW))
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, ParseError> {
        self.blanks();
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(self.here(SHALLOW));
        }
        if self.eat('(') {
            let inner = self.any(depth + 1)?;
            self.blanks();
            if !self.eat(')') {
                return Err(self.here(JOINER_OR_CLOSE));
            }
            self.boundary(AFTER_TERM)?;
            return Ok(inner);
        }
        let word = self.word();
        if !word.eq_ignore_ascii_case("not") {
            return self.comparison(start, word);
        }
        self.boundary_before_operand()?;
        self.blanks();
        // A parenthesis after `not` does not add a level.
        let level = if self.rest().starts_with('(') { depth } else { depth + 1 };
        let term = self.unary(level)?;
        term.not().map_err(|_| self.error(start, SHALLOW))
    }

    fn comparison(&mut self, start: usize, word: &str) -> Result<Expr, ParseError> {
        let attr = match Attr::new(word) {
            Ok(attr) => attr,
            Err(_) => return Err(self.error(start + bad_segment(word), OPERAND)),
        };
        self.boundary(SPACE)?;
        self.blanks();
        let at = self.at;
        let word = self.word();
        if word.eq_ignore_ascii_case("pr") {
            self.boundary(AFTER_TERM)?;
            return Ok(Expr::Present { attr });
        }
        let Some(op) = Op::from_text(word) else {
            return Err(self.error(at, OPERATOR));
        };
        if !self.rest().is_empty() {
            self.boundary(SPACE)?;
        }
        self.blanks();
        let value = self.literal()?;
        self.boundary(AFTER_TERM)?;
        Ok(Expr::Compare { attr, op, value })
    }

    fn literal(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        if self.eat('"') {
            return self.string().map(Value::String);
        }
        let token = self.take(|byte| ast::is_ident_part(byte) || matches!(byte, b'.' | b'+'));
        match token {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            _ if token.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                Number::parse(token).map(Value::Number).map_err(|_| self.error(start, NUMBER))
            }
            _ => Err(self.error(start, LITERAL)),
        }
    }

    /// The rest of a JSON string, after its opening quote.
    fn string(&mut self) -> Result<String, ParseError> {
        let mut value = String::new();
        loop {
            value.push_str(self.take(|byte| byte >= b' ' && byte != b'"' && byte != b'\\'));
            let start = self.at;
            if self.eat('"') {
                return Ok(value);
            } else if self.eat('\\') {
                value.push(self.escape(start)?);
            } else {
                let expected = if self.rest().is_empty() { QUOTE } else { CONTROL };
                return Err(self.here(expected));
            }
        }
    }

    /// Parses what follows the backslash at `start`.
    fn escape(&mut self, start: usize) -> Result<char, ParseError> {
        let mut chars = self.rest().chars();
        let plain = match chars.next() {
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.at += 1;
                return self.unicode(start);
            }
            _ => return Err(self.error(start, ESCAPE)),
        };
        self.at += 1;
        Ok(plain)
    }

    /// Parses what follows the `\u` at `start`: one code unit, or a pair of surrogates.
    fn unicode(&mut self, start: usize) -> Result<char, ParseError> {
        let first = self.hex(start)?;
        let second = if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 2;
            Some(self.hex(self.at - 2)?)
        } else {
            None
        };
        let mut decoded = char::decode_utf16([first].into_iter().chain(second));
        match (decoded.next(), decoded.next()) {
            (Some(Ok(char)), None) => Ok(char),
            _ => Err(self.error(start, PAIR)),
        }
    }

    fn hex(&mut self, start: usize) -> Result<u16, ParseError> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::try_from(u32::from_str_radix(digits, 16).ok()?).ok());
        let unit = unit.ok_or_else(|| self.error(start, ESCAPE))?;
        self.at += 4;
        Ok(unit)
    }

    /// Takes `and` or `or` if it comes next.
    fn joiner(&mut self, word: &str) -> Result<bool, ParseError> {
        self.blanks();
        let start = self.at;
        if !self.word().eq_ignore_ascii_case(word) {
            self.at = start;
            return Ok(false);
        }
        self.boundary_before_operand()?;
        Ok(true)
    }

    fn boundary_before_operand(&self) -> Result<(), ParseError> {
        if self.rest().is_empty() || self.rest().starts_with('(') { Ok(()) } else { self.boundary(SPACE) }
    }

    /// Two tokens must not touch: `eq"x"` and `"x"and` are not in the grammar.
    fn boundary(&self, expected: &'static [&'static str]) -> Result<(), ParseError> {
        match self.rest().as_bytes().first() {
            Some(&byte) if is_blank(byte) => Ok(()),
            Some(b')') | None if expected == AFTER_TERM => Ok(()),
            None => Err(self.here(OPERATOR)),
            Some(_) => Err(self.here(expected)),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        self.take(is_blank);
    }

    fn word(&mut self) -> &'a str {
        self.take(|byte| ast::is_ident_part(byte) || byte == b'.')
    }

    fn eat(&mut self, char: char) -> bool {
        let found = self.rest().starts_with(char);
        self.at += usize::from(found) * char.len_utf8();
        found
    }

    /// Stops at ASCII characters only, or accepts all others, so that it never stops within a character.
    fn take(&mut self, accept: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| !accept(byte)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    fn here(&self, expected: &'static [&'static str]) -> ParseError {
        self.error(self.at, expected)
    }

    fn error(&self, offset: usize, expected: &'static [&'static str]) -> ParseError {
        let (before, after) = self.text.split_at_checked(offset).unwrap_or((self.text, ""));
        let position = before.chars().map(char::len_utf16).sum();
        ParseError { position, offset, found: found(after), expected }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The position in `path` of the first part that is not a name.
fn bad_segment(path: &str) -> usize {
    let good = path.split('.').take_while(|name| ast::is_ident(name));
    let length: usize = good.map(|name| name.len() + 1).sum();
    if length > path.len() { 0 } else { length }
}

/// The word or sign at the start of `text`, quoted, cut to 24 characters.
fn found(text: &str) -> String {
    let Some(first) = text.chars().next() else {
        return "end of expression".into();
    };
    let alone = matches!(first, '(' | ')' | '"') || first <= ' ';
    let token = text.chars().take_while(|&char| char > ' ' && !matches!(char, '(' | ')'));
    let token: String = if alone { first.into() } else { token.take(25).collect() };
    match token.char_indices().nth(24) {
        Some((end, _)) => quoted(&[token.get(..end).unwrap_or(""), "…"].concat()),
        None => quoted(&token),
    }
}

impl ParseError {
    /// The message, the line of `text` that it is about, and a caret below the position:
    ///
    /// ```text
    /// expected a space, ) or end of expression at 25, found "smith\""
    ///   profile.lastName eq "bob"smith"
    ///                            ^
    /// ```
    ///
    /// A long line is cut to the 60 characters before the position and the 40 after it.
    pub fn render_caret(&self, text: &str) -> String {
        let (before, after) = text.split_at_checked(self.offset).unwrap_or((text, ""));
        let before = before.rsplit(['\n', '\r']).next().unwrap_or("");
        let after = after.split(['\n', '\r']).next().unwrap_or("");
        let start = before.char_indices().rev().nth(59).map_or(0, |(at, _)| at);
        let end = after.char_indices().nth(40).map_or(after.len(), |(at, _)| at);
        let visible = |text: &str| text.chars().map(|c| if c < ' ' { ' ' } else { c }).collect::<String>();
        let cut = |really: bool| if really { "…" } else { "" };
        let shown = visible(before.get(start..).unwrap_or(""));
        let tail = visible(after.get(..end).unwrap_or(""));
        let cuts = (cut(start > 0), cut(end < after.len()));
        let pad: String = cuts.0.chars().chain(shown.chars()).map(|_| ' ').collect();
        [&self.message(), "\n  ", cuts.0, &shown, &tail, cuts.1, "\n  ", &pad, "^"].concat()
    }

    /// The text of `Display`.
    fn message(&self) -> String {
        let mut message = "expected ".to_owned();
        for (index, item) in self.expected.iter().enumerate() {
            message.push_str(match self.expected.len() - index {
                _ if index == 0 => "",
                1 => " or ",
                _ => ", ",
            });
            message.push_str(item);
        }
        let position = u32::try_from(self.position).unwrap_or(u32::MAX).to_string();
        for part in [" at ", &position, ", found ", &self.found] {
            message.push_str(part);
        }
        message
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Error for ParseError {}
