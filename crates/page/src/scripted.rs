//! Pages that are empty before their scripts ran.

use crate::document::Document;
use crate::text;

/// A page on which a visitor reads fewer words than this, and that has scripts, is taken for a shell.
const FEW_WORDS: usize = 15;

/// Whether a page shows nearly nothing until its scripts have built it, so that reading it needs a browser.
#[must_use]
pub fn needs_javascript(html: &str) -> bool {
    let document = Document::parse(html, &[]);
    let has_scripts = document.all("script").any(|script| {
        let kind = script.attr("type").unwrap_or_default().to_ascii_lowercase();
        // Data in a script element is no program.
        let is_program = kind.is_empty() || kind == "module" || kind.contains("javascript");
        is_program && (script.attr("src").is_some() || script.text().any(|text| !text.trim().is_empty()))
    });
    // Only programs can bring the text that is missing.
    has_scripts
        && document.first("body").is_none_or(|body| text::word_count(&text::visible(&document, body)) < FEW_WORDS)
}

#[cfg(test)]
mod tests {
    use super::needs_javascript;

    const WORDS: &str = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen.";

    #[test]
    fn a_shell_with_scripts_needs_them() {
        let shells = [
            "<div id=root></div><script src=/app.js></script>".to_owned(),
            "<body><app-root>Loading…</app-root><script type=module src=main.js></script>".to_owned(),
            "<div id=app></div><script>start()</script>".to_owned(),
            format!("<noscript><p>{WORDS}</p></noscript><div id=app></div><script src=a.js></script>"),
            format!("<div id=__next></div><script>self.data = '{WORDS}'</script>"),
            format!("<p hidden>{WORDS}</p><script type='text/javascript' src=a.js></script>"),
            "<script src=a.js></script>".to_owned(),
        ];
        for page in shells {
            assert!(needs_javascript(&page), "{page}");
        }
    }

    #[test]
    fn a_page_that_says_something_or_has_no_scripts_does_not() {
        let pages = [
            format!("<h1>Title</h1><p>{WORDS}</p><script src=app.js></script>"),
            "<h1>Soon</h1>".to_owned(),
            "<div id=root></div><script type='application/ld+json'>{}</script>".to_owned(),
            "<div id=root></div><script></script>".to_owned(),
            String::new(),
            "<h1>新しい製品を今すぐ無料でお試しください</h1><p>登録は簡単で、いつでも解約できます。</p><script src=a.js></script>".to_owned(),
        ];
        for page in pages {
            assert!(!needs_javascript(&page), "{page}");
        }
    }
}
