//! What the event parser takes and what it refuses, as tables.

use super::*;
use serde_json::json;
use uuid::Uuid;

const ID: &str = "0190b3c4-0000-7000-8000-000000000001";

fn fresh() -> EventId {
    EventId(Uuid::nil())
}

fn sound() -> Value {
    json!({"site_id": ID, "variant_id": ID, "visitor_id": "visitor-1", "type": "impression"})
}

fn with(field: &str, value: Value) -> Value {
    let mut event = sound();
    event[field] = value;
    event
}

fn single(value: &Value) -> Option<Item> {
    match parse(value.to_string().as_bytes(), fresh) {
        Ok(Envelope::Single(item)) => Some(*item),
        _ => None,
    }
}

#[test]
fn sound_events_are_read() {
    let cases = [
        sound(),
        with("type", json!("conversion")),
        with("id", json!(ID)),
        with("goal_id", json!(null)),
        with("value", json!(19.5)),
        with("metadata", json!({"applied": 2, "missed": 0, "ms": 12})),
        with("token", json!("not a token, but a text")),
        with("ts", json!(1_700_000_000)),
        with("a field of the future", json!([1, 2])),
    ];
    for case in cases {
        assert!(single(&case).is_some_and(|item| item.event.is_ok()), "{case}");
    }
}

#[test]
fn faulty_fields_are_named() {
    let cases = [
        ("site_id", json!("not an id")),
        ("site_id", json!(null)),
        ("variant_id", json!(7)),
        ("visitor_id", json!("")),
        ("visitor_id", json!("somebody@example.com")),
        ("visitor_id", json!("x".repeat(65))),
        ("type", json!("click")),
        ("id", json!("1")),
        ("goal_id", json!("primary")),
        ("value", json!("12")),
        ("value", json!(-1)),
        ("value", json!(1e13)),
        ("metadata", json!([])),
        ("metadata", json!({"text": "x".repeat(5000)})),
        ("metadata", json!({"text": "\u{0}"})),
        ("token", json!(1)),
        ("token", json!("x".repeat(513))),
    ];
    for (field, value) in cases {
        let found = single(&with(field, value.clone())).and_then(|item| item.event.err());
        assert_eq!(found.map(|fault| fault.field), Some(field), "{field} = {value}");
    }
}

#[test]
fn an_event_without_an_id_gets_one_and_a_faulty_one_keeps_its_own() {
    assert_eq!(single(&sound()).and_then(|item| item.id), Some(fresh()));
    let mut faulty = with("id", json!(ID));
    faulty["type"] = json!("click");
    assert_eq!(single(&faulty).and_then(|item| item.id), ID.parse().ok());
}

#[test]
fn envelopes_are_single_batch_or_unreadable() {
    let batch = json!({"events": [sound(), with("type", json!("x")), "no object"]});
    let items = match parse(batch.to_string().as_bytes(), fresh) {
        Ok(Envelope::Batch(items)) => items,
        _ => Vec::new(),
    };
    assert_eq!(items.iter().map(|item| item.event.is_ok()).collect::<Vec<_>>(), [true, false, false]);
    let full = json!({"events": vec![sound(); MAX_BATCH]}).to_string();
    assert!(parse(full.as_bytes(), fresh).is_ok());
    let cases = [
        ("", Unreadable::Form),
        ("{", Unreadable::Form),
        ("[]", Unreadable::Form),
        ("null", Unreadable::Form),
        ("\"text\"", Unreadable::Form),
        ("{\"events\": 1}", Unreadable::Form),
        ("{\"events\": []}", Unreadable::Empty),
    ];
    for (body, expected) in cases {
        assert_eq!(parse(body.as_bytes(), fresh), Err(expected), "{body}");
    }
    let over = json!({"events": vec![sound(); MAX_BATCH + 1]}).to_string();
    assert_eq!(parse(over.as_bytes(), fresh), Err(Unreadable::TooMany));
    let deep = format!("{}{}", "{\"events\":".repeat(300), "1".to_owned() + &"}".repeat(300));
    assert_eq!(parse(deep.as_bytes(), fresh), Err(Unreadable::Form));
    assert_eq!(parse(b"\xff\xfe{}", fresh), Err(Unreadable::Form));
}
