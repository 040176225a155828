//! Harm to a patch as a whole: wrong forms, wrong sizes, one character too many.

use crate::random::Random;
use crate::vocabulary::SPOILS;
use serde_json::{Value, json};

/// Puts a character into a text, or takes one out.
pub(crate) fn spoiled(random: &mut Random, text: &str) -> String {
    let mut chars: Vec<String> = text.chars().map(String::from).collect();
    for _ in 0..=random.below(2) {
        let at = random.below(chars.len() + 1);
        if random.chance(70) || at >= chars.len() {
            chars.insert(at, random.one(SPOILS).to_owned());
        } else {
            chars.remove(at);
        }
    }
    chars.concat()
}

/// Changes the form somewhere in a patch.
pub(crate) fn deform(random: &mut Random, value: &mut Value) {
    let stop = random.chance(30);
    match value {
        Value::Object(fields) if !fields.is_empty() && !stop => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = keys.get(random.below(keys.len())).cloned().unwrap_or_default();
            match random.below(12) {
                0 => drop(fields.remove(&key)),
                1 => drop(fields.insert("html".to_owned(), json!("<script>hit(30)</script>"))),
                2 => drop(fields.insert("__proto__".to_owned(), json!({"hit": 1}))),
                _ => {
                    if let Some(field) = fields.get_mut(&key) {
                        deform(random, field);
                    }
                }
            }
        }
        Value::Array(entries) if !entries.is_empty() && !stop => {
            let at = random.below(entries.len());
            if let Some(entry) = entries.get_mut(at) {
                deform(random, entry);
            }
        }
        other => *other = another(random, other),
    }
}

fn another(random: &mut Random, value: &Value) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(5),
        2 => json!(-1),
        3 => json!(0.5),
        4 => json!(true),
        5 => json!([]),
        6 => json!({}),
        7 => json!(""),
        8 => json!([value]),
        9 => json!("script"),
        10 => json!(100_000),
        _ => value.as_str().map_or_else(|| json!([value, value]), |text| json!(spoiled(random, text))),
    }
}

/// A patch at a limit or one beyond it.
pub(crate) fn sized(random: &mut Random) -> Value {
    let over = random.below(2);
    let hide = json!({"op": "hide", "target": {"css": ".lead"}});
    let text = |value: String| json!({"op": "text", "target": {"css": "h1"}, "value": value});
    let styles = |count: usize| {
        let named = |at: usize| (format!("margin-{}", "x".repeat(at + 1)), json!("0"));
        let set: serde_json::Map<String, Value> = (0..count).map(named).collect();
        json!({"op": "style", "target": {"css": "h1"}, "set": set})
    };
    let nested = |levels: usize| {
        let innermost = json!({"tag": "div", "text": "x"});
        (1..levels).fold(innermost, |inner, _| json!({"tag": "div", "children": [inner]}))
    };
    let insert = |node: Value| json!({"op": "insert", "at": {"last": {"css": ".hero"}}, "node": node});
    let ops = match random.below(10) {
        0 => vec![hide; 40 + over],
        1 => vec![text("é".repeat(2000 + over))],
        2 => vec![text("😀".repeat(2000 + over))],
        3 => vec![json!({"op": "hide", "target": {"css": "a".repeat(500 + over)}})],
        4 => vec![json!({"op": "hide", "target": {"css": format!(".{}", "é".repeat(499 + over))}})],
        5 => vec![styles(20 + over)],
        6 => vec![
            json!({"op": "class", "target": {"css": "h1"}, "add": vec!["a"; 10 + over], "remove": ["b".repeat(100 + over)]}),
        ],
        7 => vec![insert(nested(5 + over))],
        8 => vec![json!({"op": "class", "target": {"css": "h1"}, "add": ["é".repeat(100 + over)]})],
        _ => {
            // Eight texts and one that fills up to the limit.
            let empty = json!({"v": 1, "ops": vec![text(String::new()); 9]}).to_string().len();
            let mut ops = vec![text("x".repeat(1800)); 8];
            ops.push(text("y".repeat(16_384 - empty - 8 * 1800 + over)));
            ops
        }
    };
    json!({"v": 1, "ops": ops})
}
