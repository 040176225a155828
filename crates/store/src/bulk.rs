//! Many rows in one statement.
//!
//! The rows travel as one JSON parameter, so that the text of a statement is the same for any number
//! of them and is prepared once. Both databases read the parameter as a table called `incoming`; what
//! follows it is the same for both.

use crate::{StoreError, WriteTransaction};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde::Serialize;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Text,
    Whole,
    Real,
    Truth,
    Json,
}

/// The fields of the rows, by name.
pub(crate) type Fields = [(&'static str, Kind)];

impl WriteTransaction {
    /// Runs a statement about `incoming`; how many rows it changed. Without rows nothing is run.
    pub(crate) async fn write_rows<R: Serialize>(
        &self,
        fields: &Fields,
        statement: &str,
        rows: &[R],
    ) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        let statement = self.about_rows(fields, statement, rows)?;
        Ok(self.transaction.execute_raw(statement).await?.rows_affected())
    }

    /// Asks something about `incoming`. Without rows nothing is asked.
    pub(crate) async fn ask_about_rows<R: Serialize, T: FromQueryResult>(
        &self,
        fields: &Fields,
        query: &str,
        rows: &[R],
    ) -> Result<Vec<T>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.transaction.query_all_raw(self.about_rows(fields, query, rows)?).await?;
        Ok(found.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// Whether the database is Postgres, which several processes may write to at once.
    pub(crate) fn is_shared(&self) -> bool {
        self.transaction.get_database_backend() == DbBackend::Postgres
    }

    fn about_rows<R: Serialize>(&self, fields: &Fields, rest: &str, rows: &[R]) -> Result<Statement, StoreError> {
        let backend = self.transaction.get_database_backend();
        let rows = serde_json::to_value(rows).map_err(|error| StoreError::corrupt("incoming", error))?;
        let parameter = if self.is_shared() { Value::from(rows) } else { Value::from(rows.to_string()) };
        Ok(Statement::from_sql_and_values(
            backend,
            format!("{} {rest}", incoming(self.is_shared(), fields)),
            [parameter],
        ))
    }
}

/// The parameter as a table.
fn incoming(is_postgres: bool, fields: &Fields) -> String {
    let list = |field: fn(&(&'static str, Kind)) -> String| fields.iter().map(field).collect::<Vec<_>>().join(", ");
    if is_postgres {
        let fields = list(|(name, kind)| format!("{name} {}", postgres_type(*kind)));
        format!("WITH incoming AS (SELECT * FROM jsonb_to_recordset($1) AS fields({fields}))")
    } else {
        let fields = list(|(name, kind)| format!("{} AS {name}", sqlite_value(name, *kind)));
        format!("WITH incoming AS (SELECT {fields} FROM json_each(?1))")
    }
}

fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "uuid",
        Kind::Text => "text",
        Kind::Whole => "bigint",
        Kind::Real => "double precision",
        Kind::Truth => "boolean",
        Kind::Json => "jsonb",
    }
}

fn sqlite_value(name: &str, kind: Kind) -> String {
    match kind {
        // Stored as sixteen bytes.
        Kind::Uuid => format!("unhex(value->>'$.{name}', '-')"),
        // JSON's null is no JSON to be stored.
        Kind::Json => format!("CASE json_type(value, '$.{name}') WHEN 'null' THEN NULL ELSE value->'$.{name}' END"),
        Kind::Text | Kind::Whole | Kind::Real | Kind::Truth => format!("value->>'$.{name}'"),
    }
}
