//! Telling that a framework will take over the page in the browser.

use aho_corasick::AhoCorasick;
use memchr::memmem;
use std::sync::LazyLock;

/// A framework that takes over a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    /// It compares the whole document, `head` included, with what it would have made.
    pub(crate) takes_document: bool,
}

/// Frameworks that render the whole document.
const OF_DOCUMENT: [&str; 4] = ["Next", "React Router", "Remix", "TanStack"];

/// What frameworks leave in the pages that they render; those of the whole document first.
const MARKERS: [(&str, &[u8]); 26] = [
    ("Next", b"__next_f"),
    ("React Router", b"__reactRouterContext"),
    ("Remix", b"__remixContext"),
    ("Remix", b"__remixManifest"),
    ("TanStack", b"__TSR_"),
    // The older Next renders a part of the page alone.
    ("Next pages", b"__NEXT_DATA__"),
    ("React", b"data-reactroot"),
    ("React", b"<!--$-->"),
    ("React", b"<!--$?-->"),
    ("React", b"<!-- -->"),
    ("Gatsby", b"___gatsby"),
    ("Nuxt", b"__NUXT"),
    ("Vue", b"data-server-rendered"),
    ("Vue", b"data-v-app"),
    ("Vue or Svelte", b"<!--[-->"),
    ("Vue", b"__VUE_SSR_"),
    ("SvelteKit", b"__sveltekit"),
    ("SvelteKit", b"data-sveltekit-hydrate"),
    ("Svelte", b"<!--[!-->"),
    ("Astro", b"<astro-island"),
    ("Leptos", b"__RESOLVED_RESOURCES"),
    ("Leptos", b"__INCOMPLETE_CHUNKS"),
    ("Solid or Leptos", b"data-hk="),
    ("Solid", b"_$HY"),
    ("Qwik", b"q:container"),
    ("Angular", b"ng-server-context"),
];

/// Finds the marks of frameworks that take the whole document in a page that is still coming.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Up to where nothing was found.
    looked: usize,
}

impl Watch {
    /// Whether such a mark ends in what came since the last time.
    pub(crate) fn sees(&mut self, page: &[u8]) -> bool {
        static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(of_document()).ok());
        let longest = of_document().map(<[u8]>::len).max().unwrap_or_default();
        // A mark may have begun before.
        let new = page.get(self.looked.saturating_sub(longest)..).unwrap_or_default();
        self.looked = page.len();
        match &*SEARCH {
            Some(search) => search.is_match(new),
            None => of_document().any(|marker| memmem::find(new, marker).is_some()),
        }
    }
}

/// The marks of frameworks that render the whole document.
fn of_document() -> impl Iterator<Item = &'static [u8]> {
    MARKERS.iter().filter(|(name, _)| OF_DOCUMENT.contains(name)).map(|(_, marker)| *marker)
}

/// The framework, if the page shows one.
pub(crate) fn framework(page: &[u8]) -> Option<Framework> {
    // All at once: a page is read for this once and not for each of them.
    static SEARCH: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(MARKERS.map(|(_, marker)| marker)).ok());
    let found = match &*SEARCH {
        Some(search) => search.find_iter(page).map(|found| found.pattern().as_usize()).min(),
        None => MARKERS.iter().position(|(_, marker)| memmem::find(page, marker).is_some()),
    };
    let (name, _) = MARKERS.get(found?)?;
    Some(Framework { name, takes_document: OF_DOCUMENT.contains(name) })
}

#[cfg(test)]
mod tests {
    use super::{Watch, framework};

    #[test]
    fn a_mark_is_seen_wherever_the_pieces_end() {
        let page = b"<p>a</p><script>(self.__next_f=self.__next_f||[])";
        let end = page.len() - b"=self.__next_f||[])".len();
        for piece in 1..page.len() {
            let mut watch = Watch::default();
            let seen = (0..page.len()).step_by(piece).chain([page.len()]).find(|length| watch.sees(&page[..*length]));
            assert!(seen.is_some_and(|length| length >= end && length < end + piece), "{piece}: {seen:?}");
        }
        let mut watch = Watch::default();
        assert!(!watch.sees(b"<p data-reactroot>"));
        assert!(!watch.sees(b"<p data-reactroot><!--$-->"));
    }

    #[test]
    fn frameworks_are_known_by_what_they_leave() {
        let cases = [
            ("<script>(self.__next_f=self.__next_f||[]).push([0])</script>", Some("Next")),
            ("<script id=\"__NEXT_DATA__\" type=\"application/json\">{}</script>", Some("Next pages")),
            ("<div data-reactroot=\"\">a</div>", Some("React")),
            ("<p>a<!-- -->b</p>", Some("React")),
            ("<main><!--$--><p>a</p><!--/$--></main>", Some("React")),
            ("<script>window.__remixContext = {};</script>", Some("Remix")),
            ("<script>window.__NUXT__={}</script>", Some("Nuxt")),
            ("<div id=app data-server-rendered=true>", Some("Vue")),
            ("<div id=app data-v-app>", Some("Vue")),
            ("<body><!--[--><p>a</p><!--]-->", Some("Vue or Svelte")),
            ("<script>__sveltekit_1abc = {}</script>", Some("SvelteKit")),
            ("<astro-island uid=a>", Some("Astro")),
            ("<script>__RESOLVED_RESOURCES=[]</script>", Some("Leptos")),
            ("<main ng-server-context=ssg>", Some("Angular")),
            ("<!doctype html><p>Plain, with a <!--comment--> and $5.</p>", None),
        ];
        for (page, expected) in cases {
            assert_eq!(framework(page.as_bytes()).map(|framework| framework.name), expected, "{page}");
        }
    }
}
