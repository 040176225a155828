//! Where a text stands, in whatever column of whatever table: the proof that a name is gone.

use crate::{Store, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

/// All columns; the rows of a partition are those of its table.
const POSTGRES: &str = "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c \
     JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' \
     AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(quote_ident(c.table_name))) ORDER BY 1, 2";
const SQLITE: &str = "SELECT m.name AS table_name, p.name AS column_name FROM sqlite_master m \
     JOIN pragma_table_xinfo(m.name) p WHERE m.type = 'table' ORDER BY 1, 2";

#[derive(FromQueryResult)]
struct Column {
    table_name: String,
    column_name: String,
}

impl Store {
    /// The columns, as `table.column`, in which any row holds the text, also as a part of a longer one. Every row of
    /// every table is looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn columns_with(&self, text: &str) -> Result<Vec<String>, StoreError> {
        let reader = self.slow_reader();
        let backend = reader.get_database_backend();
        let (columns, holds) = match backend {
            // A column of bytes is shown as hexadecimal digits there.
            DbBackend::Postgres => (POSTGRES, "position($1 IN it::text) > 0 OR position($2 IN it::text) > 0"),
            _ => (SQLITE, "instr(CAST(it AS TEXT), $1) > 0 OR instr(hex(it), upper($2)) > 0"),
        };
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut found = Vec::new();
        for row in reader.query_all_raw(Statement::from_string(backend, columns)).await? {
            let Column { table_name, column_name } = Column::from_query_result(&row, "")?;
            let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            let query = format!(
                "SELECT 1 FROM (SELECT {} AS it FROM {}) AS one WHERE {holds} LIMIT 1",
                quoted(&column_name),
                quoted(&table_name)
            );
            let values = [Value::from(text), Value::from(digits.as_str())];
            if reader.query_one_raw(Statement::from_sql_and_values(backend, query, values)).await?.is_some() {
                found.push(format!("{table_name}.{column_name}"));
            }
        }
        Ok(found)
    }
}
