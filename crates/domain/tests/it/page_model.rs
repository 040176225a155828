//! A page model is stored for years: what was written before is still read, and nothing is lost on the way.

use domain::page_model::{
    BrandColour, ColourRole, Direction, Element, ElementKind, Fingerprint, Formality, LockReason, Tone,
};
use domain::{Inventory, Locator, PageModel};

/// As versions before the inventory wrote it.
const BEFORE: &str = r##"{"title":"Kettle","lang":"en","description":null,
    "headline":{"text":"Boil water","locator":{"css":"h1","tag":"h1"},"plain_text":true},
    "subheadline":null,"cta":null,"secondary_cta":null,"hero_image":null,
    "brand":{"primary_color":"#c02040","heading_font":"Lora","body_font":null}}"##;

#[test]
fn models_of_before_are_read() {
    let model: PageModel = serde_json::from_str(BEFORE).unwrap();
    assert_eq!(model.headline.as_ref().unwrap().text, "Boil water");
    assert_eq!((model.direction, model.tone, model.brand.palette.len()), (None, None, 0));
    assert!(model.inventory.is_empty());
    // And an empty inventory is not written, so that what is read again is the same.
    let written = serde_json::to_value(&model).unwrap();
    assert!(written.get("inventory").is_none() && written.get("tone").is_none());
}

#[test]
fn nothing_is_lost() {
    let element = |kind, locked| Element {
        kind,
        text: "Thin walls".to_owned(),
        fingerprint: Fingerprint::of("Thin walls"),
        locator: Locator { css: "h2".to_owned(), alt: vec!["#a > h2".to_owned()], tag: "h2".to_owned() },
        plain_text: true,
        locked,
    };
    let model = PageModel {
        direction: Some(Direction::Rtl),
        tone: Some(Tone { sentences: 3, formality: Some(Formality::Polite), ..Tone::default() }),
        inventory: Inventory {
            elements: vec![
                element(ElementKind::Heading, None),
                element(ElementKind::FormField, Some(LockReason::FormField)),
            ],
            left_out: 7,
            locked_left_out: 2,
        },
        brand: domain::Brand {
            palette: vec![BrandColour { role: ColourRole::ButtonText, hex: "#ffffff".to_owned() }],
            ..domain::Brand::default()
        },
        ..PageModel::default()
    };
    let written = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<PageModel>(&written).unwrap(), model);
    for name in ["\"rtl\"", "\"form_field\"", "\"button_text\"", "\"polite\"", "\"heading\""] {
        assert!(written.contains(name), "{name} in {written}");
    }
}

#[test]
fn fingerprints_are_the_same_everywhere() {
    // FNV-1a of `a`, as its authors publish it.
    assert_eq!(Fingerprint::of("a").hash, "af63dc4c8601ec8c");
    assert_eq!(Fingerprint::of("  two \n words "), Fingerprint::of("two words"));
    assert_ne!(Fingerprint::of("two words").hash, Fingerprint::of("two word").hash);
    assert_eq!(Fingerprint::of(&"ä".repeat(100)).lead, "ä".repeat(Fingerprint::LONGEST_LEAD));
}

#[test]
fn every_reason_has_the_name_that_is_stored() {
    let all = [
        LockReason::Price,
        LockReason::Legal,
        LockReason::Consent,
        LockReason::FormField,
        LockReason::Navigation,
        LockReason::Quotation,
        LockReason::Tool,
    ];
    for reason in all {
        assert_eq!(serde_json::to_value(reason).unwrap(), serde_json::json!(reason.to_string()));
    }
}
