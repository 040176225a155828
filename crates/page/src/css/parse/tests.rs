//! Rules in rules, and how much is built of them.

use super::{LONGEST_SELECTOR, Layers, MOST_JOINS, MOST_LAYERS, MOST_NESTED, joined, read, rules};
use std::collections::HashMap;
use std::rc::Rc;

fn selectors(sheet: &str) -> Vec<String> {
    rules(sheet, &mut Layers::default()).iter().map(|rule| rule.selector.to_string()).collect()
}

#[test]
fn rules_in_rules_are_put_together() {
    let sheet = ".a, .b { top: 1px; &.c, h1 { top: 2px } left: 1px }";
    assert_eq!(selectors(sheet), [".a", ".b", ".a.c", ".b.c", ".a h1", ".b h1", ".a", ".b"]);
}

#[test]
fn what_would_be_too_long_is_not_built() {
    let parent = "x".repeat(LONGEST_SELECTOR / 2);
    assert_eq!(joined(&parent, "&&").map(|built| built.len()), Some(LONGEST_SELECTOR));
    assert_eq!(joined(&parent, "&&&"), None);
    assert_eq!(joined(&parent, &parent), None);
    // Nor does it reach the place where it would be.
    let long = "x".repeat(LONGEST_SELECTOR + 1);
    let sheet = format!("{long} {{ {} {{ top: 1px }} h1 {{ top: 1px }} left: 1px }} p {{ top: 1px }}", "&".repeat(10));
    let mut layers = Layers::default();
    let reader = read(&sheet, &mut layers);
    assert_eq!((reader.rules.len(), reader.joins.done()), (1, 0));
    assert_eq!(selectors(&sheet), ["p"]);
}

#[test]
fn pieces_of_a_rule_share_its_selector() {
    let found = rules(&format!(".a {{ {} }}", "top: 1px; {}".repeat(100)), &mut Layers::default());
    assert_eq!(found.len(), 100);
    assert!(found.iter().all(|rule| Rc::ptr_eq(&rule.selector, &found[0].selector)));
}

#[test]
fn a_sheet_puts_only_so_many_together() {
    let parents =
        (0..1_000).map(|n| format!(".p{n}{}", "x".repeat(LONGEST_SELECTOR - 10))).collect::<Vec<_>>().join(",");
    let nested = ".much-too-long-for-it { top: 1px }".repeat(300);
    let mut layers = Layers::default();
    let reader = read(&format!("{parents} {{ {nested} }}"), &mut layers);
    assert_eq!((reader.rules.len(), reader.joins.done()), (0, MOST_JOINS));
    // What fits is counted as well, and a rule has no more of them than it ever had.
    let parents = (0..1_000).map(|n| format!(".p{n}")).collect::<Vec<_>>().join(",");
    let mut layers = Layers::default();
    let reader = read(&format!("{parents} {{ .a, .b {{ top: 1px }} }}"), &mut layers);
    assert_eq!(reader.rules.len(), MOST_NESTED);
    assert!(reader.joins.done() <= 65, "{}", reader.joins.done());
}

#[test]
fn names_of_layers_stay_short_and_few() {
    let many: String = (0..MOST_LAYERS + 500).map(|n| format!("@layer l{n};")).collect();
    let mut layers = Layers::default();
    rules(&format!("@layer {} {{ {many} }} @layer a {{ {many} }}", "x".repeat(5_000)), &mut layers);
    let size = |places: &HashMap<String, u32>| places.keys().map(String::len).max();
    assert_eq!(layers.places.len(), MOST_LAYERS);
    assert!(size(&layers.places) < Some(20));
}
