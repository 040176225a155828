//! What the layer must know of a page's markup beside the patch: where `head` begins, whether the snippet is there and
//! what its tag asks for, and whether the page brings a policy of its own.

use crate::charset::walk_attributes;
use memchr::{memchr, memmem};

/// Elements whose content is no markup.
const RAW: [&str; 9] = ["script", "style", "textarea", "title", "noscript", "iframe", "xmp", "noembed", "noframes"];

/// What was found on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where an element becomes the first one of `head`.
    pub(crate) head: usize,
    /// The snippet's tag for the site is there.
    pub(crate) has_snippet: bool,
    /// What that tag asks for.
    pub(crate) wishes: Wishes,
    /// A `meta` element sets a content policy.
    pub(crate) has_policy: bool,
}

/// What the snippet's tag asks for the visitor's privacy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Nothing is kept before the visitor agreed.
    pub(crate) consent: bool,
    /// Nothing is kept at all.
    pub(crate) stateless: bool,
    /// Global Privacy Control is honoured.
    pub(crate) gpc: bool,
    /// Do Not Track is honoured.
    pub(crate) dnt: bool,
}

impl Wishes {
    /// Takes what one more tag asks for.
    fn add(&mut self, tag: &Tag<'_>) {
        let respect = tag.value("data-respect").unwrap_or_default().to_ascii_lowercase();
        self.consent |= tag.has("data-consent", "required");
        self.stateless |= tag.value("data-stateless").is_some();
        self.gpc |= memmem::find(&respect, b"gpc").is_some();
        self.dnt |= memmem::find(&respect, b"dnt").is_some();
    }
}

/// Reads the markup of a page, or its beginning, whose bytes can be read like ASCII.
pub(crate) fn look(page: &[u8], site_id: &str) -> Found {
    let mut found = Found::default();
    let (mut at, mut head) = (0, None);
    while let Some(tag) = next_tag(page, at) {
        head = head.or_else(|| head_at(page, at, &tag));
        at = tag.end;
        if tag.is_end {
            continue;
        }
        if tag.is("script") {
            if tag.has("data-site", site_id) {
                found.has_snippet = true;
                found.wishes.add(&tag);
            }
        } else if tag.is("meta") {
            found.has_policy |= tag.has("http-equiv", "content-security-policy");
        }
        if let Some(name) = RAW.iter().find(|name| tag.is(name)) {
            at = end_of_raw(page, at, name.as_bytes());
        }
    }
    found.head = head.unwrap_or(at);
    found
}

/// Where an element becomes the first one of `head`.
pub(crate) fn head(page: &[u8]) -> usize {
    let mut at = 0;
    while let Some(tag) = next_tag(page, at) {
        if let Some(head) = head_at(page, at, &tag) {
            return head;
        }
        at = tag.end;
    }
    at
}

/// Where `head` begins, if this tag, or the text in front of it, decides that.
fn head_at(page: &[u8], from: usize, tag: &Tag<'_>) -> Option<usize> {
    if page.get(from..tag.begin).is_some_and(|text| !text.trim_ascii().is_empty()) {
        return Some(from);
    }
    if tag.name.is_empty() || (tag.is("html") && !tag.is_end) {
        return None;
    }
    Some(if tag.is("head") && !tag.is_end { tag.end } else { tag.begin })
}

/// A tag, or a comment or the like, which has no name.
struct Tag<'a> {
    name: &'a [u8],
    attributes: &'a [u8],
    is_end: bool,
    begin: usize,
    end: usize,
}

impl Tag<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Whether an attribute has this value, written in any case.
    fn has(&self, name: &str, value: &str) -> bool {
        self.value(name).is_some_and(|its| its.eq_ignore_ascii_case(value.as_bytes()))
    }

    /// The value of an attribute; of several with one name the first counts.
    fn value(&self, name: &str) -> Option<Vec<u8>> {
        let mut value = None;
        let _ = walk_attributes(self.attributes, |known, its| {
            if value.is_none() && known.eq_ignore_ascii_case(name.as_bytes()) {
                value = Some(its.to_vec());
            }
        });
        value
    }
}

fn next_tag(page: &[u8], from: usize) -> Option<Tag<'_>> {
    let mut begin = from;
    loop {
        begin += memchr(b'<', page.get(begin..)?)?;
        let rest = page.get(begin..)?;
        let nameless = |end| Some(Tag { name: &[], attributes: &[], is_end: false, begin, end });
        if rest.starts_with(b"<!--") {
            let end = memmem::find(rest.get(2..)?, b"-->").map_or(page.len(), |end| begin + 2 + end + 3);
            return nameless(end);
        }
        if matches!(rest.get(1), Some(b'!' | b'?')) {
            return nameless(memchr(b'>', rest).map_or(page.len(), |end| begin + end + 1));
        }
        let is_end = rest.get(1) == Some(&b'/');
        let name_at = 1 + usize::from(is_end);
        if !rest.get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            begin += 1;
            continue;
        }
        let name = rest.get(name_at..)?;
        let length = name.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))?;
        let attributes = name.get(length..)?;
        let behind = walk_attributes(attributes, |_, _| {})?;
        let end = begin + name_at + length + behind;
        return Some(Tag { name: name.get(..length)?, attributes, is_end, begin, end });
    }
}

/// Where the content of such an element ends.
fn end_of_raw(page: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(found) = page.get(at..).and_then(|rest| memmem::find(rest, b"</")) {
        at += found;
        let rest = page.get(at + 2..).unwrap_or_default();
        let is_it = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && rest.get(name.len()).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        if is_it {
            return at;
        }
        at += 2;
    }
    page.len()
}

#[cfg(test)]
mod tests {
    use super::{Wishes, head, look};

    #[test]
    fn an_element_can_be_made_the_first_of_head() {
        let cases = [
            "<!doctype html><html lang=en><head>|<title>a</title>",
            "<!DOCTYPE html>\n<!-- <head> -->\n<HTML><HEAD data-a='>'>|</HEAD>",
            "<html>|<title>a</title><head>",
            "|<p>a",
            "<!doctype html>|<body><header><head>",
            "<!doctype html>| text <head>",
            "|plain text",
            "<!doctype html>|<meta charset=utf-8>",
            "<html><head>|<script>'<head>'</script></head>",
        ];
        for case in cases {
            let expected = case.find('|').unwrap_or_default();
            let page = case.replace('|', "");
            assert_eq!(look(page.as_bytes(), "s").head, expected, "{case}");
            assert_eq!(head(page.as_bytes()), expected, "{case}");
        }
    }

    #[test]
    fn the_tag_says_what_it_asks_for() {
        let none = Wishes::default();
        let cases = [
            ("<script data-site=abc>", none),
            ("<script data-site=abc data-consent=required>", Wishes { consent: true, ..none }),
            ("<script DATA-CONSENT='Required' data-site=abc>", Wishes { consent: true, ..none }),
            ("<script data-site=abc data-consent=asked>", none),
            ("<script data-site=abc data-stateless>", Wishes { stateless: true, ..none }),
            ("<script data-site=abc data-stateless=\"\">", Wishes { stateless: true, ..none }),
            ("<script data-site=abc data-respect='gpc dnt'>", Wishes { gpc: true, dnt: true, ..none }),
            ("<script data-site=abc data-respect=dnt data-respect=gpc>", Wishes { dnt: true, ..none }),
            ("<script data-site=other data-stateless>", none),
            ("<p data-stateless><!-- <script data-site=abc data-stateless> -->", none),
            (
                "<script data-site=abc></script><script data-site=abc data-stateless>",
                Wishes { stateless: true, ..none },
            ),
        ];
        for (page, expected) in cases {
            assert_eq!(look(page.as_bytes(), "abc").wishes, expected, "{page}");
        }
    }

    #[test]
    fn the_snippet_and_policies_are_found_where_they_count() {
        let cases = [
            ("<script async src=/evoloop.js data-site=ABC></script>", true, false),
            ("<body><SCRIPT DATA-SITE=\"abc\" src=x></SCRIPT>", true, false),
            ("<script data-site=abcd></script>", false, false),
            ("<!-- <script data-site=abc></script> -->", false, false),
            ("<script>'<script data-site=abc>'</script>", false, false),
            ("<noscript><script data-site=abc></script></noscript>", false, false),
            ("<p data-site=abc>", false, false),
            ("<title></titles><script data-site=abc></title><script data-site=abc>", true, false),
            ("<meta http-equiv=Content-Security-Policy content=x>", false, true),
            ("<meta http-equiv=refresh content=content-security-policy>", false, false),
            ("<script data-site=abc", false, false),
            ("<", false, false),
            ("<!--", false, false),
        ];
        for (page, has_snippet, has_policy) in cases {
            let found = look(page.as_bytes(), "abc");
            assert_eq!((found.has_snippet, found.has_policy), (has_snippet, has_policy), "{page}");
        }
    }
}
