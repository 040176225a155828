//! Boxes that ask for consent to cookies, whatever they are called.

use crate::document::{Document, ancestors};
use crate::hero::is_button;
use crate::region::names;
use crate::text::{self, is_longer, spoken};
use ego_tree::NodeId;
use scraper::ElementRef;
use std::collections::HashSet;

/// Buttons that are looked at.
const MOST_BUTTONS: usize = 2000;
/// How far around a button its box may reach.
const FAR: usize = 6;
/// Most text of a box, in bytes.
const MOST_TEXT: usize = 2000;
/// Longest text of its button, in characters.
const LONGEST_ANSWER: usize = 40;

/// Starts of names that consent tools give their boxes.
const TOOLS: [&str; 16] = [
    "onetrust",
    "ot-sdk",
    "cybot",
    "cookiebot",
    "usercentrics",
    "cmplz",
    "iubenda",
    "osano",
    "qc-cmp",
    "termly",
    "cc-window",
    "cc-banner",
    "cky-",
    "klaro",
    "didomi",
    "truste",
];
/// Words by which a box says what it is about.
const SUBJECT: [&str; 12] = [
    "cookie",
    "gdpr",
    "dsgvo",
    "rgpd",
    "куки",
    "файлы cookie",
    "クッキー",
    "쿠키",
    "עוגיות",
    "ملفات تعريف الارتباط",
    "çerez",
    "evästei",
];
/// Words of answers.
const ANSWERS: [&str; 38] = [
    "accept",
    "agree",
    "allow",
    "got it",
    "decline",
    "reject",
    "refuse",
    "understand",
    "necessary",
    "preferences",
    "akzeptier",
    "zustimmen",
    "ablehnen",
    "einverstanden",
    "verstanden",
    "accepter",
    "refuser",
    "j'accepte",
    "aceptar",
    "rechazar",
    "acepto",
    "aceitar",
    "aceito",
    "accett",
    "rifiut",
    "accepteren",
    "akkoord",
    "weigeren",
    "akceptuj",
    "zgadzam",
    "godkänn",
    "принять",
    "соглас",
    "同意",
    "承諾",
    "동의",
    "موافق",
    "מסכים",
];

/// The boxes of a page.
pub(crate) fn boxes(document: &Document) -> HashSet<NodeId> {
    let mut found = HashSet::new();
    for element in document.all("[class], [id]").filter(|element| is_named(*element)) {
        found.insert(element.id());
    }
    let buttons = document.all("button, a, [role=button], input[type=submit], input[type=button]");
    for button in buttons.take(MOST_BUTTONS).filter(|button| answers(document, *button)) {
        let around = ancestors(button)
            .take(FAR)
            .take_while(|around| !matches!(around.value().name(), "body" | "html" | "main" | "form"))
            .take_while(|around| !is_longer(document, *around, MOST_TEXT));
        // The outermost element that holds no more than the box.
        let about = |around: &ElementRef<'_>| {
            let text = text::visible(document, *around).to_lowercase();
            SUBJECT.iter().any(|word| text.contains(word)) && !holds_other_matter(*around)
        };
        if let Some(found_box) = around.filter(about).last() {
            found.insert(found_box.id());
        }
    }
    found
}

/// Whether more than one heading or a picture of size stands there, as in no box.
fn holds_other_matter(around: ElementRef<'_>) -> bool {
    let mut headings = around.descendent_elements().filter(|inner| matches!(inner.value().name(), "h1" | "h2" | "h3"));
    headings.nth(1).is_some() || around.descendent_elements().any(|inner| matches!(inner.value().name(), "nav" | "h1"))
}

fn is_named(element: ElementRef<'_>) -> bool {
    !matches!(element.value().name(), "html" | "body")
        && names(element).iter().any(|name| {
            let subject = name.contains("cookie") || name.contains("consent") || name.contains("gdpr");
            let shape =
                ["banner", "bar", "notice", "popup", "modal", "dialog", "overlay", "law", "message", "box", "info"];
            TOOLS.iter().any(|tool| name.starts_with(tool)) || (subject && shape.iter().any(|word| name.contains(word)))
        })
}

fn answers(document: &Document, button: ElementRef<'_>) -> bool {
    let is_pressed = is_button(button) || button.value().name() == "a";
    if !is_pressed || is_longer(document, button, LONGEST_ANSWER * 4) {
        return false;
    }
    let text = spoken(document, button).to_lowercase();
    text.chars().count() <= LONGEST_ANSWER && (text == "ok" || ANSWERS.iter().any(|answer| text.contains(answer)))
}
