//! What slots, kinds, locks, fields and edits are called.

use domain::page_edits::{BrandField, EditReport, LostReason, SlotChoice};
use domain::page_model::{ElementKind, LockReason};
use domain::{Edit, FactKind, SlotName};

/// A slot.
#[must_use]
pub fn slot(slot: SlotName) -> &'static str {
    match slot {
        SlotName::Headline => "Headline",
        SlotName::Subheadline => "Subheadline",
        SlotName::Cta => "Call to action",
        SlotName::SecondaryCta => "Second call to action",
        SlotName::HeroImage => "Hero image",
    }
}

/// What an element is for.
#[must_use]
pub fn kind(kind: ElementKind) -> &'static str {
    match kind {
        ElementKind::Heading => "Heading",
        ElementKind::Text => "Text",
        ElementKind::Testimonial => "Testimonial",
        ElementKind::Logo => "Logo",
        ElementKind::Rating => "Rating",
        ElementKind::FormLabel => "Form label",
        ElementKind::Button => "Button",
        ElementKind::FormField => "Form field",
        ElementKind::Link => "Navigation link",
    }
}

/// Why something must stay as it is.
#[must_use]
pub fn lock(reason: LockReason) -> &'static str {
    match reason {
        LockReason::Price => "Locked: states a price",
        LockReason::Legal => "Locked: legal text",
        LockReason::Consent => "Locked: asks for consent",
        LockReason::FormField => "Locked: field of a form",
        LockReason::Navigation => "Locked: navigation",
        LockReason::Quotation => "Locked: words of others",
        LockReason::Tool => "Locked: part of a tool",
        LockReason::Owner => "Locked by you",
    }
}

/// A sort of fact.
#[must_use]
pub fn fact(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Number => "Number",
        FactKind::Price => "Price",
        FactKind::Percent => "Share",
        FactKind::Date => "Year",
        FactKind::Guarantee => "Promise",
        FactKind::Award => "Recognition",
        FactKind::Comparative => "Comparison",
        FactKind::Offer => "Offer",
        FactKind::Name => "Name",
        FactKind::Quote => "Quotation",
    }
}

/// A field of brand or language.
#[must_use]
pub fn field(field: BrandField) -> &'static str {
    match field {
        BrandField::PrimaryColour => "Brand colour",
        BrandField::Background => "Background colour",
        BrandField::Text => "Text colour",
        BrandField::Heading => "Headline colour",
        BrandField::Button => "Button colour",
        BrandField::ButtonText => "Button text colour",
        BrandField::Link => "Link colour",
        BrandField::HeadingFont => "Heading font",
        BrandField::BodyFont => "Text font",
        BrandField::Language => "Language",
        BrandField::Direction => "Reading direction",
        BrandField::Formality => "Address",
        BrandField::Voice => "Voice",
    }
}

/// A value of a field.
#[must_use]
pub fn value(field: BrandField, value: &str) -> String {
    match (field, value) {
        (BrandField::Direction, "ltr") => "Left to right".to_owned(),
        (BrandField::Direction, "rtl") => "Right to left".to_owned(),
        (BrandField::Formality, "familiar") => "Familiar (du, tu, tú)".to_owned(),
        (BrandField::Formality, "polite") => "Polite (Sie, vous, usted)".to_owned(),
        _ => value.to_owned(),
    }
}

/// Why an edit does nothing now.
#[must_use]
pub fn lost(reason: LostReason) -> String {
    match reason {
        LostReason::Gone => {
            "Not found on the page any more. It holds again as soon as the page has it again.".to_owned()
        }
        LostReason::Unread => "Is looked up the next time that the page is read.".to_owned(),
        LostReason::Several(count) => format!("The selector means {count} elements; it must mean one."),
        LostReason::Unfit => "This is no element of the sort that is needed here.".to_owned(),
        LostReason::Taken => "Another place has this element.".to_owned(),
        LostReason::OtherLock(reason) => {
            format!(
                "It changed and is locked again ({}). Open it once more if you still want to.",
                lock(reason).to_lowercase()
            )
        }
    }
}

/// What an edit says, in a line.
#[must_use]
pub fn edit(report: &EditReport) -> String {
    match &report.edit {
        Edit::Slot { slot: name, choice } => match choice {
            SlotChoice::Nothing => format!("{}: the page has none", slot(*name)),
            SlotChoice::Element { element } => format!("{}: “{}”", slot(*name), element.fingerprint.lead),
            SlotChoice::Selector { css } => format!("{}: {css}", slot(*name)),
        },
        Edit::SlotLock { slot: name, locked, .. } => format!("{}: {}", slot(*name), locked_words(*locked)),
        Edit::Kind { element, kind: is } => format!("“{}” is a {}", element.fingerprint.lead, kind(*is).to_lowercase()),
        Edit::Lock { element, locked, .. } => format!("“{}”: {}", element.fingerprint.lead, locked_words(*locked)),
        Edit::Brand { field: name, value: Some(is) } => format!("{}: {}", field(*name), value(*name, is)),
        Edit::Brand { field: name, value: None } => format!("{}: none", field(*name)),
        Edit::AddFact { text } => format!("True: “{text}”"),
        Edit::Fact { fact, instead: Some(instead) } => format!("Not “{}” but “{instead}”", fact.text),
        Edit::Fact { fact, instead: None } => format!("Must not be said: “{}”", fact.text),
    }
}

fn locked_words(locked: bool) -> &'static str {
    if locked { "stays as it is" } else { "may change" }
}

/// What was read where an edit stands, in words.
#[must_use]
pub fn read(report: &EditReport) -> Option<String> {
    let read = report.read.as_deref();
    match &report.edit {
        Edit::Slot { .. } => {
            Some(read.map_or_else(|| "The reading found none.".to_owned(), |text| format!("Read as: “{text}”")))
        }
        Edit::Kind { .. } => {
            read.and_then(|name| name.parse().ok()).map(|is| format!("Read as: {}", kind(is).to_lowercase()))
        }
        Edit::Brand { field, .. } => Some(
            read.map_or_else(|| "The reading found none.".to_owned(), |is| format!("Read as: {}", value(*field, is))),
        ),
        Edit::Lock { despite: Some(reason), .. } | Edit::SlotLock { despite: Some(reason), .. } => {
            Some(format!("Read as: {}", lock(*reason).to_lowercase()))
        }
        _ => None,
    }
}
