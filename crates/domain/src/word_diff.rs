//! A difference of two short texts by words, for showing a variant beside the control.

use serde::{Deserialize, Serialize};

/// A run of words that both texts share, or that one of them has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Run {
    /// In both texts.
    Same(String),
    /// In the old text only.
    Removed(String),
    /// In the new text only.
    Added(String),
}

/// The runs that turn `old` into `new`, by the longest common subsequence of words.
///
/// Quadratic in the number of words, which is meant for a few hundred at most; beyond
/// 1,000 words a text is shown as replaced.
#[must_use]
pub fn word_diff(old: &str, new: &str) -> Vec<Run> {
    let old: Vec<&str> = old.split_whitespace().collect();
    let new: Vec<&str> = new.split_whitespace().collect();
    let mut runs = Vec::new();
    if old.len() > 1000 || new.len() > 1000 {
        old.iter().for_each(|word| push(&mut runs, Run::Removed((*word).to_owned())));
        new.iter().for_each(|word| push(&mut runs, Run::Added((*word).to_owned())));
        return runs;
    }
    let common = common_lengths(&old, &new);
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(&mut runs, Run::Same(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            push(&mut runs, Run::Removed(old[i].to_owned()));
            i += 1;
        } else {
            push(&mut runs, Run::Added(new[j].to_owned()));
            j += 1;
        }
    }
    runs
}

/// `lengths[i][j]` is the longest common subsequence of `old[i..]` and `new[j..]`.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut lengths = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i][j] =
                if old[i] == new[j] { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    lengths
}

/// Adds a word, joined to the last run when that is of the same kind.
fn push(runs: &mut Vec<Run>, run: Run) {
    match (runs.last_mut(), &run) {
        (Some(Run::Same(text)), Run::Same(word))
        | (Some(Run::Removed(text)), Run::Removed(word))
        | (Some(Run::Added(text)), Run::Added(word)) => {
            text.push(' ');
            text.push_str(word);
        }
        _ => runs.push(run),
    }
}
