//! Two analysers beside each other, and what must hold between them.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Least F1 of the slots that variants stand on.
const LEAST: [(&str, f64); 4] = [("headline", 0.95), ("subheadline", 0.85), ("cta", 0.9), ("hero_image", 0.8)];
/// Least accuracy of the brand colour.
const COLOUR: f64 = 0.8;
/// The slots in reading order.
const SLOTS: [&str; 5] = ["headline", "subheadline", "cta", "secondary_cta", "hero_image"];
/// The facts in reading order.
const FACTS: [&str; 6] = ["brand_color", "heading_font", "body_font", "lang", "title", "meta_description"];

/// The scorer's numbers for one analyser.
#[derive(Debug, Deserialize)]
pub(super) struct Scores {
    pages: u32,
    answered: u32,
    slots: BTreeMap<String, Slot>,
    facts: BTreeMap<String, Fact>,
}

#[derive(Debug, Deserialize)]
struct Slot {
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
    selectors: u32,
    unique: u32,
}

#[derive(Debug, Deserialize)]
struct Fact {
    right: u32,
    total: u32,
    accuracy: Option<f64>,
}

impl Scores {
    /// No answer at all scores nothing.
    fn f1(&self, slot: &str) -> f64 {
        self.slots.get(slot).and_then(|slot| slot.f1).unwrap_or(0.0)
    }

    fn accuracy(&self, fact: &str) -> f64 {
        self.facts.get(fact).and_then(|fact| fact.accuracy).unwrap_or(0.0)
    }
}

/// Both analysers, ours on the left.
pub(super) fn table(ours: &Scores, naive: &Scores) -> String {
    let mut table = format!("{:<17} {:^35}   {:^35}\n{:<17} {}   {}\n", "", "evoloop", "naive", "slot", HEADER, HEADER);
    let slot = |scores: &Scores, name: &str| match scores.slots.get(name) {
        Some(slot) => {
            let unique = format!("{}/{}", slot.unique, slot.selectors);
            let [precision, recall, f1] = [slot.precision, slot.recall, slot.f1].map(number);
            format!("{precision:>9} {recall:>7} {f1:>7} {unique:>9}")
        }
        None => format!("{:>35}", "-"),
    };
    let fact = |scores: &Scores, name: &str| match scores.facts.get(name) {
        Some(fact) => {
            let share = format!("{} of {}", fact.right, fact.total);
            format!("{share:>25} {:>9}", number(fact.accuracy))
        }
        None => format!("{:>35}", "-"),
    };
    // Writing to a String cannot fail.
    for name in SLOTS {
        let _ = writeln!(table, "{name:<17} {}   {}", slot(ours, name), slot(naive, name));
    }
    for name in FACTS {
        let _ = writeln!(table, "{name:<17} {}   {}", fact(ours, name), fact(naive, name));
    }
    let answered = |scores: &Scores| format!("{} of {}", scores.answered, scores.pages);
    let _ = writeln!(table, "{:<17} {:>35}   {:>35}", "pages answered", answered(ours), answered(naive));
    table
}

const HEADER: &str = "precision  recall      F1    unique";

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

/// Prints every verdict and counts those that do not hold.
pub(super) fn report(ours: &Scores, naive: &Scores, more: impl IntoIterator<Item = (bool, String)>) -> usize {
    let mut verdicts = verdicts(ours, naive);
    verdicts.extend(more);
    for (holds, sentence) in &verdicts {
        println!("{} {sentence}", if *holds { "holds: " } else { "broken:" });
    }
    verdicts.iter().filter(|(holds, _)| !holds).count()
}

fn verdicts(ours: &Scores, naive: &Scores) -> Vec<(bool, String)> {
    let mut verdicts: Vec<(bool, String)> = LEAST
        .iter()
        .map(|(slot, least)| (ours.f1(slot) >= *least, format!("F1 of {slot} {:.3} >= {least}", ours.f1(slot))))
        .collect();
    let colour = ours.accuracy("brand_color");
    verdicts.push((colour >= COLOUR, format!("accuracy of the brand colour {colour:.3} >= {COLOUR}")));
    for slot in SLOTS {
        let (our, other) = (ours.f1(slot), naive.f1(slot));
        verdicts.push((our > other, format!("F1 of {slot} {our:.3} > {other:.3}")));
    }
    let (our, other) = (ours.accuracy("brand_color"), naive.accuracy("brand_color"));
    verdicts.push((our > other, format!("accuracy of the brand colour {our:.3} > {other:.3}")));
    verdicts
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    fn scores(f1: f64, colour: f64) -> Scores {
        let slot = json!({"precision": null, "recall": 0.5, "f1": f1, "selectors": 2, "unique": 1});
        let slots: BTreeMap<&str, _> = SLOTS.into_iter().map(|name| (name, slot.clone())).collect();
        let facts = json!({"brand_color": {"right": 1, "total": 2, "accuracy": colour}});
        serde_json::from_value(json!({"pages": 3, "answered": 2, "slots": slots, "facts": facts})).unwrap()
    }

    #[test]
    fn equal_is_not_better() {
        let broken = |ours, naive| verdicts(&ours, &naive).iter().filter(|(holds, _)| !holds).count();
        assert_eq!(broken(scores(1.0, 0.9), scores(0.9, 0.1)), 0);
        assert_eq!(broken(scores(0.95, 0.9), scores(0.95, 0.1)), 5);
        assert_eq!(broken(scores(0.91, 0.9), scores(0.9, 0.1)), 1, "the headline alone is below its least");
        assert_eq!(broken(scores(1.0, 0.79), scores(0.9, 0.1)), 1, "the colour alone is below its least");
        assert_eq!(broken(scores(0.79, 0.1), scores(0.9, 0.1)), 4 + 5 + 2);
    }

    #[test]
    fn the_table_shows_both() {
        let table = table(&scores(0.95, 0.5), &scores(0.25, 0.0));
        let headline = table.lines().find(|line| line.starts_with("headline")).unwrap();
        let words: Vec<&str> = headline.split_whitespace().collect();
        assert_eq!(words, ["headline", "-", "0.500", "0.950", "1/2", "-", "0.500", "0.250", "1/2"]);
        assert!(table.contains("1 of 2     0.500"), "{table}");
        assert!(table.contains("2 of 3"), "{table}");
    }
}
