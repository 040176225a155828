//! What an impression reports about missed operations.

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
        };
        assert_eq!(event.missed_operations(), expected, "{metadata:?}");
    }
}
