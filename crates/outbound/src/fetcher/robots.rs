//! What a site's robots.txt says, read by the rules of RFC 9309.

/// The name by which a robots.txt addresses us.
pub const PRODUCT_TOKEN: &str = "Evoloop";

/// Most bytes of a robots.txt that are read; what follows does not count.
pub const MAX_BYTES: usize = 500 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// Normalised, with `*` and a `$` at the end as in the file.
    pattern: String,
}

/// The rules of a robots.txt that are for us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Whether a group names us; otherwise the rules are those for everybody.
    names_us: bool,
}

/// The rule that keeps us out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// The path of the rule, normalised.
    pub pattern: String,
    /// Whether it stands in a group that names us.
    pub names_us: bool,
}

impl Rules {
    /// Reads a robots.txt. Nothing in it is an error: lines that say nothing to us are passed over.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        let (mut ours, mut everybodys) = (Vec::new(), Vec::new());
        let mut names_us = false;
        let (mut for_us, mut for_everybody) = (false, false);
        let mut in_agents = false;
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    if !in_agents {
                        (for_us, for_everybody) = (false, false);
                    }
                    in_agents = true;
                    for_everybody |= value.starts_with('*');
                    for_us |= token(value).eq_ignore_ascii_case(PRODUCT_TOKEN);
                    names_us |= for_us;
                }
                kind @ ("allow" | "disallow") => {
                    in_agents = false;
                    // An empty path means no path.
                    if value.is_empty() {
                        continue;
                    }
                    let rule = Rule { allows: kind == "allow", pattern: normalised(value) };
                    if for_us {
                        ours.push(rule.clone());
                    }
                    if for_everybody {
                        everybodys.push(rule);
                    }
                }
                _ => {}
            }
        }
        Self { rules: if names_us { ours } else { everybodys }, names_us }
    }

    /// Whether a path with its query may be read. The longest rule that matches decides, and of
    /// equally long ones that which allows.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check(&self, path: &str) -> Result<(), Forbidden> {
        let path = normalised(path);
        if path == "/robots.txt" {
            return Ok(());
        }
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        match matching.max_by_key(|rule| (rule.pattern.len(), rule.allows)) {
            Some(rule) if !rule.allows => Err(Forbidden { pattern: rule.pattern.clone(), names_us: self.names_us }),
            _ => Ok(()),
        }
    }
}

/// The product's name in a line, without a version behind it.
fn token(value: &str) -> &str {
    let end = value.find(|c: char| !(c.is_ascii_alphabetic() || "-_".contains(c))).unwrap_or(value.len());
    &value[..end]
}

/// Percent-encoding in one form: escapes that need not be are opened, and what is not ASCII is escaped.
fn normalised(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| hex_pair(tail)).flatten();
        rest = if escaped.is_some() { &tail[2..] } else { tail };
        let decoded = escaped.unwrap_or(byte);
        let unreserved = decoded.is_ascii_alphanumeric() || b"-._~".contains(&decoded);
        if unreserved || (escaped.is_none() && decoded.is_ascii_graphic()) {
            out.push(char::from(decoded));
        } else {
            out.push_str(&format!("%{decoded:02X}"));
        }
    }
    out
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(bytes.get(..2)?).ok()?;
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    hexadecimal.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// Whether a pattern matches the start of a path: `*` is any text, `$` at the end is the path's end.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for piece in pieces {
        // The earliest place leaves the most for what follows.
        if let Some(before) = last.replace(piece) {
            match rest.find(before) {
                Some(at) => rest = &rest[at + before.len()..],
                None => return false,
            }
        }
    }
    match (last, to_the_end) {
        (None, true) => rest.is_empty(),
        (None, false) => true,
        (Some(piece), true) => rest.ends_with(piece),
        (Some(piece), false) => rest.contains(piece),
    }
}

#[cfg(test)]
mod tests;
