//! Tells Rust code from comments and from what strings hold, so that rules do not trip over prose.

/// The text with blanks in place of comments and of what strings hold; line breaks and byte positions stay.
pub(super) fn only(text: &str) -> String {
    let mut blanked = text.as_bytes().to_vec();
    let mut rest = text;
    let mut offset = 0;
    while let Some(first) = rest.chars().next() {
        let (length, hidden) = match first {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), true),
            '/' if rest.starts_with("/*") => (block_comment(rest), true),
            '"' => (string(rest), true),
            'r' | 'b' | 'c' if !follows_word(text, offset) => match prefixed_string(rest) {
                Some(length) => (length, true),
                None => (1, false),
            },
            '\'' => match character(rest) {
                Some(length) => (length, true),
                None => (1, false),
            },
            other => (other.len_utf8(), false),
        };
        if hidden {
            blank(&mut blanked, offset, length);
        }
        offset += length;
        rest = text.get(offset..).unwrap_or_default();
    }
    // Only whole characters were replaced, each byte by a blank.
    String::from_utf8(blanked).unwrap_or_default()
}

fn blank(bytes: &mut [u8], from: usize, length: usize) {
    for byte in bytes.iter_mut().skip(from).take(length).filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

fn follows_word(text: &str, offset: usize) -> bool {
    let before = text.get(..offset).and_then(|before| before.chars().next_back());
    before.is_some_and(|before| before.is_alphanumeric() || before == '_')
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => depth += 1,
            (b'*', b'/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Length of `"..."` at the start of a text.
fn string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Length of `r"..."`, `r#"..."#`, `b"..."`, `c"..."` and their like at the start of a text.
fn prefixed_string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c"].into_iter().find(|prefix| {
        let rest = text.get(prefix.len()..).unwrap_or_default();
        text.starts_with(prefix) && (rest.starts_with('"') || (prefix.ends_with('r') && rest.starts_with('#')))
    })?;
    let rest = text.get(prefix.len()..)?;
    if !prefix.ends_with('r') {
        return Some(prefix.len() + string(rest));
    }
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest.get(hashes..)?.starts_with('"') {
        return None; // r#keyword
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = rest.get(hashes + 1..)?;
    let length = inside.find(&end).map_or(inside.len(), |found| found + end.len());
    Some(prefix.len() + hashes + 1 + length)
}

/// Length of a character literal at the start of a text; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = text.get(1..)?;
    let first = inside.chars().next()?;
    if first == '\\' {
        return inside.get(2..)?.find('\'').map(|end| end + 4);
    }
    let after = inside.get(first.len_utf8()..)?;
    after.starts_with('\'').then(|| first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn comments_and_strings_become_blanks() {
        let cases = [
            ("let a = 1; // sqlx\nb", "let a = 1;        \nb"),
            ("a /* x /* y */ z */ b", "a                   b"),
            (r#"f("std::env", 1)"#, "f(          , 1)"),
            (r#"f("a\"b")"#, "f(      )"),
            (r##"f(r#"a"b"#)"##, "f(        )"),
            ("b\"x\" + c", "     + c"),
            ("'a' + '\\n' + '\"'", "    +      +    "),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
            ("r#type", "r#type"),
            ("number\"x\"", "number   "),
        ];
        for (text, expected) in cases {
            assert_eq!(only(text), expected, "{text}");
        }
    }

    #[test]
    fn positions_stay() {
        let text = "é // ü\n\"ß\" x";
        assert_eq!(only(text).len(), text.len());
        assert_eq!(only(text).find('x'), text.find('x'));
    }
}
