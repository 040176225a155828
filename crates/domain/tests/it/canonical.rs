//! Valid cases are written as patches are served, because a browser reads no other order of fields.

use domain::Patch;
use domain::patch::AllowedHosts;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt::Formatter;

/// JSON with its fields in their order.
#[derive(Clone)]
enum Ordered {
    Object(Vec<(String, Ordered)>),
    Array(Vec<Ordered>),
    Other(Value),
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfAnyKind)
    }
}

struct OfAnyKind;

impl<'de> Visitor<'de> for OfAnyKind {
    type Value = Ordered;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON of a case")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Ordered::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Ordered, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Ordered::Array(list))
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Other(text.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Ordered, E> {
        Ok(Ordered::Other(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Ordered, E> {
        Ok(Ordered::Other(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Ordered, E> {
        Ok(Ordered::Other(number.into()))
    }

    fn visit_bool<E>(self, is_true: bool) -> Result<Ordered, E> {
        Ok(Ordered::Other(is_true.into()))
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Other(Value::Null))
    }
}

impl Ordered {
    fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        let Some(Self::Other(value)) = self.get(name) else { return None };
        value.as_str()
    }

    fn entries(&self) -> &[Self] {
        if let Self::Array(entries) = self { entries } else { &[] }
    }

    /// How often an entry stands for itself.
    fn times(&self) -> usize {
        let Some(Self::Other(times)) = self.get("$times") else { return 1 };
        usize::try_from(times.as_u64().unwrap()).unwrap()
    }

    /// As JSON without spaces, with what is said in short written out.
    fn written(&self) -> String {
        match self {
            Self::Object(_) if self.get("$join").is_some() => {
                let parts = self.get("$join").unwrap().entries().iter();
                let joined: String =
                    parts.map(|part| serde_json::from_str::<String>(&part.written()).unwrap()).collect();
                Value::from(joined).to_string()
            }
            Self::Object(_) if self.get("$repeat").is_some() => {
                Value::from(self.text("$repeat").unwrap().repeat(self.times())).to_string()
            }
            Self::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| format!("{}:{}", Value::from(&**key), value.written()));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
            Self::Array(entries) => {
                let entries = entries.iter().flat_map(|entry| {
                    let repeated = if entry.get("$times").is_some() { entry.get("$repeat").unwrap() } else { entry };
                    vec![repeated.written(); entry.times()]
                });
                format!("[{}]", entries.collect::<Vec<_>>().join(","))
            }
            Self::Other(value) => value.to_string(),
        }
    }
}

#[test]
fn valid_cases_are_written_as_they_are_served() {
    let (mut served, mut others) = (0, 0);
    for file in [include_str!("../../cases/rules.json"), include_str!("../../cases/patch.json")] {
        let file: Ordered = serde_json::from_str(file).unwrap();
        for case in file.get("cases").unwrap().entries() {
            if matches!(case.text("kind"), Some("refused" | "import")) {
                continue;
            }
            let (name, given) = (case.text("name").unwrap(), case.get("patch").unwrap().written());
            let named = case.get("hosts").map(Ordered::entries).unwrap_or_default().iter();
            let hosts = named.filter_map(|host| serde_json::from_str(&host.written()).ok());
            let patch = Patch::parse(&given, &AllowedHosts::new(hosts)).unwrap();
            let written = serde_json::to_string(&patch).unwrap();
            if case.text("where") == Some("server") {
                assert_ne!(given, written, "{name}: a browser could read it too");
                others += 1;
            } else {
                assert_eq!(given, written, "{name}");
                served += 1;
            }
        }
    }
    assert!(served >= 350 && others >= 10, "{served} as served, {others} in another order");
}
