//! What an owner's selectors mean on a page.

use domain::page_edits::{Selected, SelectedElement};
use domain::page_model::{ElementKind, LockReason};
use page::{analyze_for, is_selector};

const PAGE: &str = "<html lang=en><body><main><h1>Boil water</h1><p id=lead><b>Quiet by design</b></p>\
<p class=price>$49 a year</p><div id=photo><img src=/a.webp alt='A kettle'></div>\
<button class=go>Order</button><p>One</p><p>Two</p><script>var a;</script></main></body></html>";

fn found(css: &str) -> Selected {
    let mut selected = analyze_for(PAGE, &[], &[css.to_owned()]).selected;
    assert_eq!(selected.len(), 1, "{css}");
    selected.remove(0)
}

#[test]
fn a_text_is_found_with_its_lock_and_the_owners_selector_first() {
    let cases = [
        ("h1", "Boil water", ElementKind::Heading, None),
        ("main > .price", "$49 a year", ElementKind::Text, Some(LockReason::Price)),
        ("button:not(.stop)", "Order", ElementKind::Button, None),
    ];
    for (css, text, kind, locked) in cases {
        let Some(SelectedElement::Text(element)) = found(css).element else { unreachable!("{css}") };
        assert_eq!((element.text.as_str(), element.kind, element.locked), (text, kind, locked), "{css}");
        assert!(element.plain_text && element.locator.css == css && !element.locator.alt.is_empty(), "{element:?}");
    }
    // The text stands in an inner element alone, and that is what can be changed.
    let Some(SelectedElement::Text(element)) = found("#lead").element else { unreachable!("the lead") };
    assert_eq!((element.text.as_str(), element.locator.tag.as_str()), ("Quiet by design", "b"));
}

#[test]
fn a_picture_is_found_by_itself_or_by_what_holds_it_alone() {
    for css in ["img", "#photo"] {
        let Some(SelectedElement::Image(image)) = found(css).element else { unreachable!("{css}") };
        assert_eq!(
            (image.src.as_str(), image.alt.as_str(), image.locator.tag.as_str()),
            ("/a.webp", "A kettle", "img")
        );
    }
}

#[test]
fn what_means_nothing_or_several_elements_is_counted() {
    for (css, matches) in [("#nothing", 0), ("p", 4), ("script", 1)] {
        let found = found(css);
        assert_eq!((found.matches, found.element.is_some()), (matches, false), "{css}");
    }
    for css in ["", "h1 >", "p:has(b)", "p:HAS(b)", r"p:h\61s(b)", r"p:\48 as(b)", "p:/**/has(b)", "[", "h1; x"] {
        assert!(!is_selector(css), "{css}");
        assert!(analyze_for(PAGE, &[], &[css.to_owned()]).selected.is_empty(), "{css}");
    }
}

#[test]
fn many_selectors_on_a_large_page_end() {
    let page = format!("<html><body>{}</body></html>", "<div><div><p>word</p>".repeat(20_000));
    let deep = format!("{} p", "div ".repeat(100));
    let selectors: Vec<String> = (0..30).map(|_| deep.clone()).collect();
    let selected = analyze_for(&page, &[], &selectors).selected;
    assert!(selected.len() <= 20 && selected.iter().all(|found| found.matches <= 1001));
}

#[test]
fn what_is_too_dear_to_look_up_is_not_found_and_the_others_are() {
    let page = format!("<html><body><h1>Boil water</h1>{}</body></html>", "<p>word</p>".repeat(20_000));
    let dear = (0..60).map(|n| format!(".a{n}~p,")).collect::<String>() + "p~p";
    let selected = analyze_for(&page, &[], &[dear, "h1".to_owned()]).selected;
    let matches: Vec<u32> = selected.iter().map(|found| found.matches).collect();
    assert_eq!(matches, [0, 1]);
}
