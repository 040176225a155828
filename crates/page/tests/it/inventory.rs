//! What stands beside the slots, and what of it must stay as it is.

use crate::support::{prove_selectors, read};
use domain::page_model::{Element, ElementKind, Fingerprint, LockReason};
use domain::{Inventory, PageModel};

const PAGE: &str = r##"<html lang="en"><body>
    <div id="cookie-banner"><p>We use cookies to count visits.</p><button>Accept all</button></div>
    <nav><a href="/">Kettle</a> <a href="/prices">Prices</a></nav>
    <section class="hero"><h1>Boil water in two minutes</h1><p>For people who are always late.</p><a class="btn" href="/order">Order yours</a></section>
    <section class="logos"><p>Used in kitchens of</p><img src="a.svg" alt="Hotel Adler"><img src="b.svg" alt="Café Mill"></section>
    <section id="features"><h2>Why it is quick</h2><ul><li><h3>Thin walls</h3><p>Less steel to heat, <b>more</b> water.</p></li><li><h3>One button</h3><p>Press it and walk away.</p></li></ul></section>
    <section class="testimonials"><blockquote>It is the first kettle that waits for me.</blockquote><p>Rated 4.8 out of 5 by owners</p></section>
    <section id="buy"><h2>Take one home</h2><div class="price">€49</div><p>Ships in a week</p>
        <form><label for="mail">Where shall we write to</label><input id="mail" name="mail" type="email" placeholder="you@home.example"><label><input type="checkbox" name="ok"> I agree to the terms of use</label><button type="submit">Keep me posted</button></form></section>
    <footer><p>© 2026 Kettle Ltd. All rights reserved.</p><a href="/imprint">Imprint</a></footer></body></html>"##;

fn of<'a>(model: &'a PageModel, text: &str) -> &'a Element {
    let mut elements = model.inventory.elements.iter();
    elements
        .find(|element| element.text.contains(text))
        .unwrap_or_else(|| panic!("`{text}` is not in {:#?}", model.inventory))
}

#[test]
fn kinds_and_locks() {
    let model = read(PAGE, "");
    prove_selectors(PAGE, &model);
    let cases = [
        ("We use cookies", ElementKind::Text, Some(LockReason::Consent)),
        ("Accept all", ElementKind::Button, Some(LockReason::Consent)),
        ("Prices", ElementKind::Link, Some(LockReason::Navigation)),
        ("Used in kitchens of", ElementKind::Text, None),
        ("Hotel Adler", ElementKind::Logo, None),
        ("Why it is quick", ElementKind::Heading, None),
        ("Thin walls", ElementKind::Heading, None),
        ("Press it and walk away.", ElementKind::Text, None),
        ("the first kettle", ElementKind::Testimonial, Some(LockReason::Quotation)),
        ("4.8 out of 5", ElementKind::Rating, None),
        ("€49", ElementKind::Text, Some(LockReason::Price)),
        ("Where shall we write to", ElementKind::FormLabel, None),
        ("you@home.example", ElementKind::FormField, Some(LockReason::FormField)),
        ("I agree", ElementKind::FormLabel, Some(LockReason::Consent)),
        ("Keep me posted", ElementKind::Button, None),
        ("All rights reserved", ElementKind::Text, Some(LockReason::Legal)),
        ("Imprint", ElementKind::Link, Some(LockReason::Navigation)),
    ];
    for (text, kind, locked) in cases {
        let element = of(&model, text);
        assert_eq!((element.kind, element.locked), (kind, locked), "{text}");
        assert_eq!(element.fingerprint, Fingerprint::of(&element.text), "{text}");
    }
    let all: Vec<&str> = model.inventory.elements.iter().map(|element| element.text.as_str()).collect();
    for slot in ["Boil water in two minutes", "For people who are always late.", "Order yours"] {
        assert!(!all.contains(&slot), "{slot} is a slot");
    }
}

#[test]
fn the_order_is_that_of_the_page() {
    let model = read(PAGE, "");
    let place = |text: &str| PAGE.find(text).unwrap();
    let texts = [
        "We use cookies",
        "Used in kitchens",
        "Hotel Adler",
        "Why it is",
        "Thin walls",
        "Keep me posted",
        "All rights",
    ];
    let places: Vec<usize> = texts
        .iter()
        .map(|text| model.inventory.elements.iter().position(|element| element.text.contains(text)).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(texts.iter().map(|text| place(text)).is_sorted());
}

#[test]
fn text_that_can_be_changed_is_known() {
    let model = read(PAGE, "");
    assert!(of(&model, "Press it").is_mutable());
    assert!(!of(&model, "Less steel").is_mutable(), "it holds another element");
    assert!(!of(&model, "€49").is_mutable(), "it is a price");
    assert!(!of(&model, "Hotel Adler").is_mutable(), "it is a picture");
    assert!(of(&model, "Keep me posted").plain_text);
}

#[test]
fn prices_in_many_words() {
    let priced = [
        "$9",
        "9 €",
        "ab 49,90 EUR im Monat",
        "£1,200 per year",
        "¥3,000",
        "3000円",
        "299 руб.",
        "R$ 10",
        "From US$5",
        "199 kr",
        "99 zł",
        "٩٩ ريال",
    ];
    let free = ["Nine to five", "100 days", "24/7", "Version 2.0", "Since 1999", "EUR or USD", "5 stars"];
    let lock = |text: &str| {
        of(&read(&format!("<h1>Boats by the hour</h1><p>Choose one and row away.</p><section><h2>Part</h2><p>{text}</p></section>"), ""), text).locked
    };
    for text in priced {
        assert_eq!(lock(text), Some(LockReason::Price), "{text}");
    }
    for text in free {
        assert_eq!(lock(text), None, "{text}");
    }
}

#[test]
fn consent_by_its_words_alone() {
    for (ask, answer) in [
        ("Diese Seite verwendet Cookies.", "Akzeptieren"),
        ("Nous utilisons des cookies.", "Tout accepter"),
        ("このサイトはクッキーを使います。", "同意する"),
        ("Мы используем файлы cookie.", "Принять"),
    ] {
        let html = format!(
            "<section class=hero><h1>Boats by the hour</h1><p>Choose one of them.</p><a class=btn>Go on</a></section><div class=xq><div><p>{ask}</p></div><button class=btn>{answer}</button></div>"
        );
        let model = read(&html, "");
        assert_eq!(of(&model, ask).locked, Some(LockReason::Consent), "{ask}");
        assert_eq!(of(&model, answer).locked, Some(LockReason::Consent), "{answer}");
        assert_eq!(model.cta.unwrap().text, "Go on");
    }
}

#[test]
fn it_is_bounded() {
    let part = "<section><h2>Another part</h2><p>With a few words in it.</p><p>Only $9</p></section>";
    let model = read(&format!("<h1>Boats by the hour</h1>{}", part.repeat(400)), "");
    let Inventory { elements, left_out, locked_left_out } = &model.inventory;
    let locked = elements.iter().filter(|element| element.locked.is_some()).count();
    assert_eq!((elements.len() - locked, locked), (Inventory::MOST_FREE, Inventory::MOST_LOCKED));
    assert_eq!(
        (usize::try_from(*left_out).unwrap() + Inventory::MOST_FREE),
        800 - 1,
        "the line under the headline is a slot"
    );
    assert_eq!(usize::try_from(*locked_left_out).unwrap() + Inventory::MOST_LOCKED, 400);
}
