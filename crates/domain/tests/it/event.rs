//! What an impression reports about missed operations, and which day an event belongs to.

use domain::event::{NO_DAY, day_of, own_day};
use domain::{EventId, EventType, IncomingEvent};
use serde_json::json;

#[test]
fn missed_operations_are_read_from_the_metadata() {
    let cases = [
        (Some(json!({"applied": 1, "missed": 2, "ms": 3})), 2),
        (Some(json!({"applied": 1, "missed": 0})), 0),
        (Some(json!({"missed": "two"})), 0),
        (Some(json!([1, 2])), 0),
        (None, 0),
    ];
    for (metadata, expected) in cases {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let event = IncomingEvent {
            id: id.parse::<EventId>().unwrap(),
            site_id: id.parse().unwrap(),
            variant_id: id.parse().unwrap(),
            visitor_id: "v-1".parse().unwrap(),
            event_type: EventType::Impression,
            goal_id: None,
            value: None,
            metadata: metadata.clone(),
            token: None,
            owner: None,
        };
        assert_eq!(event.missed_operations(), expected, "{metadata:?}");
    }
}

#[test]
fn an_event_has_the_day_of_its_identifier_while_that_can_be_believed() {
    const HOUR: i64 = 3_600_000;
    // 2023-07-01 00:00:00.108 UTC
    let (timed, own) = ("01890ebf-d46c-774b-bcce-b302099a8057", 1_688_169_600_108_i64);
    let cases = [
        (timed, own, 19_539),
        (timed, own + 24 * HOUR, 19_539),
        (timed, own - 1, 19_539),
        (timed, own + 7 * 24 * HOUR, 19_539),
        (timed, own + 7 * 24 * HOUR + 1, NO_DAY),
        (timed, own - 7 * 24 * HOUR - 1, NO_DAY),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", own, NO_DAY),
        ("00000000-0000-0000-0000-000000000000", 0, NO_DAY),
        ("ffffffff-ffff-7fff-bfff-ffffffffffff", own, NO_DAY),
    ];
    for (id, arrival, expected) in cases {
        assert_eq!(day_of(id.parse().unwrap(), arrival), expected, "{id} at {arrival}");
    }
    assert_eq!(own_day(timed.parse().unwrap()), Some(19_539));
    assert_eq!(own_day("0f8fad5b-d9cb-469f-a165-70867728950e".parse().unwrap()), None);
}
