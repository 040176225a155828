//! Many rows in one statement.
//!
//! A statement about many rows has the same text for any number of them, so it is prepared once. The
//! rows come as a table called `incoming`: on SQLite out of one JSON parameter, on Postgres out of one
//! array a column. What follows is the same for both.
//!
//! Statements travel together wherever that is possible: under load each way to the database and back
//! waits for a processor, on SQLite too, whose driver works on a thread of its own.

mod columns;

pub(crate) use columns::Rows;

use crate::{StoreError, WriteTransaction};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, QueryResult, Statement, Value};

/// A statement about its rows.
pub(crate) struct Part {
    /// What it is about: `INSERT`, `UPDATE` or `DELETE`, which reads `incoming`.
    pub(crate) statement: String,
    /// The rows.
    pub(crate) rows: Rows,
    /// Whether each of the rows must change one of the table, because it should not be there yet.
    pub(crate) all_new: bool,
}

impl WriteTransaction {
    /// Runs statements about rows; those without rows are left out. None may need what another one writes: on
    /// Postgres they are one statement, of which no part sees the others, and on SQLite those whose rows are all
    /// new come first.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] when a row that should be new is there.
    pub(crate) async fn write_parts(&self, parts: Vec<Part>) -> Result<(), StoreError> {
        let parts: Vec<Part> = parts.into_iter().filter(|part| !part.rows.is_empty()).collect();
        if parts.is_empty() {
            return Ok(());
        }
        if self.is_shared() {
            return self.write_at_once(parts).await;
        }
        let (new, others) = parts.into_iter().partition(|part| part.all_new);
        self.write_in_turn(new, true).await?;
        self.write_in_turn(others, false).await
    }

    /// Asks something about `incoming`. Without rows nothing is asked.
    pub(crate) async fn ask_about_rows<T: FromQueryResult>(
        &self,
        query: &str,
        rows: Rows,
    ) -> Result<Vec<T>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.ask_about_tables(query, vec![("incoming", rows)]).await?;
        Ok(found.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// Asks something about tables of rows by their names. The query goes on after them, with further tables
    /// when it begins with a comma.
    pub(crate) async fn ask_about_tables(
        &self,
        query: &str,
        tables: Vec<(&str, Rows)>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let (mut named, mut parameters) = (Vec::new(), Vec::new());
        for (name, rows) in tables {
            let (table, values) = self.table_of(rows, parameters.len() + 1);
            named.push(format!("{name} AS ({table})"));
            parameters.extend(values);
        }
        let text = format!("WITH {} {query}", named.join(", "));
        let statement = Statement::from_sql_and_values(self.transaction.get_database_backend(), text, parameters);
        Ok(self.transaction.query_all_raw(statement).await?)
    }

    /// Whether the database is Postgres, which several processes may write to at once.
    pub(crate) fn is_shared(&self) -> bool {
        self.transaction.get_database_backend() == DbBackend::Postgres
    }

    /// A query for rows, whose parameters are numbered from `first` where they have numbers, and these.
    fn table_of(&self, rows: Rows, first: usize) -> (String, Vec<Value>) {
        if self.is_shared() {
            rows.into_arrays(first)
        } else {
            (rows.json_table(), vec![Value::from(rows.into_json())])
        }
    }

    /// The parts as statements of one text, which the driver runs in turn.
    async fn write_in_turn(&self, parts: Vec<Part>, all_new: bool) -> Result<(), StoreError> {
        if parts.is_empty() {
            return Ok(());
        }
        let wanted = parts.iter().map(|part| part.rows.len()).sum();
        let (mut statements, mut parameters) = (Vec::new(), Vec::new());
        for Part { statement, rows, .. } in parts {
            let (incoming, values) = self.table_of(rows, 1);
            statements.push(format!("WITH incoming AS ({incoming}) {statement}"));
            parameters.extend(values);
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, statements.join("; "), parameters);
        let written = self.transaction.execute_raw(statement).await?.rows_affected();
        check_new(all_new, written, wanted)
    }

    /// Every part is a table of the one statement, which counts their rows.
    async fn write_at_once(&self, parts: Vec<Part>) -> Result<(), StoreError> {
        let wanted: Vec<(bool, usize)> = parts.iter().map(|part| (part.all_new, part.rows.len())).collect();
        let (mut tables, mut counts, mut parameters) = (Vec::new(), Vec::new(), Vec::new());
        for (number, Part { statement, rows, .. }) in parts.into_iter().enumerate() {
            let (incoming, arrays) = rows.into_arrays(parameters.len() + 1);
            tables.push(format!("part{number} AS (WITH incoming AS ({incoming}) {statement} RETURNING 1)"));
            counts.push(format!("(SELECT count(*) FROM part{number}) AS part{number}"));
            parameters.extend(arrays);
        }
        let text = format!("WITH {} SELECT {}", tables.join(", "), counts.join(", "));
        let counted = Statement::from_sql_and_values(DbBackend::Postgres, text, parameters);
        let counted = self.transaction.query_one_raw(counted).await?;
        for (number, (all_new, wanted)) in wanted.into_iter().enumerate() {
            let written: Option<i64> = counted.as_ref().map(|row| row.try_get_by_index(number)).transpose()?;
            check_new(all_new, written.and_then(|written| u64::try_from(written).ok()).unwrap_or(0), wanted)?;
        }
        Ok(())
    }
}

/// A row that should be new and is not was written by another process since it was looked for.
fn check_new(all_new: bool, written: u64, wanted: usize) -> Result<(), StoreError> {
    let is_right = !all_new || usize::try_from(written).is_ok_and(|written| written == wanted);
    if is_right { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Adds to counters by their key, and begins those that are not there yet.
pub(crate) fn add_up(table: &str, key: &[&str], counters: &[&str], rows: Rows) -> Part {
    let all = [key, counters].concat().join(", ");
    let sum = |name: &&str| format!("{name} = {table}.{name} + excluded.{name}");
    let sums = counters.iter().map(sum).collect::<Vec<_>>().join(", ");
    let statement = format!(
        "INSERT INTO {table} ({all}) SELECT {all} FROM incoming WHERE true ON CONFLICT ({}) DO UPDATE SET {sums}",
        key.join(", ")
    );
    Part { statement, rows, all_new: false }
}

/// Inserts rows that should not be there yet; the table's columns are called as those of the rows.
pub(crate) fn insert_new(table: &str, rows: Rows) -> Part {
    let all = rows.names().join(", ");
    let statement = format!("INSERT INTO {table} ({all}) SELECT {all} FROM incoming WHERE true ON CONFLICT DO NOTHING");
    Part { statement, rows, all_new: true }
}
