//! Facts out of texts, whatever their writing.

use domain::FactKind::{self, Award, Comparative, Date, Guarantee, Number, Offer, Percent, Price};
use domain::facts::{Ledger, facts_in};

fn found(text: &str) -> Vec<(FactKind, String)> {
    facts_in(text).into_iter().map(|fact| (fact.kind, fact.key)).collect()
}

#[test]
fn figures_of_the_world() {
    let table = [
        ("10,000+ teams", Number, "10000"),
        ("10 000 teams", Number, "10000"),
        ("10\u{202f}000 teams", Number, "10000"),
        ("10.000 Teams", Number, "10000"),
        ("10'000 Teams", Number, "10000"),
        ("10k teams", Number, "10000"),
        ("10K teams", Number, "10000"),
        ("ten thousand teams", Number, "10000"),
        ("1,00,000 teams", Number, "100000"),
        ("1.5M users", Number, "1500000"),
        ("1,5 Mio. Nutzer", Number, "1500000"),
        ("2 million users", Number, "2000000"),
        ("twenty-five teams", Number, "25"),
        ("5万人", Number, "50000"),
        ("٣ أيام", Number, "3"),
        ("３分", Number, "3"),
        ("3.5 metres", Number, "3.5"),
        ("10x growth", Number, "10x"),
        ("3× growth", Number, "3x"),
        ("twice the growth", Number, "2x"),
        ("thousands of teams", Number, "~2000"),
        ("$9", Price, "usd:9"),
        ("$1,299.50", Price, "usd:1299.5"),
        ("9 €", Price, "eur:9"),
        ("€9,99", Price, "eur:9.99"),
        ("9,99\u{a0}€", Price, "eur:9.99"),
        ("EUR 9", Price, "eur:9"),
        ("nine dollars", Price, "usd:9"),
        ("$2M", Price, "usd:2000000"),
        ("500円", Price, "jpy:500"),
        ("R$ 20", Price, "brl:20"),
        ("40%", Percent, "40"),
        ("40 %", Percent, "40"),
        ("40 percent", Percent, "40"),
        ("forty per cent", Percent, "40"),
        ("99,9 Prozent", Percent, "99.9"),
        ("Since 2014", Date, "2014"),
        ("© 2026", Date, "2026"),
        ("#1", Comparative, "number one"),
        ("Nr. 1", Comparative, "number one"),
        ("Money-back", Guarantee, "refund"),
        ("Garantiert", Guarantee, "guarantee"),
        ("gratis", Offer, "free"),
        ("無料", Offer, "free"),
        ("Award-winning", Award, "award"),
        ("the fastest", Comparative, "fastest"),
        ("the tastiest", Comparative, "tastiest"),
    ];
    for (text, kind, key) in table {
        assert!(found(text).contains(&(kind, key.to_owned())), "{text}: {:?}", found(text));
    }
}

#[test]
fn plain_words_are_no_facts() {
    for text in
        ["One place for your notes", "A hassle-free week", "Feel free to ask", "An honest request", "H2O and MP3", ""]
    {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_ledger_knows_its_facts_in_other_words() {
    let ledger =
        Ledger::of_texts(["Trusted by 10,000+ teams", "10 plans", "Not the cheapest.", "12", "Ready-made forms"]);
    let missing = |text| ledger.missing(text, Some("en")).into_iter().map(|fact| fact.key).collect::<Vec<_>>();
    assert_eq!(missing("10 000 teams"), [""; 0]);
    assert_eq!(missing("10 000 customers"), ["10000"]);
    assert_eq!(missing("thousands of teams"), [""; 0]);
    assert_eq!(missing("millions of teams"), ["~2000000"]);
    assert_eq!(missing("the cheapest forms"), ["cheapest"]);
    // A figure in an element of its own has its label elsewhere.
    assert_eq!(missing("12 forms"), [""; 0]);
    assert_eq!(missing("12 houses"), ["12"]);
}

#[test]
fn more_than_is_said_of_things_and_not_of_time() {
    let ledger = Ledger::of_texts(["Delivered within 5 business days to 900 happy bakers a year"]);
    let missing = |text| ledger.missing(text, Some("en")).into_iter().map(|fact| fact.key).collect::<Vec<_>>();
    assert_eq!(missing("Over 800 happy bakers"), [""; 0]);
    assert_eq!(missing("No queue: over 800 bakers"), [""; 0]);
    for text in ["Over 3 business days", "Isn't more than 3 business days", "More than 3 days"] {
        assert_eq!(missing(text), ["3"], "{text}");
    }
    for text in ["It isn’t over 800 bakers", "Left-over 800 bakers", "Over 800 bakers, and then 800 bakers"] {
        assert!(missing(text).contains(&"800".to_owned()), "{text}");
    }
}
