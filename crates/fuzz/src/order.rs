//! The order in which a patch is served, for patches that are none.

use serde_json::Value;

/// The fields of a patch and of all its parts, as they are written.
const FIELDS: &[&str] = &[
    "v", "ops", "op", "target", "at", "css", "n", "tag", "name", "value", "text", "src", "alt", "set", "add", "remove",
    "to", "node", "attrs", "children",
];

/// JSON with its fields in the order of the language, so that the order is not what a browser refuses it for.
#[must_use]
pub fn in_order(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| FIELDS.iter().position(|field| field == name).unwrap_or(FIELDS.len()));
            let fields =
                fields.iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), in_order(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(entries) => format!("[{}]", entries.iter().map(in_order).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}
