//! The rows of a statement, column by column.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use std::fmt::Write;
use uuid::Uuid;

/// Rows with named columns.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    count: usize,
    columns: Vec<(&'static str, Cells)>,
}

/// One column.
///
/// The arrays of the driver hold no NULL, so a value that may be absent travels to Postgres as one that
/// no row can have, and becomes NULL there.
#[derive(Debug)]
enum Cells {
    Uuid(Vec<Uuid>),
    MaybeUuid(Vec<Option<Uuid>>),
    Text(Vec<String>),
    MaybeText(Vec<Option<String>>),
    Whole(Vec<i64>),
    MaybeReal(Vec<Option<f64>>),
    Truth(Vec<bool>),
    MaybeJson(Vec<Option<String>>),
}

impl Rows {
    /// Rows of which nothing is known yet.
    pub(crate) fn new(count: usize) -> Self {
        Self { count, columns: Vec::new() }
    }

    pub(crate) fn uuid(self, name: &'static str, values: impl Iterator<Item = Uuid>) -> Self {
        self.with(name, Cells::Uuid(values.collect()))
    }

    pub(crate) fn maybe_uuid(self, name: &'static str, values: impl Iterator<Item = Option<Uuid>>) -> Self {
        self.with(name, Cells::MaybeUuid(values.collect()))
    }

    pub(crate) fn text<'a>(self, name: &'static str, values: impl Iterator<Item = &'a str>) -> Self {
        self.with(name, Cells::Text(values.map(str::to_owned).collect()))
    }

    /// An empty text is stored as none.
    pub(crate) fn maybe_text<'a>(self, name: &'static str, values: impl Iterator<Item = Option<&'a str>>) -> Self {
        let filled = values.map(|value| value.filter(|text| !text.is_empty()).map(str::to_owned));
        self.with(name, Cells::MaybeText(filled.collect()))
    }

    pub(crate) fn whole(self, name: &'static str, values: impl Iterator<Item = i64>) -> Self {
        self.with(name, Cells::Whole(values.collect()))
    }

    /// What is not finite is stored as none.
    pub(crate) fn maybe_real(self, name: &'static str, values: impl Iterator<Item = Option<f64>>) -> Self {
        self.with(name, Cells::MaybeReal(values.map(|value| value.filter(|number| number.is_finite())).collect()))
    }

    pub(crate) fn truth(self, name: &'static str, values: impl Iterator<Item = bool>) -> Self {
        self.with(name, Cells::Truth(values.collect()))
    }

    pub(crate) fn maybe_json<'a>(
        self,
        name: &'static str,
        values: impl Iterator<Item = Option<&'a serde_json::Value>>,
    ) -> Self {
        self.with(name, Cells::MaybeJson(values.map(|value| value.map(ToString::to_string)).collect()))
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// A query for the rows in one JSON parameter: an array of arrays.
    pub(super) fn json_table(&self) -> String {
        let column = |(place, (name, cells)): (usize, &(&'static str, Cells))| match cells {
            // Stored as sixteen bytes.
            Cells::Uuid(_) | Cells::MaybeUuid(_) => format!("unhex(value->>{place}) AS {name}"),
            _ => format!("value->>{place} AS {name}"),
        };
        let columns: Vec<String> = self.columns.iter().enumerate().map(column).collect();
        format!("SELECT {} FROM json_each(?)", columns.join(", "))
    }

    /// The parameter for [`json_table`](Rows::json_table).
    pub(super) fn into_json(self) -> String {
        let mut text = String::with_capacity(self.count * self.columns.len() * 16);
        text.push('[');
        for row in 0..self.count {
            text.push_str(if row == 0 { "[" } else { ",[" });
            for (place, (_, cells)) in self.columns.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                cells.write_json(row, &mut text);
            }
            text.push(']');
        }
        text.push(']');
        text
    }

    /// A query for the rows in array parameters, which are numbered from `first`, and these.
    pub(super) fn into_arrays(self, first: usize) -> (String, Vec<Value>) {
        let list = |item: fn(usize, &str, &Cells) -> String| {
            let items = self.columns.iter().enumerate();
            items.map(|(place, (name, cells))| item(place, name, cells)).collect::<Vec<_>>().join(", ")
        };
        let names = list(|_, name, _| name.to_owned());
        let selected = list(|_, name, cells| match cells {
            Cells::MaybeUuid(_) => format!("NULLIF({name}, '{}') AS {name}", Uuid::nil()),
            Cells::MaybeText(_) => format!("NULLIF({name}, '') AS {name}"),
            Cells::MaybeReal(_) => format!("NULLIF({name}, 'NaN') AS {name}"),
            Cells::MaybeJson(_) => format!("NULLIF({name}, '')::jsonb AS {name}"),
            _ => name.to_owned(),
        });
        let arrays = self.columns.iter().enumerate();
        let arrays = arrays.map(|(place, (_, cells))| format!("${}::{}[]", first + place, cells.postgres_type()));
        let arrays = arrays.collect::<Vec<_>>().join(", ");
        let table = format!("SELECT {selected} FROM unnest({arrays}) AS given({names})");
        (table, self.columns.into_iter().map(|(_, cells)| cells.into_array()).collect())
    }

    fn with(mut self, name: &'static str, cells: Cells) -> Self {
        debug_assert_eq!(cells.len(), self.count, "column {name}");
        self.columns.push((name, cells));
        self
    }
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Uuid(values) => values.len(),
            Self::MaybeUuid(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::MaybeText(values) | Self::MaybeJson(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::MaybeReal(values) => values.len(),
            Self::Truth(values) => values.len(),
        }
    }

    fn postgres_type(&self) -> &'static str {
        match self {
            Self::Uuid(_) | Self::MaybeUuid(_) => "uuid",
            Self::Text(_) | Self::MaybeText(_) | Self::MaybeJson(_) => "text",
            Self::Whole(_) => "bigint",
            Self::MaybeReal(_) => "double precision",
            Self::Truth(_) => "boolean",
        }
    }

    fn into_array(self) -> Value {
        fn array<T: Into<Value>>(kind: ArrayType, values: impl IntoIterator<Item = T>) -> Value {
            Value::Array(kind, Some(Box::new(values.into_iter().map(Into::into).collect())))
        }
        match self {
            Self::Uuid(values) => array(ArrayType::Uuid, values),
            Self::MaybeUuid(values) => array(ArrayType::Uuid, values.into_iter().map(Option::unwrap_or_default)),
            Self::Text(values) => array(ArrayType::String, values),
            Self::MaybeText(values) | Self::MaybeJson(values) => {
                array(ArrayType::String, values.into_iter().map(Option::unwrap_or_default))
            }
            Self::Whole(values) => array(ArrayType::BigInt, values),
            Self::MaybeReal(values) => {
                array(ArrayType::Double, values.into_iter().map(|value| value.unwrap_or(f64::NAN)))
            }
            Self::Truth(values) => array(ArrayType::Bool, values),
        }
    }

    /// Appends the value of a row as JSON.
    fn write_json(&self, row: usize, text: &mut String) {
        // Writing into a string cannot fail.
        let _ = match self {
            Self::Uuid(values) => values.get(row).map(|id| write!(text, "\"{}\"", id.simple())),
            Self::MaybeUuid(values) => values.get(row).map(|id| match id {
                Some(id) => write!(text, "\"{}\"", id.simple()),
                None => text.write_str("null"),
            }),
            Self::Text(values) => values.get(row).map(|value| write_text(Some(value), text)),
            Self::MaybeText(values) | Self::MaybeJson(values) => {
                values.get(row).map(|value| write_text(value.as_deref(), text))
            }
            Self::Whole(values) => values.get(row).map(|number| write!(text, "{number}")),
            Self::MaybeReal(values) => values.get(row).map(|number| match number {
                Some(number) => write!(text, "{number:?}"),
                None => text.write_str("null"),
            }),
            Self::Truth(values) => values.get(row).map(|truth| write!(text, "{}", u8::from(*truth))),
        };
    }
}

fn write_text(value: Option<&str>, text: &mut String) -> std::fmt::Result {
    match value {
        // What needs no escape, which is nearly everything, is copied as it is.
        Some(value) if value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') => {
            write!(text, "\"{value}\"")
        }
        Some(value) => write!(text, "{}", serde_json::Value::from(value)),
        None => text.write_str("null"),
    }
}
