//! One value, exactly as the databases hold it.

use super::json::canonical;
use sea_orm::{DbBackend, QueryResult, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Uuid,
    Text,
    Whole,
    Real,
    Truth,
    Json,
    Bytes,
}

/// A value. JSON stays text, because a number in it may have more digits than any type of ours.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Uuid(Uuid),
    Text(String),
    Whole(i64),
    Real(f64),
    Truth(bool),
    Json(String),
    Bytes(Vec<u8>),
}

impl Kind {
    /// How a column of this kind is asked for.
    pub(super) fn selected(self, column: &str, backend: DbBackend) -> String {
        match (backend, self) {
            (DbBackend::Postgres, Self::Json) => format!("{column}::text"),
            // Smaller numbers are read as the largest.
            (DbBackend::Postgres, Self::Whole) => format!("{column}::bigint"),
            _ => column.to_owned(),
        }
    }

    /// How a parameter of this kind is written on Postgres.
    pub(super) fn parameter(self, number: usize) -> String {
        // Parsed by the database, which keeps every digit of a number.
        if self == Self::Json { format!("CAST(${number} AS jsonb)") } else { format!("${number}") }
    }
}

impl Cell {
    /// Reads a value of a row; what is wrong with it otherwise.
    pub(super) fn read(row: &QueryResult, position: usize, kind: Kind, backend: DbBackend) -> Result<Self, String> {
        let cell = match (kind, backend) {
            (Kind::Uuid, DbBackend::Sqlite) => match get::<Vec<u8>>(row, position)? {
                Some(bytes) => Some(Self::Uuid(Uuid::from_slice(&bytes).map_err(|error| error.to_string())?)),
                None => None,
            },
            // SQLite has no truth values, and would read any number as true.
            (Kind::Truth, DbBackend::Sqlite) => match get::<i64>(row, position)? {
                Some(number @ (0 | 1)) => Some(Self::Truth(number == 1)),
                Some(number) => return Err(format!("{number} is neither true nor false")),
                None => None,
            },
            (Kind::Uuid, _) => get(row, position)?.map(Self::Uuid),
            (Kind::Truth, _) => get(row, position)?.map(Self::Truth),
            (Kind::Text, _) => get(row, position)?.map(Self::Text),
            (Kind::Whole, _) => get(row, position)?.map(Self::Whole),
            (Kind::Real, _) => get(row, position)?.map(Self::Real),
            (Kind::Json, _) => get(row, position)?.map(Self::Json),
            (Kind::Bytes, _) => get(row, position)?.map(Self::Bytes),
        };
        Ok(cell.unwrap_or(Self::Null))
    }

    /// As a parameter of a statement; a missing value has its column's kind too.
    pub(super) fn parameter(&self, kind: Kind, backend: DbBackend) -> Value {
        match self {
            Self::Null => match kind {
                Kind::Uuid => Value::Uuid(None),
                Kind::Text | Kind::Json => Value::String(None),
                Kind::Whole => Value::BigInt(None),
                Kind::Real => Value::Double(None),
                Kind::Truth => Value::Bool(None),
                Kind::Bytes => Value::Bytes(None),
            },
            Self::Uuid(value) if backend == DbBackend::Sqlite => value.as_bytes().to_vec().into(),
            Self::Uuid(value) => (*value).into(),
            Self::Text(value) | Self::Json(value) => value.clone().into(),
            Self::Whole(value) => (*value).into(),
            Self::Real(value) => (*value).into(),
            Self::Truth(value) => (*value).into(),
            Self::Bytes(value) => value.clone().into(),
        }
    }

    /// Adds the value to a row's digest: its kind, its length and its bytes, so that no two rows
    /// with different values are the same to the digest.
    pub(super) fn digest(&self, row: &mut Sha256) -> Result<(), String> {
        let mut add = |kind: u8, bytes: &[u8]| {
            row.update([kind]);
            row.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            row.update(bytes);
        };
        match self {
            Self::Null => add(0, &[]),
            Self::Uuid(value) => add(1, value.as_bytes()),
            Self::Text(value) => add(2, value.as_bytes()),
            Self::Whole(value) => add(3, &value.to_be_bytes()),
            // Bit by bit: a rounded last digit is a difference.
            Self::Real(value) => add(4, &value.to_bits().to_be_bytes()),
            Self::Truth(value) => add(5, &[u8::from(*value)]),
            Self::Json(value) => add(6, canonical(value)?.as_bytes()),
            Self::Bytes(value) => add(7, value),
        }
        Ok(())
    }
}

fn get<T: sea_orm::TryGetable>(row: &QueryResult, position: usize) -> Result<Option<T>, String> {
    row.try_get_by_index::<Option<T>>(position).map_err(|error| error.to_string())
}
