//! Slot patches become operations on the page's own elements.

use domain::slots::{SlotPatch, SlotRefusal};
use domain::{ImageSlot, Locator, Op, PageModel, TextSlot};

fn slot(css: &str, text: &str, plain_text: bool) -> Option<TextSlot> {
    let locator = Locator { css: css.to_owned(), alt: vec!["main h1".to_owned()], tag: "h1".to_owned() };
    Some(TextSlot { text: text.to_owned(), locator, plain_text })
}

fn page() -> PageModel {
    let locator = Locator { css: "img".to_owned(), alt: vec![], tag: "img".to_owned() };
    PageModel {
        headline: slot("h1", "Old  headline", true),
        subheadline: slot("p", "Old line", false),
        hero_image: Some(ImageSlot { src: "/a.png".to_owned(), alt: String::new(), locator }),
        ..PageModel::default()
    }
}

#[test]
fn filled_slots_become_operations_with_a_fingerprint() {
    let slots = SlotPatch {
        headline: Some(" New\n headline ".to_owned()),
        hero_image: Some("/b.png".to_owned()),
        ..SlotPatch::default()
    };
    let patch = slots.compile(&page()).unwrap();
    let [Op::Text { target, value }, Op::Image { src, .. }] = patch.ops.as_slice() else {
        unreachable!("two operations: {patch:?}")
    };
    assert_eq!((value.as_str(), src.as_str()), ("New headline", "/b.png"));
    assert_eq!(target.text.as_deref(), Some("Old headline"));
    assert_eq!((target.css.as_str(), target.tag.as_deref()), ("h1", Some("h1")));
}

#[test]
fn what_cannot_be_filled_is_refused() {
    let filled = |headline: Option<&str>, subheadline: Option<&str>, cta: Option<&str>, hero_image: Option<&str>| {
        let own = |text: Option<&str>| text.map(str::to_owned);
        SlotPatch { headline: own(headline), subheadline: own(subheadline), cta: own(cta), hero_image: own(hero_image) }
    };
    let mut bare = page();
    bare.hero_image = None;
    let cases = [
        (filled(None, None, None, None), page(), SlotRefusal::NoChange),
        (filled(Some("Old headline"), None, None, Some("/a.png")), page(), SlotRefusal::NoChange),
        (filled(None, Some("New"), None, None), page(), SlotRefusal::NoSuchSlot("subheadline")),
        (filled(None, None, Some("Buy"), None), page(), SlotRefusal::NoSuchSlot("call to action")),
        (filled(None, None, None, Some("/b.png")), bare, SlotRefusal::NoSuchSlot("hero image")),
    ];
    for (slots, page, expected) in cases {
        assert_eq!(slots.compile(&page), Err(expected), "{slots:?}");
    }
}
