//! The language-neutral cases of the rules.

use domain::Patch;
use domain::patch::{AllowedHosts, import};
use serde_json::Value;
use std::collections::BTreeSet;

fn cases() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../../cases/rules.json")).unwrap();
    file["cases"].as_array().unwrap().clone()
}

/// Writes out what the file says in short: `{"$repeat": X, "$times": N}` and `{"$join": [...]}`.
fn expanded(value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.contains_key("$join") => {
            let parts = fields["$join"].as_array().unwrap().iter();
            Value::String(parts.map(|part| expanded(part).as_str().unwrap().to_owned()).collect())
        }
        Value::Object(fields) if fields.contains_key("$repeat") => {
            let text = fields["$repeat"].as_str().unwrap();
            Value::String(text.repeat(usize::try_from(fields["$times"].as_u64().unwrap()).unwrap()))
        }
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), expanded(value))).collect(),
        Value::Array(entries) => entries.iter().flat_map(entry).collect(),
        other => other.clone(),
    }
}

/// An entry of a list, which stands for several when it is repeated.
fn entry(value: &Value) -> Vec<Value> {
    let times = value.get("$times").and_then(Value::as_u64);
    let times = times.map_or(1, |times| usize::try_from(times).unwrap());
    let repeated = value.get("$repeat").unwrap_or(value);
    vec![expanded(repeated); times]
}

fn hosts(case: &Value) -> AllowedHosts {
    let named = case.get("hosts").and_then(Value::as_array).into_iter().flatten();
    AllowedHosts::new(named.map(|host| host.as_str().unwrap().to_owned()))
}

#[test]
fn every_case_of_the_rules_holds() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (name, expected) = (case["name"].as_str().unwrap(), case["refusal"].as_str());
        let hosts = hosts(&case);
        let found = if case["kind"] == "import" {
            match import(&case["mutations"].to_string(), &hosts) {
                Ok(patch) if serde_json::to_value(&patch).unwrap() == case["patch"] => None,
                Ok(patch) => Some(serde_json::to_string(&patch).unwrap()),
                Err(refusal) => Some(refusal.name().to_owned()),
            }
        } else {
            Patch::parse(&expanded(&case["patch"]).to_string(), &hosts).err().map(|refusal| refusal.name().to_owned())
        };
        if found.as_deref() != expected {
            wrong.push(format!("{name}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_cases_have_every_refusal_and_both_answers() {
    let (cases, mut kinds, mut refusals) = (cases(), BTreeSet::new(), BTreeSet::new());
    let mut names = BTreeSet::new();
    for case in &cases {
        let kind = case["kind"].as_str().unwrap();
        kinds.insert(kind);
        assert!(names.insert(case["name"].as_str().unwrap()), "two cases have the name {}", case["name"]);
        assert_eq!(kind == "refused", case["refusal"].is_string() && kind != "import", "{}", case["name"]);
        refusals.extend(case["refusal"].as_str().filter(|_| kind == "refused"));
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["import", "refused", "valid"]);
    // Those of the table in the description of the language.
    let table = include_str!("../../../../docs/patch-language.md")
        .split("## Refusals")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let firsts = table.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    let named: BTreeSet<&str> =
        firsts.flat_map(|cell| cell.split(',').map(|name| name.trim().trim_matches('`'))).collect();
    assert_eq!(refusals, named);
    assert!(cases.len() >= 90);
}
