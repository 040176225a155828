//! How a page speaks, in a few numbers that were counted and not guessed.

use serde::{Deserialize, Serialize};

/// Which way a text runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// How the page addresses its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formality {
    /// With the familiar word: du, tu, tú, ты.
    Familiar,
    /// With the polite word: Sie, vous, usted, вы, です.
    Polite,
}

/// Counted over the page's own sentences, without navigation and footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Tone {
    /// Sentences that were counted.
    #[serde(default)]
    pub sentences: u32,
    /// Words in a sentence, on average and rounded; of scripts without spaces two characters are taken for one.
    #[serde(default)]
    pub words_per_sentence: u32,
    /// Exclamation marks in a hundred sentences.
    #[serde(default)]
    pub exclamations_per_hundred: u32,
    /// Question marks in a hundred sentences.
    #[serde(default)]
    pub questions_per_hundred: u32,
    /// Words for the reader (you, your) in a thousand words; absent where the language's words are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader_per_thousand: Option<u32>,
    /// Words for the makers (we, our) in a thousand words; absent where the language's words are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub makers_per_thousand: Option<u32>,
    /// Absent in languages without two ways of address, and where the page uses neither or both alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formality: Option<Formality>,
}
