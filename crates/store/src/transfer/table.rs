//! Rows of one table: read in pages by primary key, written many in a statement, and digested.

use super::cell::{Cell, Kind};
use super::schema::Table;
use super::{Content, TransferError};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};
use sha2::Sha256;
use std::fmt::Write as _;

/// Rows in memory at a time. Most are small; a page model of a site may have a megabyte.
const PAGE: usize = 256;
/// The same for a table that holds bytes, as pictures have.
const PAGE_OF_BYTES: usize = 16;
/// Most parameters of a statement on Postgres.
const MAX_PARAMETERS: usize = 65_535;

type Row = Vec<Cell>;

impl Table {
    /// Whether there is any row.
    pub(super) async fn holds_rows(&self, database: &DatabaseTransaction) -> Result<bool, TransferError> {
        let backend = database.get_database_backend();
        let query = Statement::from_string(backend, format!("SELECT 1 FROM {} LIMIT 1", self.quoted()));
        Ok(database.query_one_raw(query).await.map_err(|error| self.failed(error))?.is_some())
    }

    /// Copies every row; how many there were.
    pub(super) async fn copy(
        &self,
        source: &DatabaseTransaction,
        target: &DatabaseTransaction,
    ) -> Result<u64, TransferError> {
        let mut pages = Pages::new(self, source);
        let mut copied = 0;
        while let Some(rows) = pages.next().await? {
            let written = target.execute_raw(self.insertion(&rows)).await.map_err(|error| self.failed(error))?;
            copied += written.rows_affected();
        }
        Ok(copied)
    }

    /// Reads every row and sums up what it holds.
    pub(super) async fn digest(&self, database: &DatabaseTransaction) -> Result<Digest, TransferError> {
        let mut pages = Pages::new(self, database);
        let mut digest = Digest::default();
        while let Some(rows) = pages.next().await? {
            for row in rows {
                digest.add(self.row_digest(&row)?);
            }
        }
        Ok(digest)
    }

    fn row_digest(&self, row: &Row) -> Result<[u8; 32], TransferError> {
        let mut hasher = <Sha256 as sha2::Digest>::new();
        for (cell, column) in row.iter().zip(&self.columns) {
            cell.digest(&mut hasher).map_err(|detail| self.unreadable(&column.name, detail))?;
        }
        Ok(sha2::Digest::finalize(hasher).into())
    }

    fn insertion(&self, rows: &[Row]) -> Statement {
        let columns: Vec<String> = self.columns.iter().map(|column| quote(&column.name)).collect();
        let mut text = format!("INSERT INTO {} ({}) VALUES ", self.quoted(), columns.join(", "));
        let mut values: Vec<Value> = Vec::with_capacity(rows.len() * columns.len());
        for (number, row) in rows.iter().enumerate() {
            text.push_str(if number == 0 { "(" } else { ", (" });
            for (position, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                values.push(cell.parameter(column.kind, DbBackend::Postgres));
                let comma = if position == 0 { "" } else { ", " };
                // Writing to a String cannot fail.
                let _ = write!(text, "{comma}{}", column.kind.parameter(values.len()));
            }
            text.push(')');
        }
        Statement::from_sql_and_values(DbBackend::Postgres, text, values)
    }

    fn unreadable(&self, column: &str, detail: String) -> TransferError {
        TransferError::Value { table: self.name.clone(), column: column.to_owned(), detail }
    }

    fn failed(&self, error: DbErr) -> TransferError {
        TransferError::Table { table: self.name.clone(), error: error.into() }
    }
}

/// The rows of a table in the order of its key, a page at a time: each page begins after the
/// last key of the one before, so the database finds it by its index.
struct Pages<'a> {
    table: &'a Table,
    database: &'a DatabaseTransaction,
    rows: usize,
    last: Option<Row>,
    is_at_end: bool,
}

impl<'a> Pages<'a> {
    fn new(table: &'a Table, database: &'a DatabaseTransaction) -> Self {
        let holds_bytes = table.columns.iter().any(|column| column.kind == Kind::Bytes);
        let most = if holds_bytes { PAGE_OF_BYTES } else { PAGE };
        let rows = most.min(MAX_PARAMETERS / table.columns.len().max(1)).max(1);
        Self { table, database, rows, last: None, is_at_end: false }
    }

    /// The next rows, at least one.
    async fn next(&mut self) -> Result<Option<Vec<Row>>, TransferError> {
        if self.is_at_end {
            return Ok(None);
        }
        let found = self.database.query_all_raw(self.query()).await.map_err(|error| self.table.failed(error))?;
        let backend = self.database.get_database_backend();
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            let cells = self.table.columns.iter().enumerate().map(|(position, column)| {
                Cell::read(row, position, column.kind, backend)
                    .map_err(|detail| self.table.unreadable(&column.name, detail))
            });
            rows.push(cells.collect::<Result<Row, _>>()?);
        }
        self.is_at_end = rows.len() < self.rows;
        self.last = rows.last().cloned();
        Ok(if rows.is_empty() { None } else { Some(rows) })
    }

    fn query(&self) -> Statement {
        let backend = self.database.get_database_backend();
        let columns: Vec<String> =
            self.table.columns.iter().map(|column| column.kind.selected(&quote(&column.name), backend)).collect();
        let key: Vec<String> =
            self.table.key.iter().map(|position| quote(&self.table.columns[*position].name)).collect();
        let key = key.join(", ");
        let (after, values) = match &self.last {
            Some(last) => {
                let sign = if backend == DbBackend::Postgres { '$' } else { '?' };
                let numbers: Vec<String> = (1..=self.table.key.len()).map(|number| format!("{sign}{number}")).collect();
                let value = |position: &usize| last[*position].parameter(self.kind(*position), backend);
                let after = format!("WHERE ({key}) > ({})", numbers.join(", "));
                (after, self.table.key.iter().map(value).collect())
            }
            None => (String::new(), Vec::new()),
        };
        let text = format!(
            "SELECT {} FROM {} {after} ORDER BY {key} LIMIT {}",
            columns.join(", "),
            self.table.quoted(),
            self.rows
        );
        Statement::from_sql_and_values(backend, text, values)
    }

    fn kind(&self, position: usize) -> Kind {
        self.table.columns[position].kind
    }
}

/// The sum of the digests of rows, modulo 2 to the 256th, and their number. It does not depend on
/// the order of rows, because the databases sort texts differently.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Digest {
    rows: u64,
    /// The least significant part first.
    sum: [u64; 4],
}

impl Digest {
    fn add(&mut self, row: [u8; 32]) {
        self.rows += 1;
        let mut carry = 0;
        for (part, bytes) in self.sum.iter_mut().zip(row.as_chunks::<8>().0) {
            let (sum, first) = part.overflowing_add(u64::from_le_bytes(*bytes));
            let (sum, second) = sum.overflowing_add(carry);
            (*part, carry) = (sum, u64::from(first | second));
        }
    }

    pub(super) fn content(&self) -> Content {
        let digits = self.sum.iter().rev().map(|part| format!("{part:016x}"));
        Content { rows: self.rows, digest: digits.collect() }
    }
}

/// A name as it stands in a statement, on both databases.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_a_sum_with_carry() {
        let one = {
            let mut bytes = [0; 32];
            bytes[0] = 1;
            bytes
        };
        let mut digest = Digest::default();
        digest.add([u8::MAX; 32]);
        digest.add(one);
        assert_eq!(digest.content(), Content { rows: 2, digest: "0".repeat(64) });
        let mut high = [0; 32];
        high[7] = 0x80;
        let (mut there, mut back) = (Digest::default(), Digest::default());
        for row in [one, high, high, [7; 32]] {
            there.add(row);
        }
        for row in [[7; 32], high, one, high] {
            back.add(row);
        }
        assert_eq!(there, back);
        assert_ne!(there, Digest::default());
    }

    #[test]
    fn names_cannot_end_a_statement() {
        assert_eq!(quote("type"), "\"type\"");
        assert_eq!(quote("a\"; DROP"), "\"a\"\"; DROP\"");
    }
}
