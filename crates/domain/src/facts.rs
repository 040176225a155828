//! Facts: what a text claims and a reader could hold the owner to. Numbers, prices, guarantees, awards, names.
//!
//! A page's facts are its [`Ledger`]. A variant may say them in other words, and may say no others:
//! a copywriter that invents "10,000 customers" makes the owner a liar. Facts are compared by their
//! keys, so that `10,000+` and `10 000` are one number, and `free` and `gratis` one offer.

mod least;
mod ledger;
mod names;
mod number;
mod phrases;
mod withdrawn;
pub mod words;

pub use ledger::Ledger;

use serde::{Deserialize, Serialize};

/// What sort of claim a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// A count, a duration, a size, a multiple.
    Number,
    /// An amount of money.
    Price,
    /// A share of a hundred.
    Percent,
    /// A year.
    Date,
    /// A promise that binds: money back, cancel anytime, unlimited.
    Guarantee,
    /// Recognition by others: awards, ratings, certificates, customers.
    Award,
    /// Better than others: superlatives, comparisons, `number one`.
    Comparative,
    /// What it costs not: free, discounts, offers that end.
    Offer,
    /// A person, a company, a standard.
    Name,
    /// Words of somebody else.
    Quote,
}

crate::text_enum!(FactKind {
    Number = "number",
    Price = "price",
    Percent = "percent",
    Date = "date",
    Guarantee = "guarantee",
    Award = "award",
    Comparative = "comparative",
    Offer = "offer",
    Name = "name",
    Quote = "quote",
});

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its sort.
    pub kind: FactKind,
    /// What it says, whatever the writing: `10000`, `usd:9`, `guarantee`.
    pub key: String,
    /// As written.
    pub text: String,
    /// For figures, the words right after it: what is counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit: Vec<String>,
    /// For figures, the words around it, the unit included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

/// Every fact of a text but its names, which only a whole page tells from other words; each fact once.
#[must_use]
pub fn facts_in(text: &str) -> Vec<Fact> {
    let words = words::split(text);
    let mut facts = number::find(text, &words);
    facts.extend(phrases::find(text, &words));
    let mut unique: Vec<Fact> = Vec::new();
    for fact in facts {
        if !unique.contains(&fact) {
            unique.push(fact);
        }
    }
    unique
}
