//! The analyser's names into those of the scorer.

use serde_json::{Value, json};

/// One page's report as the scorer reads it.
pub(super) fn adapted(report: &Value) -> Value {
    let slot = |name: &str| report["slots"][name].clone();
    let brand = &report["brand"];
    json!({
        "headline": slot("headline"),
        "subheadline": slot("subheadline"),
        "cta": slot("cta"),
        "secondary_cta": slot("secondary_cta"),
        "hero_image": slot("hero_image"),
        "brand": {
            "primary_color_hex": brand["primary_color"],
            "heading_font": brand["heading_font"],
            "body_font": brand["body_font"],
        },
        "lang": report["lang"],
        "title": report["title"],
        "meta_description": report["description"],
    })
}
