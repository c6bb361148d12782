//! Parses and evaluates the part of Okta's expression language that rules of the local org support.
//!
//! | what | how |
//! |---|---|
//! | attributes | `user.department`, `user.getInternalProperty("id")` |
//! | literals | `"text"`, `'text'`, `1`, `2.5`, `true`, `false`, `null` |
//! | comparison | `== != < > <= >=`, as words `eq ne lt gt le ge` |
//! | logic | `AND OR NOT`, `&& \|\| !` in any case, `a ? b : c`, parentheses |
//! | text | `+` and the documented `String.*` functions |
//! | groups | `isMemberOfGroup`, `isMemberOfAnyGroup`, `isMemberOfGroupName`, `...NameStartsWith`, `...NameContains`, `...NameRegex` |
//! | lists | `Arrays.contains(user.tags, "x")` |
//! | directories | `hasDirectoryUser()`, `hasWorkdayUser()`; `findDirectoryUser().x` and `findWorkdayUser().x` are `null` |
//!
//! The org refuses any other expression when a rule is written, and any that cannot be a boolean, so no expression is
//! silently `false`. `Convert`, `Time` and all other functions of `Arrays` are documented as unusable in conditions.

use serde_json::Value;

use crate::regex::Regex;
use crate::store::Store;

/// The deepest nesting, against a stack overflow.
const MAX_DEPTH: usize = 60;

/// A parsed expression that tests users.
#[derive(Debug, Clone)]
pub(crate) struct Expression(Node);

#[derive(Debug, Clone)]
enum Node {
    Literal(Val),
    /// An attribute of the profile.
    Attribute(String),
    /// A property outside the profile.
    Internal(String),
    Call(Function, Vec<Node>),
    /// Whether a list in the profile contains a value.
    Contains(String, Box<Node>),
    /// A test of group names by a pattern. The pattern is compiled once, so it must be a literal.
    NameMatches(Regex),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Add(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, PartialEq)]
enum Val {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A list or an object, which no operator compares.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Eq,
    Ne,
    Lt,
    Gt,
    Le,
    Ge,
}

/// The type of a part of an expression, as far as the text determines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Number,
    Text,
    /// An attribute's value, or `null`.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Append,
    Join,
    Len,
    RemoveSpaces,
    Replace,
    ReplaceFirst,
    StartsWith,
    StringContains,
    StringSwitch,
    Substring,
    SubstringAfter,
    SubstringBefore,
    ToUpperCase,
    ToLowerCase,
    InGroup,
    InAnyGroup,
    GroupName,
    GroupNameStartsWith,
    GroupNameContains,
    GroupNameRegex,
    HasDirectoryUser,
    HasWorkdayUser,
}

/// Name, function, fewest and most arguments, type of the result.
type Row = (&'static str, Function, usize, usize, Kind);

const MANY: usize = usize::MAX;

const FUNCTIONS: [Row; 22] = [
    ("String.append", Function::Append, 2, 2, Kind::Text),
    ("String.join", Function::Join, 2, MANY, Kind::Text),
    ("String.len", Function::Len, 1, 1, Kind::Number),
    ("String.removeSpaces", Function::RemoveSpaces, 1, 1, Kind::Text),
    ("String.replace", Function::Replace, 3, 3, Kind::Text),
    ("String.replaceFirst", Function::ReplaceFirst, 3, 3, Kind::Text),
    ("String.startsWith", Function::StartsWith, 2, 2, Kind::Bool),
    ("String.stringContains", Function::StringContains, 2, 2, Kind::Bool),
    ("String.stringSwitch", Function::StringSwitch, 4, MANY, Kind::Text),
    ("String.substring", Function::Substring, 3, 3, Kind::Text),
    ("String.substringAfter", Function::SubstringAfter, 2, 2, Kind::Text),
    ("String.substringBefore", Function::SubstringBefore, 2, 2, Kind::Text),
    ("String.toUpperCase", Function::ToUpperCase, 1, 1, Kind::Text),
    ("String.toLowerCase", Function::ToLowerCase, 1, 1, Kind::Text),
    ("isMemberOfGroup", Function::InGroup, 1, 1, Kind::Bool),
    ("isMemberOfAnyGroup", Function::InAnyGroup, 1, MANY, Kind::Bool),
    ("isMemberOfGroupName", Function::GroupName, 1, 1, Kind::Bool),
    ("isMemberOfGroupNameStartsWith", Function::GroupNameStartsWith, 1, 1, Kind::Bool),
    ("isMemberOfGroupNameContains", Function::GroupNameContains, 1, 1, Kind::Bool),
    ("isMemberOfGroupNameRegex", Function::GroupNameRegex, 1, 1, Kind::Bool),
    ("hasDirectoryUser", Function::HasDirectoryUser, 0, 0, Kind::Bool),
    ("hasWorkdayUser", Function::HasWorkdayUser, 0, 0, Kind::Bool),
];

/// The error of an unsupported or invalid expression. Okta reports no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid;

impl Expression {
    /// Parses an expression. `has_attribute` decides which attributes a user's profile may have.
    ///
    /// # Errors
    /// [`Invalid`].
    pub(crate) fn parse(text: &str, has_attribute: &dyn Fn(&str) -> bool) -> Result<Self, Invalid> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, has_attribute };
        let node = parser.expression()?;
        if parser.at < parser.tokens.len() {
            return Err(Invalid);
        }
        boolean(node).map(Self)
    }

    /// Whether the expression is true for a user, whose body is `user`.
    pub(crate) fn holds(&self, store: &Store, number: u32, user: &Value) -> bool {
        Person { store, number, user }.value(&self.0) == Val::Bool(true)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// The signs, the longest first.
const SIGNS: [&str; 16] =
    ["==", "!=", "<=", ">=", "&&", "||", "(", ")", ".", ",", "<", ">", "!", "+", "?", ":"];

fn tokens(text: &str) -> Result<Vec<Token>, Invalid> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            let (literal, left) = literal(rest, first)?;
            found.push(Token::Text(literal));
            rest = left;
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
            let (number, left) = rest.split_at(end);
            found.push(Token::Number(number.parse().map_err(|_| Invalid)?));
            rest = left;
        } else if is_word(first) {
            let end = rest.find(|c: char| !(is_word(c) || c.is_ascii_digit())).unwrap_or(rest.len());
            let (word, left) = rest.split_at(end);
            found.push(Token::Word(word.to_owned()));
            rest = left;
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).ok_or(Invalid)?;
            found.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        }
        rest = rest.trim_start();
    }
    Ok(found)
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

/// Reads a text in quotes. A backslash or a doubled quote escapes a quote; any other backslash stands for itself.
fn literal(text: &str, quote: char) -> Result<(String, &str), Invalid> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\\' if matches!(next, Some('"' | '\'' | '\\')) => {
                out.extend(next);
                chars.next();
            }
            c if c == quote && next == Some(quote) => {
                out.push(quote);
                chars.next();
            }
            c if c == quote => return Ok((out, text.get(at + 1..).unwrap_or_default())),
            c => out.push(c),
        }
    }
    Err(Invalid)
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    has_attribute: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Steps over the sign or word (in any case), if it is next.
    fn takes(&mut self, wanted: &str) -> bool {
        let is_next = match self.peek() {
            Some(Token::Sign(sign)) => *sign == wanted,
            Some(Token::Word(word)) => word.eq_ignore_ascii_case(wanted),
            _ => false,
        };
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: &str) -> Result<(), Invalid> {
        if self.takes(sign) { Ok(()) } else { Err(Invalid) }
    }

    fn expression(&mut self) -> Result<Node, Invalid> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Invalid);
        }
        let condition = self.or()?;
        let node = if self.takes("?") {
            let yes = self.expression()?;
            self.expect(":")?;
            let no = self.expression()?;
            Node::If(Box::new(boolean(condition)?), Box::new(yes), Box::new(no))
        } else {
            condition
        };
        self.depth -= 1;
        Ok(node)
    }

    fn or(&mut self) -> Result<Node, Invalid> {
        let mut node = self.and()?;
        while self.takes("or") || self.takes("||") {
            node = Node::Or(Box::new(boolean(node)?), Box::new(boolean(self.and()?)?));
        }
        Ok(node)
    }

    fn and(&mut self) -> Result<Node, Invalid> {
        let mut node = self.comparison()?;
        while self.takes("and") || self.takes("&&") {
            node = Node::And(Box::new(boolean(node)?), Box::new(boolean(self.comparison()?)?));
        }
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, Invalid> {
        let left = self.sum()?;
        let operators = [
            (["==", "eq"], Comparison::Eq),
            (["!=", "ne"], Comparison::Ne),
            (["<=", "le"], Comparison::Le),
            ([">=", "ge"], Comparison::Ge),
            (["<", "lt"], Comparison::Lt),
            ([">", "gt"], Comparison::Gt),
        ];
        for (spellings, comparison) in operators {
            if spellings.into_iter().any(|spelling| self.takes(spelling)) {
                let right = self.sum()?;
                return Ok(Node::Compare(comparison, Box::new(left), Box::new(right)));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Node, Invalid> {
        let mut node = self.unary()?;
        while self.takes("+") {
            node = Node::Add(Box::new(node), Box::new(self.unary()?));
        }
        Ok(node)
    }

    fn unary(&mut self) -> Result<Node, Invalid> {
        let mut negations = 0;
        while self.takes("!") || self.takes("not") {
            negations += 1;
        }
        let node = self.primary()?;
        match negations {
            0 => Ok(node),
            even if even % 2 == 0 => boolean(node),
            _ => Ok(Node::Not(Box::new(boolean(node)?))),
        }
    }

    fn primary(&mut self) -> Result<Node, Invalid> {
        let token = self.peek().cloned().ok_or(Invalid)?;
        self.at += 1;
        match token {
            Token::Text(text) => Ok(Node::Literal(Val::Text(text))),
            Token::Number(number) => Ok(Node::Literal(Val::Number(number))),
            Token::Sign("(") => {
                let node = self.expression()?;
                self.expect(")")?;
                Ok(node)
            }
            Token::Sign(_) => Err(Invalid),
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "true" => Ok(Node::Literal(Val::Bool(true))),
                "false" => Ok(Node::Literal(Val::Bool(false))),
                "null" => Ok(Node::Literal(Val::Null)),
                _ => self.name(word),
            },
        }
    }

    /// Parses a form that begins with a word: `user.x`, `String.f(...)`, `f(...)`, `f().x`.
    fn name(&mut self, word: String) -> Result<Node, Invalid> {
        let second = if self.takes(".") { Some(self.word()?) } else { None };
        match (word.as_str(), second.as_deref()) {
            ("user", Some("getInternalProperty")) => match self.arguments()?.as_slice() {
                [Node::Literal(Val::Text(name))] if INTERNAL.contains(&name.as_str()) => {
                    Ok(Node::Internal(name.clone()))
                }
                _ => Err(Invalid),
            },
            ("user", Some(name)) if (self.has_attribute)(name) => Ok(Node::Attribute(name.to_owned())),
            ("findDirectoryUser" | "findWorkdayUser", None) => {
                if !self.arguments()?.is_empty() {
                    return Err(Invalid);
                }
                if self.takes(".") {
                    self.word()?;
                }
                // No user of the local org has a profile of an app.
                Ok(Node::Literal(Val::Null))
            }
            (first, second) => {
                let name = second.map_or(first.to_owned(), |second| [first, ".", second].concat());
                self.call(&name)
            }
        }
    }

    fn word(&mut self) -> Result<String, Invalid> {
        let Some(Token::Word(word)) = self.peek().cloned() else { return Err(Invalid) };
        self.at += 1;
        Ok(word)
    }

    fn call(&mut self, name: &str) -> Result<Node, Invalid> {
        if name == "Arrays.contains" {
            let mut arguments = self.arguments()?.into_iter();
            return match (arguments.next(), arguments.next(), arguments.next()) {
                (Some(Node::Attribute(list)), Some(value), None) => Ok(Node::Contains(list, Box::new(value))),
                _ => Err(Invalid),
            };
        }
        let row = FUNCTIONS.iter().find(|row| row.0 == name).ok_or(Invalid)?;
        let arguments = self.arguments()?;
        let (_, function, fewest, most, _) = *row;
        // Keys and values come in pairs.
        let is_odd_one = function == Function::StringSwitch && arguments.len() % 2 == 1;
        if arguments.len() < fewest || arguments.len() > most || is_odd_one {
            return Err(Invalid);
        }
        match (function, arguments.as_slice()) {
            (Function::GroupNameRegex, [Node::Literal(Val::Text(pattern))]) => {
                Regex::parse(pattern).map(Node::NameMatches).ok_or(Invalid)
            }
            (Function::GroupNameRegex, _) => Err(Invalid),
            _ => Ok(Node::Call(function, arguments)),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Node>, Invalid> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        if self.takes(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.takes(")") {
                return Ok(arguments);
            }
            self.expect(",")?;
        }
    }
}

/// Properties of a user outside the profile.
const INTERNAL: [&str; 4] = ["id", "status", "created", "lastUpdated"];

fn kind(node: &Node) -> Kind {
    match node {
        Node::Literal(Val::Bool(_)) | Node::NameMatches(_) | Node::Contains(..) => Kind::Bool,
        Node::Not(_) | Node::And(..) | Node::Or(..) | Node::Compare(..) => Kind::Bool,
        Node::Literal(Val::Number(_)) => Kind::Number,
        Node::Literal(Val::Text(_)) | Node::Internal(_) | Node::Add(..) => Kind::Text,
        Node::Literal(Val::Null | Val::Other) | Node::Attribute(_) => Kind::Any,
        Node::Call(function, _) => {
            FUNCTIONS.iter().find(|row| row.1 == *function).map_or(Kind::Any, |row| row.4)
        }
        Node::If(_, yes, no) if kind(yes) == kind(no) => kind(yes),
        Node::If(..) => Kind::Any,
    }
}

/// Refuses a node that cannot be a boolean.
fn boolean(node: Node) -> Result<Node, Invalid> {
    let is_null = matches!(node, Node::Literal(Val::Null));
    if matches!(kind(&node), Kind::Bool | Kind::Any) && !is_null { Ok(node) } else { Err(Invalid) }
}

/// The user whom an expression tests.
struct Person<'a> {
    store: &'a Store,
    number: u32,
    user: &'a Value,
}

impl Person<'_> {
    fn value(&self, node: &Node) -> Val {
        match node {
            Node::Literal(value) => value.clone(),
            Node::Attribute(name) => val(self.user.get("profile").and_then(|profile| profile.get(name))),
            Node::Internal(name) => val(self.user.get(name)),
            Node::Call(function, arguments) => self.call(*function, arguments),
            Node::Contains(list, value) => {
                let list = self.user.pointer("/profile").and_then(|profile| profile.get(list));
                let wanted = self.value(value);
                let mut items = list.and_then(Value::as_array).into_iter().flatten();
                Val::Bool(items.any(|item| compare(Comparison::Eq, &val(Some(item)), &wanted)))
            }
            Node::NameMatches(regex) => Val::Bool(self.is_in_group_named(|name| regex.matches(name))),
            Node::Not(node) => Val::Bool(!self.holds(node)),
            Node::And(a, b) => Val::Bool(self.holds(a) && self.holds(b)),
            Node::Or(a, b) => Val::Bool(self.holds(a) || self.holds(b)),
            Node::Compare(comparison, a, b) => {
                Val::Bool(compare(*comparison, &self.value(a), &self.value(b)))
            }
            Node::Add(a, b) => match (self.value(a), self.value(b)) {
                (Val::Number(a), Val::Number(b)) => Val::Number(a + b),
                (a, b) => Val::Text(text(&a) + &text(&b)),
            },
            Node::If(condition, yes, no) => self.value(if self.holds(condition) { yes } else { no }),
        }
    }

    fn holds(&self, node: &Node) -> bool {
        self.value(node) == Val::Bool(true)
    }

    fn call(&self, function: Function, arguments: &[Node]) -> Val {
        let values: Vec<Val> = arguments.iter().map(|node| self.value(node)).collect();
        let texts: Vec<String> = values.iter().map(text).collect();
        let at = |index: usize| texts.get(index).map(String::as_str).unwrap_or_default();
        let first = at(0);
        match function {
            Function::InGroup | Function::InAnyGroup => Val::Bool(
                texts.iter().any(|id| self.store.group(id).is_some_and(|group| group.has(self.number))),
            ),
            Function::GroupName => Val::Bool(self.is_in_group_named(|name| name == first)),
            Function::GroupNameStartsWith => {
                Val::Bool(self.is_in_group_named(|name| name.starts_with(first)))
            }
            Function::GroupNameContains => Val::Bool(self.is_in_group_named(|name| name.contains(first))),
            Function::GroupNameRegex | Function::HasWorkdayUser => Val::Bool(false),
            Function::HasDirectoryUser => {
                let provider = self.user.pointer("/credentials/provider/type").and_then(Value::as_str);
                Val::Bool(provider == Some("ACTIVE_DIRECTORY"))
            }
            // Functions of a null text return null, or report no match.
            _ if values.first() == Some(&Val::Null) => match function {
                Function::StartsWith | Function::StringContains => Val::Bool(false),
                Function::Len => Val::Number(0.0),
                _ => Val::Null,
            },
            Function::StartsWith => Val::Bool(first.starts_with(at(1))),
            Function::StringContains => Val::Bool(first.contains(at(1))),
            Function::Len => Val::Number(first.chars().count() as f64),
            Function::Append => Val::Text([first, at(1)].concat()),
            Function::Join => Val::Text(texts.get(1..).unwrap_or_default().join(first)),
            Function::RemoveSpaces => Val::Text(first.replace(' ', "")),
            Function::Replace => Val::Text(first.replace(at(1), at(2))),
            Function::ReplaceFirst => Val::Text(first.replacen(at(1), at(2), 1)),
            Function::StringSwitch => {
                let pairs = texts.get(2..).unwrap_or_default().chunks(2);
                // The first key that is in the text wins (documented).
                let mut found = pairs.filter_map(|pair| match pair {
                    [key, value] if first.contains(key.as_str()) => Some(value.as_str()),
                    _ => None,
                });
                Val::Text(found.next().unwrap_or(at(1)).to_owned())
            }
            Function::Substring => {
                let index = |place: usize| match values.get(place) {
                    Some(Val::Number(number)) if *number >= 0.0 => *number as usize,
                    _ => 0,
                };
                let (start, end) = (index(1), index(2));
                Val::Text(first.chars().take(end).skip(start).collect())
            }
            Function::SubstringAfter => Val::Text(first.split_once(at(1)).map_or("", |it| it.1).to_owned()),
            Function::SubstringBefore => {
                Val::Text(first.split_once(at(1)).map_or(first, |it| it.0).to_owned())
            }
            Function::ToUpperCase => Val::Text(first.to_uppercase()),
            Function::ToLowerCase => Val::Text(first.to_lowercase()),
        }
    }

    fn is_in_group_named(&self, test: impl Fn(&str) -> bool) -> bool {
        self.store.groups().any(|group| test(group.name()) && group.has(self.number))
    }
}

fn val(value: Option<&Value>) -> Val {
    match value {
        None | Some(Value::Null) => Val::Null,
        Some(Value::Bool(value)) => Val::Bool(*value),
        Some(Value::Number(number)) => Val::Number(number.as_f64().unwrap_or_default()),
        Some(Value::String(text)) => Val::Text(text.clone()),
        Some(Value::Array(_) | Value::Object(_)) => Val::Other,
    }
}

fn text(value: &Val) -> String {
    match value {
        Val::Null | Val::Other => String::new(),
        Val::Bool(value) => value.to_string(),
        Val::Number(number) => number.to_string(),
        Val::Text(text) => text.clone(),
    }
}

/// Compares two values. Values of different kinds are unequal and have no order.
fn compare(comparison: Comparison, a: &Val, b: &Val) -> bool {
    let order = match (a, b) {
        (Val::Number(a), Val::Number(b)) => a.partial_cmp(b),
        (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
        _ => None,
    };
    match comparison {
        Comparison::Eq => a == b && *a != Val::Other,
        Comparison::Ne => a != b,
        Comparison::Lt => order.is_some_and(|order| order.is_lt()),
        Comparison::Gt => order.is_some_and(|order| order.is_gt()),
        Comparison::Le => order.is_some_and(|order| order.is_le()),
        Comparison::Ge => order.is_some_and(|order| order.is_ge()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ATTRIBUTES: [&str; 8] =
        ["firstName", "lastName", "email", "department", "salary", "isContractor", "city", "tags"];

    fn parse(text: &str) -> Result<Expression, Invalid> {
        Expression::parse(text, &|name| ATTRIBUTES.contains(&name))
    }

    fn store() -> Store {
        let mut store = Store::default();
        let user = json!({ "id": "00u1", "status": "STAGED", "credentials": { "provider": { "type": "OKTA" } },
            "profile": { "firstName": "Winston", "lastName": "O'Hara \"W\"", "email": "winston@example.com",
                "salary": 1_000_000, "isContractor": false, "tags": ["a"] } });
        store.seed_user(user).unwrap();
        for (id, name) in [("00gA", "West admins"), ("00gB", "East users")] {
            store.seed_group(json!({ "id": id, "type": "OKTA_GROUP", "profile": { "name": name } })).unwrap();
        }
        store
            .seed_group(json!({ "id": "00gE", "type": "BUILT_IN", "profile": { "name": "Everyone" } }))
            .unwrap();
        store.seed_membership("00gA", "00u1").unwrap();
        store
    }

    fn holds(text: &str) -> bool {
        let store = store();
        let user = store.users.get(0).unwrap().value();
        parse(text).unwrap_or_else(|_| panic!("{text}")).holds(&store, 0, &user)
    }

    #[test]
    fn what_is_documented_is_understood() {
        for text in [
            r#"user.firstName == "Winston""#,
            r#"user.firstName=='Winston'"#,
            r#"user.firstName eq "Winston" and not user.isContractor"#,
            "user . firstName\n== \"Winston\"",
            r#"String.stringContains(user.firstName, "inst")"#,
            r#"String . startsWith ( user.email , "win" )"#,
            r#"user.lastName == "O'Hara \"W\"""#,
            r#"user.lastName == 'O''Hara "W"'"#,
            "!user.isContractor",
            "NOT user.isContractor AND user.salary >= 1000000",
            "user.salary > 999999.5 && user.salary le 1000000",
            "user.salary != 5 || false",
            r#"(user.city == "x" OR user.salary == 1000000) and true"#,
            "user.city == null",
            "user.city != \"Berlin\"",
            "user.isContractor ? false : true",
            r#"user.firstName + " " + "C" == "Winston C""#,
            r#"String.append("a", "b") == "ab""#,
            r#"String.join(",", "This", "is", "a", "test") == "This,is,a,test""#,
            r#"String.len(user.firstName) == 7 AND String.len(user.city) == 0"#,
            r#"String.removeSpaces("This is a test") == "Thisisatest""#,
            r#"String.replace("This is a test", "is", "at") == "That at a test""#,
            r#"String.replaceFirst("This is a test", "is", "at") == "That is a test""#,
            r#"String.stringSwitch("This is a test", "default", "key1", "value1") == "default""#,
            r#"String.stringSwitch("First match wins", "default", "absent", "value1", "wins", "value2", "match", "value3") == "value2""#,
            r#"String.substring("This is a test", 2, 9) == "is is a""#,
            r#"String.substringAfter("abc@okta.com", "@") == "okta.com""#,
            r#"String.substringBefore(user.email, "@") == "winston""#,
            r#"String.toUpperCase("This") == "THIS" and String.toLowerCase("ThiS") == "this""#,
            r#"isMemberOfGroup("00gA")"#,
            r#"isMemberOfAnyGroup("00gNone", "00gA")"#,
            r#"isMemberOfAnyGroup("00gE")"#,
            r#"isMemberOfGroupName("West admins")"#,
            r#"isMemberOfGroupNameStartsWith("West")"#,
            r#"isMemberOfGroupNameContains("admin")"#,
            r#"isMemberOfGroupNameRegex("/.*admin.*")"#,
            r#"isMemberOfGroupNameRegex("(West|North) \w+s")"#,
            r#"!hasDirectoryUser() AND !hasWorkdayUser() AND findDirectoryUser().managerUpn == null"#,
            r#"user.getInternalProperty("status") == "STAGED""#,
            r#"Arrays.contains(user.tags, "a") AND !Arrays.contains(user.tags, "b") AND !Arrays.contains(user.city, "a")"#,
        ] {
            assert!(holds(text), "{text}");
        }
    }

    #[test]
    fn what_does_not_hold_does_not() {
        for text in [
            r#"user.firstName == "winston""#,
            r#"user.city == "Berlin""#,
            r#"String.startsWith(user.city, "B")"#,
            r#"isMemberOfGroup("00gB")"#,
            r#"isMemberOfGroupName("East users") or isMemberOfGroupNameRegex("admin")"#,
            r#"hasDirectoryUser() AND findDirectoryUser().managerUpn == "m@example.com""#,
            "user.isContractor",
            "user.tags == null",
            "user.city > 1",
            "user.tags",
            r#"user.firstName"#,
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn all_else_is_invalid() {
        for text in [
            "",
            "()",
            r#"(user.firstName == "TestAcc""#,
            "user.firstName == AND user.lastName",
            r#"user.firstName == "TestAcc" AND"#,
            r#"user.firstName = "x""#,
            r#"user.firstName === "x""#,
            r#"user.firstName == "x"#,
            r#"user.firstName == “x”"#,
            r#"user.unheardOf == "x""#,
            r#"profile.firstName == "x""#,
            r#"firstName == "x""#,
            r#"appuser.name == "x""#,
            r#"user.firstName == "x" user.lastName == "y""#,
            r#"String.endsWith(user.firstName, "x")"#,
            r#"String.startsWith(user.firstName)"#,
            r#"String.startsWith(String.toLowerCase(user.firstName, "x"))"#,
            r#"String.stringSwitch("a", "b", "c")"#,
            r#"Arrays.contains("not a list", "a")"#,
            r#"Arrays.contains(user.tags)"#,
            r#"Arrays.contains(user.tags, "a", "b")"#,
            r#"Arrays.isEmpty(user.tags)"#,
            r#"user.firstName ==> "x""#,
            r#"String.to lowercase(user.email) == "x""#,
            r#"string.tolowercase(user.email) == "x""#,
            r#"toUpperCase(user.firstName)"#,
            r#"user.firstName == "x")"#,
            r#"Convert.toInt("1") == 1"#,
            r#"Time.now() == "x""#,
            r#"user.isMemberOf({"group.id": "00gA"})"#,
            r#"user.getInternalProperty("password") == "x""#,
            "isMemberOfAnyGroup()",
            r#"isMemberOfGroupNameRegex("(?=x)")"#,
            "isMemberOfGroupNameRegex(user.firstName)",
            r#""just a text""#,
            "1",
            "null",
            "String.len(user.firstName)",
            r#"user.firstName AND "x""#,
            r#"!"x""#,
            "user",
            "user.",
            "true ? 1 : 2",
            "1.2.3 == 1",
            "hasDirectoryUser(1)",
            r#"user.firstName == "x";"#,
        ] {
            assert_eq!(parse(text).err(), Some(Invalid), "{text}");
        }
        let deep = ["(".repeat(5_000).as_str(), "true", ")".repeat(5_000).as_str()].concat();
        assert_eq!(parse(&deep).err(), Some(Invalid));
        let nots = ["!".repeat(50_000).as_str(), "true"].concat();
        assert!(holds(&nots));
    }

    /// Random texts are invalid, true or false; none of them panics.
    #[test]
    fn no_text_breaks_the_parser() {
        let parts = [
            "user",
            ".",
            "firstName",
            "(",
            ")",
            "\"",
            "'",
            "\\",
            "String",
            "startsWith",
            ",",
            "==",
            "!",
            "AND",
            "or",
            "isMemberOfGroupNameRegex",
            "[a-",
            "*",
            "1",
            "2.5.",
            "?",
            ":",
            "+",
            "<",
            "null",
            "ä",
            "\u{1F600}",
            " ",
            "\n",
            "Arrays.contains",
            "true",
            "{2,",
            "|",
            "findDirectoryUser()",
        ];
        let mut rng = fastrand::Rng::with_seed(7);
        let (store, mut understood) = (store(), 0);
        let user = store.users.get(0).unwrap().value();
        for _ in 0..20_000 {
            let length = rng.usize(..9);
            let text: String = (0..length).map(|_| parts[rng.usize(..parts.len())]).collect();
            if let Ok(expression) = parse(&text) {
                understood += 1;
                expression.holds(&store, 0, &user);
            }
            if let Some(regex) = Regex::parse(&text) {
                regex.matches(&text);
            }
        }
        assert!(understood > 20, "{understood}");
    }
}
