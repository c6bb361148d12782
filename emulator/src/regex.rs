//! The regular expressions that rules test group names with: characters, `.`, classes, groups, `|`, anchors and greedy
//! quantifiers. A crate for all of them would be larger than the org.

/// The steps after which a test fails: some patterns would take exponential time.
const MAX_STEPS: u32 = 200_000;
const MAX_DEPTH: usize = 40;
/// The most repetitions that `{n,m}` may name.
const MAX_REPEATS: u32 = 1_000;

/// A pattern that is tested against a whole text, as Java's `matches` does.
#[derive(Debug, Clone)]
pub(crate) struct Regex(Choice);

/// Alternatives, in the order in which they are tried.
type Choice = Vec<Vec<Piece>>;

#[derive(Debug, Clone)]
struct Piece {
    atom: Atom,
    fewest: u32,
    most: u32,
}

#[derive(Debug, Clone)]
enum Atom {
    /// A character in these ranges; with `true`, in none of them.
    Class(Vec<(char, char)>, bool),
    Group(Choice),
    Start,
    End,
}

impl Regex {
    /// Parses a pattern; `None` for an unsupported one. A slash at the beginning and one at the end delimit it, as in the
    /// documentation's example.
    pub(crate) fn parse(pattern: &str) -> Option<Self> {
        let pattern = match pattern.strip_prefix('/') {
            Some(rest) => rest.strip_suffix('/').unwrap_or(rest),
            None => pattern,
        };
        let mut parser = Parser { rest: pattern.chars().collect(), at: 0, depth: 0 };
        let choice = parser.choice()?;
        (parser.at == parser.rest.len()).then_some(Self(choice))
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut test = Test { text: &text, steps: 0 };
        test.choice(&self.0, 0, &mut |_, at| at == text.len())
    }
}

struct Parser {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn choice(&mut self) -> Option<Choice> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut choice = vec![Vec::new()];
        loop {
            match self.peek() {
                None | Some(')') => break,
                Some('|') => {
                    self.at += 1;
                    choice.push(Vec::new());
                }
                Some(_) => {
                    let piece = self.piece()?;
                    choice.last_mut()?.push(piece);
                }
            }
        }
        self.depth -= 1;
        Some(choice)
    }

    fn piece(&mut self) -> Option<Piece> {
        let one = |c: char| Atom::Class(vec![(c, c)], false);
        let atom = match self.next()? {
            '.' => Atom::Class(vec![('\n', '\n')], true),
            '^' => Atom::Start,
            '$' => Atom::End,
            '(' => {
                if self.peek() == Some('?') {
                    // Of all forms of `(?`, only the non-capturing group `(?:` is supported.
                    let known = self.next().is_some() && self.next() == Some(':');
                    known.then_some(())?;
                }
                let choice = self.choice()?;
                (self.next() == Some(')')).then_some(Atom::Group(choice))?
            }
            '[' => self.class()?,
            '\\' => {
                let (ranges, negated) = self.escape()?;
                Atom::Class(ranges, negated)
            }
            '*' | '+' | '?' | '{' => return None,
            c => one(c),
        };
        let (fewest, most) = self.quantifier()?;
        // A second sign makes a quantifier lazy or possessive, which is not supported.
        let is_repeated_again = matches!(self.peek(), Some('*' | '+' | '?'));
        let is_anchor = matches!(atom, Atom::Start | Atom::End);
        if is_repeated_again || (is_anchor && (fewest, most) != (1, 1)) {
            return None;
        }
        Some(Piece { atom, fewest, most })
    }

    fn quantifier(&mut self) -> Option<(u32, u32)> {
        let bounds = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                self.at += 1;
                let fewest = self.number()?;
                let most = match self.next()? {
                    '}' => return (fewest <= MAX_REPEATS).then_some((fewest, fewest)),
                    ',' if self.peek() == Some('}') => u32::MAX,
                    ',' => self.number()?,
                    _ => return None,
                };
                let fits = fewest <= most && fewest <= MAX_REPEATS;
                return (fits && self.next() == Some('}')).then_some((fewest, most));
            }
            _ => return Some((1, 1)),
        };
        self.at += 1;
        Some(bounds)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            self.at += 1;
        }
        number
    }

    fn class(&mut self) -> Option<Atom> {
        let negated = self.peek() == Some('^');
        self.at += usize::from(negated);
        let mut ranges = Vec::new();
        loop {
            match self.next()? {
                ']' if !ranges.is_empty() => return Some(Atom::Class(ranges, negated)),
                '[' | ']' | '&' => return None,
                '\\' => {
                    let (found, is_negated) = self.escape()?;
                    if is_negated {
                        return None;
                    }
                    ranges.extend(found);
                }
                from => {
                    let is_range = self.peek() == Some('-') && self.rest.get(self.at + 1) != Some(&']');
                    if is_range {
                        self.at += 1;
                        let to = self.next().filter(|to| *to != '\\' && *to >= from)?;
                        ranges.push((from, to));
                    } else {
                        ranges.push((from, from));
                    }
                }
            }
        }
    }

    fn escape(&mut self) -> Option<(Vec<(char, char)>, bool)> {
        let c = self.next()?;
        let ranges = match c.to_ascii_lowercase() {
            'd' => vec![('0', '9')],
            'w' => vec![('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
            's' => vec![(' ', ' '), ('\t', '\r')],
            _ if c.is_ascii_alphanumeric() => return None,
            _ => return Some((vec![(c, c)], false)),
        };
        Some((ranges, c.is_ascii_uppercase()))
    }
}

struct Test<'a> {
    text: &'a [char],
    steps: u32,
}

/// Tests the rest of the text.
type Then<'a> = dyn FnMut(&mut Test<'_>, usize) -> bool + 'a;

impl Test<'_> {
    fn choice(&mut self, choice: &Choice, at: usize, then: &mut Then<'_>) -> bool {
        choice.iter().any(|pieces| self.pieces(pieces, at, then))
    }

    fn pieces(&mut self, pieces: &[Piece], at: usize, then: &mut Then<'_>) -> bool {
        match pieces.split_first() {
            None => then(self, at),
            Some((piece, rest)) => self.repeat(piece, 0, rest, at, then),
        }
    }

    /// Repeats a piece that has matched `done` times: tries one more match first, then the rest.
    fn repeat(&mut self, piece: &Piece, done: u32, rest: &[Piece], at: usize, then: &mut Then<'_>) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return false;
        }
        if let Atom::Class(ranges, negated) = &piece.atom {
            return self.run(piece, ranges, *negated, rest, at, then);
        }
        if done < piece.most {
            let again = match &piece.atom {
                Atom::Start => at == 0 && self.pieces(rest, at, then),
                Atom::End => at == self.text.len() && self.pieces(rest, at, then),
                Atom::Class(..) => false,
                Atom::Group(choice) => self.choice(choice, at, &mut |test, next| {
                    // Repeating an empty match would never end.
                    (next > at || done < piece.fewest) && test.repeat(piece, done + 1, rest, next, then)
                }),
            };
            if again {
                return true;
            }
        }
        done >= piece.fewest && self.pieces(rest, at, then)
    }

    /// Repeats a single character without recursion: as many as match, then fewer.
    fn run(
        &mut self,
        piece: &Piece,
        ranges: &[(char, char)],
        negated: bool,
        rest: &[Piece],
        at: usize,
        then: &mut Then<'_>,
    ) -> bool {
        let fits = |c: &&char| ranges.iter().any(|(from, to)| (from..=to).contains(c)) != negated;
        let left = self.text.get(at..).unwrap_or_default();
        let most = left.iter().take(piece.most as usize).take_while(fits).count();
        let fewest = piece.fewest as usize;
        for count in (fewest..=most).rev() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return false;
            }
            if self.pieces(rest, at + count, then) {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_tested_against_the_whole_name() {
        for (pattern, text, matches) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("b", "abc", false),
            ("/.*admin.*", "West admins", true),
            ("/.*admin.*/", "West admins", true),
            (".*", "", true),
            ("a+", "", false),
            ("a*b?c", "aaac", true),
            ("^a$", "a", true),
            ("a$b", "ab", false),
            ("(ab|cd)+e", "abcdabe", true),
            ("(?:a|b)*", "abba", true),
            ("(a*)*b", "aaab", true),
            ("(a|)+", "aa", true),
            ("[A-C]\\d{2,3}", "B123", true),
            ("[A-C]\\d{2,3}", "B1", false),
            ("[^0-9 -]+", "äbc", true),
            ("[^0-9 -]+", "a-c", false),
            ("\\w+\\s\\S+", "West ädmins", true),
            ("a\\.b\\\\", "a.b\\", true),
            ("a{3}", "aaa", true),
            ("a{2,}", "a", false),
            ("R&D / Labs", "R&D / Labs", true),
            ("x[.]y", "x.y", true),
        ] {
            let regex = Regex::parse(pattern).unwrap_or_else(|| panic!("{pattern}"));
            assert_eq!(regex.matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_pattern() {
        for pattern in [
            "(",
            ")",
            "[",
            "[a",
            "[]",
            "[b-a]",
            "*",
            "a**",
            "a+?",
            "a*+",
            "(?=a)",
            "(?i)a",
            "\\1",
            "\\b",
            "\\p{L}",
            "\\",
            "{2}",
            "a{",
            "a{2",
            "a{3,2}",
            "a{x}",
            "a{9999999999}",
            "[[:alpha:]]",
            "[a&&b]",
            "^*",
        ] {
            assert!(Regex::parse(pattern).is_none(), "{pattern}");
        }
        assert!(Regex::parse(&"(".repeat(100_000)).is_none());
    }

    #[test]
    fn a_pattern_without_end_is_given_up() {
        let regex = Regex::parse("(a+)+(a+)+(a+)+b").unwrap();
        assert!(!regex.matches(&"a".repeat(200)));
    }
}
