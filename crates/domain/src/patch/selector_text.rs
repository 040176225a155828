//! Reads a selector of the subset.

use super::{AttributeTest, Combinator, Complex, Compound, Nth, Selector, Simple};

pub(super) fn read(css: &str) -> Option<Selector> {
    let mut reader = Reader { rest: css.trim_matches(is_space) };
    let mut ways = vec![reader.complex()?];
    while reader.take(',') {
        reader.spaces();
        ways.push(reader.complex()?);
    }
    reader.rest.is_empty().then_some(Selector(ways))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

fn begins_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

fn continues_name(c: char) -> bool {
    begins_name(c) || c.is_ascii_digit() || c == '-'
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(c) else { return false };
        self.rest = rest;
        true
    }

    fn spaces(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(is_space);
        let moved = rest.len() < self.rest.len();
        self.rest = rest;
        moved
    }

    fn complex(&mut self) -> Option<Complex> {
        let mut last = self.compound(true)?;
        let mut before = Vec::new();
        loop {
            let spaced = self.spaces();
            let combinator = match self.peek() {
                None | Some(',') => {
                    before.reverse();
                    return Some(Complex { last, before });
                }
                Some('>') => Combinator::Child,
                Some('+') => Combinator::Next,
                Some('~') => Combinator::Later,
                Some(_) if spaced => Combinator::Descendant,
                Some(_) => return None,
            };
            if combinator != Combinator::Descendant {
                self.next();
                self.spaces();
            }
            before.push((combinator, std::mem::replace(&mut last, self.compound(true)?)));
        }
    }

    fn compound(&mut self, may_exclude: bool) -> Option<Compound> {
        let mut parts = Vec::new();
        match self.peek()? {
            '*' => {
                self.next();
                parts.push(Simple::Any);
            }
            c if c.is_ascii_alphabetic() => parts.push(Simple::Tag(self.tag().to_ascii_lowercase())),
            _ => {}
        }
        loop {
            match self.peek() {
                Some('#') => {
                    self.next();
                    parts.push(Simple::Id(self.name()?));
                }
                Some('.') => {
                    self.next();
                    parts.push(Simple::Class(self.name()?));
                }
                Some('[') => {
                    self.next();
                    parts.push(self.attribute()?);
                }
                Some(':') => {
                    self.next();
                    self.pseudo(may_exclude, &mut parts)?;
                }
                _ => return (!parts.is_empty()).then_some(Compound(parts)),
            }
        }
    }

    /// A tag has no escapes, so that no spelling hides which one it is.
    fn tag(&mut self) -> String {
        self.word(|c| c.is_ascii_alphanumeric() || c == '-')
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    /// An identifier with its escapes, `md\:flex` or `\31 23`.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        if self.take('-') {
            name.push('-');
        }
        let begins = match self.peek()? {
            '-' => !name.is_empty(),
            c => begins_name(c) || c == '\\',
        };
        if !begins {
            return None;
        }
        while let Some(c) = self.peek().filter(|c| continues_name(*c) || *c == '\\') {
            self.next();
            name.push(if c == '\\' { self.escape()? } else { c });
        }
        Some(name)
    }

    fn escape(&mut self) -> Option<char> {
        let first = self.peek().filter(|c| !matches!(c, '\n' | '\r' | '\u{c}'))?;
        if !first.is_ascii_hexdigit() {
            return self.next();
        }
        let mut code = 0;
        for _ in 0..6 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else { break };
            self.next();
            code = code * 16 + digit;
        }
        // One space ends the number and belongs to it; the end of a line may be two characters.
        if self.rest.starts_with("\r\n") {
            self.next();
        }
        if self.peek().is_some_and(is_space) {
            self.next();
        }
        char::from_u32(code).filter(|c| *c != '\0').or(Some('\u{fffd}'))
    }

    fn attribute(&mut self) -> Option<Simple> {
        self.spaces();
        let name = self.name()?.to_ascii_lowercase();
        self.spaces();
        if self.take(']') {
            return Some(Simple::Attribute { name, test: None });
        }
        let operator = self.next().filter(|c| "=~|^$*".contains(*c))?;
        if operator != '=' && !self.take('=') {
            return None;
        }
        self.spaces();
        let value = match self.peek()? {
            quote @ ('"' | '\'') => {
                self.next();
                self.string(quote)?
            }
            _ => self.name()?,
        };
        self.spaces();
        // Not the `s` of the standard, which Chromium does not know.
        let is_case_sensitive = matches!(self.peek()?, 'i' | 'I').then_some(false);
        if is_case_sensitive.is_some() {
            self.next();
            self.spaces();
        }
        let test = AttributeTest { operator, value, is_case_sensitive };
        self.take(']').then_some(Simple::Attribute { name, test: Some(test) })
    }

    fn string(&mut self, quote: char) -> Option<String> {
        let mut value = String::new();
        loop {
            match self.next()? {
                c if c == quote => return Some(value),
                '\n' | '\r' | '\u{c}' => return None,
                '\\' => value.push(self.escape()?),
                c => value.push(c),
            }
        }
    }

    fn pseudo(&mut self, may_exclude: bool, parts: &mut Vec<Simple>) -> Option<()> {
        let name = self.tag();
        let edge = |from_end| Nth { step: 0, offset: 1, from_end };
        match name.as_str() {
            "first-child" => parts.push(Simple::Child(edge(false))),
            "last-child" => parts.push(Simple::Child(edge(true))),
            "only-child" => parts.extend([Simple::Child(edge(false)), Simple::Child(edge(true))]),
            "first-of-type" => parts.push(Simple::OfType(edge(false))),
            "last-of-type" => parts.push(Simple::OfType(edge(true))),
            "only-of-type" => parts.extend([Simple::OfType(edge(false)), Simple::OfType(edge(true))]),
            "nth-child" => parts.push(Simple::Child(self.nth(false)?)),
            "nth-last-child" => parts.push(Simple::Child(self.nth(true)?)),
            "nth-of-type" => parts.push(Simple::OfType(self.nth(false)?)),
            "nth-last-of-type" => parts.push(Simple::OfType(self.nth(true)?)),
            "not" if may_exclude && self.take('(') => {
                self.spaces();
                let compound = self.compound(false)?;
                self.spaces();
                if !self.take(')') {
                    return None;
                }
                parts.push(Simple::Not(compound));
            }
            _ => return None,
        }
        Some(())
    }

    fn nth(&mut self, from_end: bool) -> Option<Nth> {
        if !self.take('(') {
            return None;
        }
        self.spaces();
        let word = self.word(|c| c != ')');
        let (step, offset) = match word.trim_matches(is_space) {
            "odd" => (2, 1),
            "even" => (2, 0),
            word => formula(word)?,
        };
        self.take(')').then_some(Nth { step, offset, from_end })
    }
}

/// `3`, `2n`, `-n+3`, `2n + 1`.
fn formula(text: &str) -> Option<(i32, i32)> {
    let Some((step, offset)) = text.split_once('n') else { return Some((0, number(text)?)) };
    let step = match step {
        "" | "+" => 1,
        "-" => -1,
        step => number(step)?,
    };
    let offset = offset.trim_start_matches(is_space);
    if offset.is_empty() {
        return Some((step, 0));
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset.strip_prefix(['+', '-'])?.trim_start_matches(is_space);
    Some((step, sign * number(digits).filter(|_| digits.starts_with(|c: char| c.is_ascii_digit()))?))
}

/// A whole number of at most five digits, with or without a sign.
fn number(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}
