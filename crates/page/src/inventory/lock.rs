//! What must stay as it is, and why.

use crate::document::{Document, ancestors};
use crate::region::{is_frame, is_frame_by_name, is_named};
use domain::page_model::{ElementKind, LockReason};
use scraper::ElementRef;

/// How far up names are looked at.
const NEAR: usize = 4;
/// Most words of a line that is legal by one word in it.
const SHORT: usize = 40;

const PRICE: [&str; 7] = ["price", "prices", "amount", "cost", "pricing-price", "currency", "subtotal"];
const LEGAL: [&str; 12] = [
    "legal",
    "terms",
    "disclaimer",
    "copyright",
    "privacy",
    "imprint",
    "impressum",
    "fineprint",
    "fine-print",
    "smallprint",
    "small-print",
    "disclosure",
];
const TOOLS: [&str; 12] = [
    "modal",
    "popup",
    "dialog",
    "lightbox",
    "toast",
    "tooltip",
    "search",
    "portlet",
    "alert",
    "drawer",
    "offcanvas",
    "toolbar",
];
/// A bar of news is not furniture: its text sells.
const NEWS: [&str; 4] = ["announcement", "announcement-bar", "promo", "topbar"];

/// Words of the law, in small letters.
const LEGAL_WORDS: [&str; 42] = [
    "©",
    "(c) 20",
    "all rights reserved",
    "copyright",
    "terms of",
    "terms and conditions",
    "terms & conditions",
    "terms apply",
    "privacy policy",
    "privacy notice",
    "cookie policy",
    "disclaimer",
    "trademark",
    "registered in",
    "not financial advice",
    "impressum",
    "datenschutz",
    "agb",
    "nutzungsbedingungen",
    "widerruf",
    "alle rechte vorbehalten",
    "mentions légales",
    "politique de confidentialité",
    "conditions générales",
    "tous droits réservés",
    "aviso legal",
    "política de privacidad",
    "términos y condiciones",
    "todos los derechos reservados",
    "política de privacidade",
    "todos os direitos reservados",
    "termini e condizioni",
    "informativa sulla privacy",
    "algemene voorwaarden",
    "regulamin",
    "политика конфиденциальности",
    "все права защищены",
    "пользовательское соглашение",
    "利用規約",
    "プライバシー",
    "سياسة الخصوصية",
    "מדיניות פרטיות",
];

/// Words by which a box to tick asks for consent.
const CONSENT_WORDS: [&str; 14] = [
    "i agree",
    "i accept",
    "i consent",
    "ich stimme",
    "ich willige",
    "j'accepte",
    "acepto",
    "accetto",
    "akkoord",
    "согласен",
    "согласна",
    "同意",
    "أوافق",
    "אני מסכים",
];

pub(super) fn of(document: &Document, element: ElementRef<'_>, kind: ElementKind, text: &str) -> Option<LockReason> {
    let framed = if document.in_frame(element) { by_frame(document, element) } else { None };
    if framed == Some(LockReason::Consent) {
        return framed;
    }
    if kind == ElementKind::FormField {
        return Some(LockReason::FormField);
    }
    let near = || std::iter::once(element).chain(ancestors(element).take(NEAR));
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| holds_word(&lower, word));
    if kind == ElementKind::FormLabel && has(&CONSENT_WORDS) {
        return Some(LockReason::Consent);
    }
    let named = |words: &[&str]| near().any(|around| is_named(around, words) && !is_whole(around));
    let is_short = text.split_whitespace().count() <= SHORT;
    if (is_short && has(&LEGAL_WORDS)) || named(&LEGAL) {
        return Some(LockReason::Legal);
    }
    if has_price(text)
        || (near().take(2).any(|around| is_named(around, &PRICE)) && text.contains(|c: char| c.is_numeric()))
    {
        return Some(LockReason::Price);
    }
    if framed.is_some() {
        return framed;
    }
    (kind == ElementKind::Testimonial).then_some(LockReason::Quotation)
}

fn is_whole(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "body" | "html" | "main")
}

/// What kind of frame stands around the element.
fn by_frame(document: &Document, element: ElementRef<'_>) -> Option<LockReason> {
    let around = || std::iter::once(element).chain(ancestors(element));
    if around().any(|around| document.asks_for_consent(around) || is_named(around, &["consent", "gdpr", "cookies"])) {
        return Some(LockReason::Consent);
    }
    let frame = around().find(|around| is_frame(*around) || is_frame_by_name(*around))?;
    if is_named(frame, &NEWS) {
        return None;
    }
    let is_tool = matches!(frame.value().name(), "dialog") || is_named(frame, &TOOLS);
    Some(if is_tool || matches!(frame.attr("role"), Some("dialog" | "search")) {
        LockReason::Tool
    } else {
        LockReason::Navigation
    })
}

/// Whether the word stands there, not in the middle of another one.
fn holds_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(index, _)| {
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        let starts = word.starts_with(|c: char| c.is_ascii_alphabetic());
        let before = starts && is_letter(text[..index].chars().next_back());
        // Short words end where they end; longer ones may have an ending.
        let after = word.len() <= 4 && starts && is_letter(text[index + word.len()..].chars().next());
        !before && !after
    })
}

/// Signs and names of money.
const SIGNS: &str = "$€£¥₹₽₩₺₪₴฿₫₱₦₡₲₵₸₿￥";
const CODES: [&str; 24] = [
    "usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "nzd", "inr", "rub", "pln", "sek", "nok", "dkk", "czk", "huf",
    "brl", "cny", "zł", "kr", "kč", "руб", "грн", "лв",
];
const AMOUNTS: [&str; 10] = ["円", "元", "원", "ريال", "درهم", "ر.س", "د.إ", "ש\"ח", "ש״ח", "دينار"];

/// Whether an amount of money is stated.
pub(super) fn has_price(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let digit_near = |place: usize| {
        let before = characters[..place].iter().rev().find(|c| !c.is_whitespace()).is_some_and(|c| c.is_numeric());
        let after = characters[place + 1..].iter().find(|c| !c.is_whitespace()).is_some_and(|c| c.is_numeric());
        before || after
    };
    if characters.iter().enumerate().any(|(place, c)| SIGNS.contains(*c) && digit_near(place)) {
        return true;
    }
    let lower = text.to_lowercase();
    let by_amount = AMOUNTS.iter().any(|word| {
        lower.match_indices(word).any(|(index, _)| {
            lower[..index].trim_end().ends_with(char::is_numeric)
                || lower[index + word.len()..].trim_start().starts_with(char::is_numeric)
        })
    });
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_code = |word: &str| CODES.contains(&word);
    let is_number = |word: &str| word.starts_with(char::is_numeric);
    by_amount
        || words
            .windows(2)
            .any(|pair| (is_code(pair[0]) && is_number(pair[1])) || (is_number(pair[0]) && is_code(pair[1])))
}
