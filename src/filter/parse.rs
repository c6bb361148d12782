//! Parses text by recursive descent, with a bound on the recursion. Decides which texts are syntax errors.
//!
//! The parser writes a [`Tape`], which holds positions in the text and no copy of any part of it: JavaScript
//! makes its objects from that. [`parse`] makes an [`Expr`] of the same tape.
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

use super::ast::{self, Attr, BLANK, Expr, MAX_DEPTH, Op, PLAIN, SIGN, Value, WORD};
use super::fault::BuildError;
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

/// A node of a [`Tape`]: its kind, then positions in bytes. A comparison and `pr` have where they begin, where
/// their attribute ends, where the constant begins, and where they end; a group has the number of its terms.
pub(crate) type Node = [u32; 5];

/// The kinds of nodes. A comparison has [`COMPARE`] and the index of its operator in [`Op::ALL`].
const AND: u32 = 0;
pub(super) const OR: u32 = 1;
const NOT: u32 = 2;
const PRESENT: u32 = 3;
const COMPARE: u32 = 4;

/// What a text says, as positions in it.
#[derive(Default)]
#[cfg_attr(not(all(target_arch = "wasm32", feature = "expressions")), allow(dead_code))] // JavaScript alone reads all of it
pub(crate) struct Tape {
    /// The nodes, each group after its terms. The first one is no node: the wasm's edge writes facts of the whole there.
    pub nodes: Vec<Node>,
    /// The levels of `and`, `or` and `not`.
    pub depth: usize,
    /// Whether the text is the one that [`Expr`]'s `Display` writes.
    pub is_canonical: bool,
    /// Whether the text is ASCII.
    pub is_ascii: bool,
}

/// Parses an expression.
///
/// # Errors
/// [`ParseError`] with the position of the first fault. A text longer than [`MAX_LENGTH`] bytes and a nesting
/// deeper than [`MAX_DEPTH`] are faults, too.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    let tape = Tape::default().read(text, MAX_LENGTH)?;
    // A tape of the parser has no fault.
    let fault = |_| ParseError { position: 0, offset: 0, found: found(text), expected: SHALLOW };
    tape.expr(text).map_err(fault)
}

/// Parses a literal.
pub(crate) fn parse_value(text: &str) -> Result<Value, ParseError> {
    let mut parser = Parser { text, at: 0, seen: 0, nodes: Vec::new(), is_canonical: true };
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

impl Tape {
    /// Parses a text of at most so many bytes, in the memory of this tape.
    pub(crate) fn read(self, text: &str, longest: usize) -> Result<Tape, ParseError> {
        let mut parser = Parser { text, at: 0, seen: 0, nodes: self.nodes, is_canonical: true };
        if text.len() > longest {
            return Err(parser.error(text.floor_char_boundary(longest), SHORT));
        }
        parser.nodes.clear();
        parser.nodes.push([0; 5]);
        let Shape { depth, .. } = parser.group(OR, 0, "")?;
        parser.blanks("");
        if !parser.rest().is_empty() {
            return Err(parser.here(JOINER_OR_END));
        }
        let Parser { nodes, is_canonical, seen, .. } = parser;
        Ok(Tape { nodes, depth, is_canonical, is_ascii: seen < 0x80 })
    }

    /// Counts positions in UTF-16 units, in place of bytes.
    #[cfg(all(target_arch = "wasm32", feature = "expressions"))]
    pub(crate) fn count_units(&mut self, text: &str) {
        // Positions of nodes that are no groups ascend: each is counted on from the last one.
        let (mut byte, mut unit) = (0, 0);
        for node in self.nodes.iter_mut().skip(1).filter(|[kind, ..]| *kind >= PRESENT) {
            for position in node.iter_mut().skip(1) {
                let to = *position as usize;
                unit += text.get(byte..to).unwrap_or("").chars().map(char::len_utf16).sum::<usize>();
                (byte, *position) = (to, unit as u32);
            }
        }
    }

    /// The nodes of the text.
    pub(crate) fn each(&self) -> &[Node] {
        self.nodes.get(1..).unwrap_or_default()
    }

    /// The expression of the text that this tape was read from.
    pub(crate) fn expr(&self, text: &str) -> Result<Expr, BuildError> {
        let mut done: Vec<Expr> = Vec::new();
        for node in self.each() {
            let [kind, count, ..] = *node;
            let expr = match kind {
                AND | OR | NOT => {
                    let terms = done.split_off(done.len().saturating_sub(count as usize));
                    let joined = ast::joined(kind == OR, terms)?.ok_or(BuildError::Empty(""))?;
                    if kind == NOT { joined.not()? } else { joined }
                }
                _ => {
                    let Leaf { attr, op, literal } = leaf(text, node);
                    let attr = Attr::new(attr)?;
                    match op {
                        None => attr.pr(),
                        Some(op) => {
                            let value = parse_value(literal);
                            attr.compare(op, value.map_err(|_| BuildError::Number(literal.into()))?)
                        }
                    }
                }
            };
            done.push(expr);
        }
        done.pop().ok_or(BuildError::Empty(""))
    }
}

/// The texts of a comparison. `pr` has no operator.
pub(crate) struct Leaf<'a> {
    pub attr: &'a str,
    pub op: Option<Op>,
    pub literal: &'a str,
}

/// The texts of a node that is no group.
pub(crate) fn leaf<'a>(text: &'a str, node: &Node) -> Leaf<'a> {
    let [kind, start, attr, literal, end] = node.map(|number| number as usize);
    let part = |from, to| text.get(from..to).unwrap_or("");
    let op = kind.checked_sub(COMPARE as usize).and_then(|index| Op::ALL.get(index));
    Leaf { attr: part(start, attr), op: op.map(|(op, _)| *op), literal: part(literal, end) }
}

/// What the parser knows of a term.
#[derive(Clone, Copy)]
struct Shape {
    kind: u32,
    depth: usize,
    /// Whether it stands in parentheses.
    is_enclosed: bool,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// All bits of the texts that were taken.
    seen: u8,
    nodes: Vec<Node>,
    is_canonical: bool,
}

impl<'a> Parser<'a> {
    /// Parses terms that are joined by `and` or `or`, after the blanks `gap` if the text is canonical.
    fn group(&mut self, kind: u32, depth: usize, gap: &str) -> Result<Shape, ParseError> {
        self.blanks(gap);
        let start = self.at;
        let (mut gap, mut count, mut level) = ("", 0, 0);
        loop {
            let term = match kind {
                OR => self.group(AND, depth, gap)?,
                _ => self.unary(depth, gap)?,
            };
            count += 1;
            let joins = self.joiner(if kind == OR { "or" } else { "and" })?;
            let is_alone = count == 1 && !joins;
            self.is_canonical &= !term.is_enclosed || (term.kind == OR && !is_alone);
            if is_alone {
                return Ok(Shape { is_enclosed: false, ..term });
            }
            level = level.max(term.depth + usize::from(term.kind != kind));
            if !joins {
                break;
            }
            gap = " ";
        }
        if level > MAX_DEPTH {
            return Err(self.error(start, SHALLOW));
        }
        self.nodes.push([kind, count, 0, 0, 0]);
        Ok(Shape { kind, depth: level, is_enclosed: false })
    }

    fn unary(&mut self, depth: usize, gap: &str) -> Result<Shape, ParseError> {
        self.blanks(gap);
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(self.here(SHALLOW));
        }
        if self.eat(b'(') {
            let inner = self.group(OR, depth + 1, "")?;
            self.blanks("");
            if !self.eat(b')') {
                return Err(self.here(JOINER_OR_CLOSE));
            }
            self.boundary(AFTER_TERM)?;
            return Ok(Shape { is_enclosed: true, ..inner });
        }
        let word = self.word();
        if !word.eq_ignore_ascii_case("not") {
            return self.comparison(start, word);
        }
        self.boundary_before_operand()?;
        self.blanks(" ");
        // A parenthesis after `not` does not add a level.
        let level = if self.next() == Some(b'(') { depth } else { depth + 1 };
        let term = self.unary(level, "")?;
        if term.depth >= MAX_DEPTH {
            return Err(self.error(start, SHALLOW));
        }
        self.is_canonical &= word == "not" && term.is_enclosed;
        self.nodes.push([NOT, 1, 0, 0, 0]);
        Ok(Shape { kind: NOT, depth: term.depth + 1, is_enclosed: false })
    }

    fn comparison(&mut self, start: usize, attr: &str) -> Result<Shape, ParseError> {
        if !ast::is_path(attr) {
            return Err(self.error(start + bad_segment(attr), OPERAND));
        }
        let attr = self.at;
        self.boundary(SPACE)?;
        self.blanks(" ");
        let at = self.at;
        let word = self.word();
        let (kind, known) = if word.eq_ignore_ascii_case("pr") {
            (PRESENT, "pr")
        } else {
            let known = (COMPARE..).zip(&Op::ALL).find(|(_, (_, op))| word.eq_ignore_ascii_case(op));
            match known {
                Some((kind, (_, op))) => (kind, *op),
                None => return Err(self.error(at, OPERATOR)),
            }
        };
        self.is_canonical &= word == known;
        let mut literal = self.at;
        if kind != PRESENT {
            if !self.rest().is_empty() {
                self.boundary(SPACE)?;
            }
            self.blanks(" ");
            literal = self.at;
            self.constant()?;
        }
        self.boundary(AFTER_TERM)?;
        // A text is not longer than `MAX_LENGTH`.
        self.nodes.push([kind, start as u32, attr as u32, literal as u32, self.at as u32]);
        Ok(Shape { kind, depth: 0, is_enclosed: false })
    }

    /// Skips a literal.
    fn constant(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        if self.eat(b'"') {
            self.take(PLAIN);
            if self.eat(b'"') {
                return Ok(());
            }
            self.at = start;
        }
        let value = self.literal()?;
        self.is_canonical &= self.text.get(start..self.at) == Some(value.to_text().as_str());
        Ok(())
    }

    fn literal(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        if self.eat(b'"') {
            return self.string().map(Value::String);
        }
        let token = self.take(WORD | SIGN);
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
            value.push_str(self.take(PLAIN));
            let start = self.at;
            if self.eat(b'"') {
                return Ok(value);
            } else if self.eat(b'\\') {
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
    fn joiner(&mut self, known: &str) -> Result<bool, ParseError> {
        let start = self.at;
        let gap = self.take(BLANK);
        let word = self.word();
        if !word.eq_ignore_ascii_case(known) {
            self.at = start;
            return Ok(false);
        }
        self.is_canonical &= gap == " " && word == known;
        self.boundary_before_operand()?;
        Ok(true)
    }

    fn boundary_before_operand(&self) -> Result<(), ParseError> {
        if matches!(self.next(), None | Some(b'(')) { Ok(()) } else { self.boundary(SPACE) }
    }

    /// Two tokens must not touch: `eq"x"` and `"x"and` are not in the grammar.
    fn boundary(&self, expected: &'static [&'static str]) -> Result<(), ParseError> {
        match self.next() {
            Some(byte) if ast::is(byte, BLANK) => Ok(()),
            Some(b')') | None if expected == AFTER_TERM => Ok(()),
            None => Err(self.here(OPERATOR)),
            Some(_) => Err(self.here(expected)),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips blanks, which are `canonical` in a canonical text.
    fn blanks(&mut self, canonical: &str) {
        self.is_canonical &= self.take(BLANK) == canonical;
    }

    fn word(&mut self) -> &'a str {
        self.take(WORD)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.next() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes characters of a class: ASCII alone or, in [`PLAIN`], all others too, so that it never stops within a
    /// character.
    fn take(&mut self, class: u8) -> &'a str {
        let start = self.at;
        while let Some(byte) = self.next().filter(|byte| ast::is(*byte, class)) {
            self.seen |= byte;
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or("")
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

/// The position in `path` of the first part that is not a name.
fn bad_segment(path: &str) -> usize {
    let good = path.split('.').take_while(|name| ast::are_names(name));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Tape {
        Tape::default().read(text, MAX_LENGTH).unwrap_or_else(|error| panic!("{}", error.render_caret(text)))
    }

    #[test]
    fn a_text_is_canonical_if_it_is_what_is_written_of_it() {
        let texts = [
            "a pr",
            " a pr",
            "a pr ",
            "a  pr",
            "a\tpr",
            "a PR",
            "(a pr)",
            "a pr and b pr",
            "a pr AND b pr",
            "a pr  and b pr",
            "a pr and  b pr",
            "a pr and (b pr)",
            "a pr and (b pr or c pr)",
            "a pr and ( b pr or c pr)",
            "a pr and (b pr or c pr )",
            "a pr and ((b pr or c pr))",
            "a pr and (b pr and c pr)",
            "(a pr or b pr)",
            "a pr or (b pr or c pr)",
            "a pr or (b pr and c pr)",
            "a pr or b pr and c pr",
            "not (a pr)",
            "not(a pr)",
            "not  (a pr)",
            "not a pr",
            "NOT (a pr)",
            "not ((a pr))",
            "not (a pr or b pr)",
            "not (not (a pr))",
            "(not (a pr)) and b pr",
            "not (a pr) and (b pr or c pr)",
            "a eq \"x\"",
            "a Eq \"x\"",
            "a eq  \"x\"",
            "a eq 1",
            "a eq 1.0",
            "a eq 1e5",
            "a eq true",
            "a eq null",
            "a eq \"é😀\"",
            r#"a eq "\u0041""#,
            r#"a eq "\"\\\n""#,
            r#"a eq "\/""#,
            "a.b-c eq \"\u{7f}\"",
        ];
        for text in texts {
            let tape = read(text);
            let written = tape.expr(text).map(|expr| expr.to_text());
            assert_eq!(tape.is_canonical, written.as_deref() == Ok(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_tape_has_what_the_expression_has(text in "( ?(and|or|not|pr|eq|[ab]|[\"é1()]) ?){0,16}") {
            let Ok(tape) = Tape::default().read(&text, MAX_LENGTH) else { return Ok(()) };
            let expr = tape.expr(&text).expect("a tape without a fault");
            prop_assert_eq!(tape.depth, expr.depth());
            let written = expr.to_text();
            prop_assert_eq!(tape.is_canonical, written == text);
            prop_assert_eq!(tape.is_ascii, text.is_ascii());
            let again = read(&written);
            prop_assert!(again.is_canonical);
            prop_assert_eq!(again.expr(&written), Ok(expr));
        }
    }
}
