//! Differences by words.

use domain::word_diff::{Run, word_diff};
use proptest::prelude::*;

#[test]
fn runs_are_as_long_as_they_can_be() {
    let same = |text: &str| Run::Same(text.to_owned());
    let removed = |text: &str| Run::Removed(text.to_owned());
    let added = |text: &str| Run::Added(text.to_owned());
    let cases = [
        ("", "", vec![]),
        ("a b", "a b", vec![same("a b")]),
        ("a b c", "a x c", vec![same("a"), removed("b"), added("x"), same("c")]),
        ("", "new words", vec![added("new words")]),
        ("old  words", "", vec![removed("old words")]),
        ("one two", "two three", vec![removed("one"), same("two"), added("three")]),
    ];
    for (old, new, expected) in cases {
        assert_eq!(word_diff(old, new), expected, "{old:?} -> {new:?}");
    }
    let long = "word ".repeat(1001);
    assert_eq!(word_diff(&long, "x"), vec![removed(long.trim()), added("x")]);
}

proptest! {
    #[test]
    fn both_texts_can_be_read_from_the_runs(old in "[abc ]{0,30}", new in "[abc ]{0,30}") {
        let runs = word_diff(&old, &new);
        let read = |keep: fn(&Run) -> Option<&String>| {
            runs.iter().filter_map(keep).cloned().collect::<Vec<_>>().join(" ")
        };
        let normal = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let before = read(|run| match run { Run::Same(text) | Run::Removed(text) => Some(text), Run::Added(_) => None });
        let after = read(|run| match run { Run::Same(text) | Run::Added(text) => Some(text), Run::Removed(_) => None });
        prop_assert_eq!(before, normal(&old));
        prop_assert_eq!(after, normal(&new));
    }
}
