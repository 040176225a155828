//! `More than`: a text may name a number that is less than what the page counts.

use super::words::{self, alike, is_dense};
use super::{Fact, FactKind};

/// Words before a number that is less than the whole. Scripts without spaces have none here: what they count is no
/// word of its own, so that such a number cannot be told from another one.
const MORE_THAN: [&str; 20] = [
    "more than",
    "over",
    "at least",
    "above",
    "mehr als",
    "über",
    "mindestens",
    "plus de",
    "más de",
    "più di",
    "oltre",
    "mais de",
    "meer dan",
    "ruim",
    "ponad",
    "более",
    "больше",
    "свыше",
    "mer än",
    "över",
];

/// Words that turn `more than` into its opposite.
const DENIALS: &str = "no not none never nobody nothing neither nor without cannot hardly rarely seldom barely scarcely \
     nicht nichts nie niemals kein keine keinen keinem keiner ohne kaum selten \
     pas jamais sans ne ni guère rarement aucun aucune nunca jamás sin non mai senza né não nem sem \
     niet nooit geen zonder nauwelijks zelden nigdy bez не нет ни никогда без inte aldrig utan ingen inga inget ej";

/// Words for spans of time, the short ones in all their forms.
const SPANS: &str = "second minute hour day days daily week month year decade night s sec secs min mins h hr hrs wk wks mo yr yrs \
     sekunde stunde tag tage tagen täglich woche monat jahr nacht seconde heure jour jours semaine mois an ans année \
     segundo minuto hora día días semana mes meses año años secondo ora ore giorno giorni settimana mese mesi anno anni \
     dia dias mês ano anos uur uren dag dagen week weken maand jaar jaren sekund minut timme vecka veckor månad dagar år \
     godzin godzina dzień dni tydzień tygodni miesiąc miesięcy rok roku lat lata \
     секунд минут час часа часов день дня дней сутки суток недел месяц год года лет";

/// Whether a text says `more than` before a number of things, wherever that number stands in it.
///
/// Of a span of time less is no understatement but another promise.
pub(super) fn is_least(text: &str, claim: &Fact) -> bool {
    let unit = &claim.unit;
    if claim.kind != FactKind::Number || unit.is_empty() || unit.iter().any(|word| is_span(word)) {
        return false;
    }
    let mut places = places(text, &claim.text).peekable();
    places.peek().is_some() && places.all(|at| follows_more_than(&text[..at]))
}

/// What a figure counts: the first word behind it, unless that only describes the second.
pub(super) fn counted(unit: &[String]) -> &[String] {
    match unit {
        [first, ..] if first.ends_with('s') => &unit[..1],
        unit => unit,
    }
}

fn is_span(word: &str) -> bool {
    SPANS.split(' ').any(|span| word == span || (span.chars().count() >= 4 && alike(word, span)))
}

/// Where a number stands by itself, and not in another one.
fn places<'a>(text: &'a str, number: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_inner = |c: char| c.is_alphanumeric() && !is_dense(c);
    let first_is_inner = number.starts_with(is_inner);
    let ends_with_digit = number.ends_with(char::is_numeric);
    text.match_indices(number).map(|(at, _)| at).filter(move |at| {
        let is_tail = first_is_inner && text[..*at].ends_with(is_inner);
        let is_head = ends_with_digit && text[at + number.len()..].starts_with(char::is_numeric);
        !is_head && !is_tail
    })
}

fn follows_more_than(before: &str) -> bool {
    let before = before.trim_end().to_lowercase();
    let mut heads = MORE_THAN.iter().filter_map(|more| before.strip_suffix(more));
    heads.any(|head| !head.ends_with(|c: char| c.is_alphanumeric() || c == '-') && !is_denied(head))
}

/// Whether the sentence so far has a word that denies what follows.
fn is_denied(head: &str) -> bool {
    let sentence = head.rsplit(['.', '!', '?', ';', ':', '|']).next().unwrap_or(head);
    let denies = |word: &str| word.ends_with("n't") || DENIALS.split(' ').any(|denial| denial == word);
    words::split(sentence).iter().any(|word| denies(&word.lower))
}
