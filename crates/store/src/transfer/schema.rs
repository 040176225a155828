//! Which tables and columns there are, as the databases themselves tell.

use super::TransferError;
use super::cell::Kind;
use super::table::quote;
use crate::StoreError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// Columns of Postgres. A partition belongs to its table and is none of its own.
const TARGET_COLUMNS: &str = "SELECT c.relname::text AS table_name, a.attname::text AS column_name, \
     format_type(a.atttypid, NULL) AS type_name, a.attidentity <> '' OR a.attgenerated <> '' \
     OR COALESCE(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false) AS makes_values \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
     AND c.relname <> 'seaql_migrations' ORDER BY 1, 2";

/// Primary keys of Postgres, in the order of their columns.
const TARGET_KEYS: &str = "SELECT c.relname::text AS table_name, a.attname::text AS column_name \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, position) \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number \
     WHERE n.nspname = current_schema() AND i.indisprimary AND NOT c.relispartition ORDER BY 1, k.position";

/// Which table refers to which.
const TARGET_REFERENCES: &str = "SELECT DISTINCT c.relname::text AS table_name, other.relname::text AS column_name \
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class other ON other.oid = k.confrelid \
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND k.contype = 'f' \
     AND NOT c.relispartition AND NOT other.relispartition ORDER BY 1, 2";

const SOURCE_COLUMNS: &str = "SELECT m.name AS table_name, p.name AS column_name \
     FROM sqlite_master m JOIN pragma_table_xinfo(m.name) p \
     WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' AND m.name <> 'seaql_migrations' ORDER BY 1, 2";

/// A table that both sides have.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Positions of the primary key's columns, in its order.
    pub(super) key: Vec<usize>,
}

/// A column that both sides have.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// Every table, after those that it refers to.
pub(super) struct Plan(Vec<Table>);

#[derive(FromQueryResult)]
struct TypedColumn {
    table_name: String,
    column_name: String,
    type_name: String,
    makes_values: bool,
}

/// A table with one of its columns, or with another table.
#[derive(FromQueryResult, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    table_name: String,
    column_name: String,
}

impl Plan {
    /// Reads both schemas, which must have the same tables and columns.
    pub(super) async fn read(
        source: &DatabaseTransaction,
        target: &DatabaseTransaction,
    ) -> Result<Self, TransferError> {
        let columns: Vec<TypedColumn> = ask(target, TARGET_COLUMNS).await?;
        let keys: Vec<Pair> = ask(target, TARGET_KEYS).await?;
        let references: Vec<Pair> = ask(target, TARGET_REFERENCES).await?;
        same_columns(&columns, &ask(source, SOURCE_COLUMNS).await?)?;
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        for column in columns {
            let kind = kind(&column)?;
            let table = tables.entry(column.table_name.clone()).or_insert_with(|| Table {
                name: column.table_name,
                columns: Vec::new(),
                key: Vec::new(),
            });
            table.columns.push(Column { name: column.column_name, kind });
        }
        for pair in keys {
            let Some(table) = tables.get_mut(&pair.table_name) else { continue };
            let position = table.columns.iter().position(|column| column.name == pair.column_name);
            table.key.extend(position);
        }
        if let Some(table) = tables.values().find(|table| table.key.is_empty()) {
            return Err(TransferError::Schema(format!("the table {} has no primary key", table.name)));
        }
        in_order(tables, &references).map(Self)
    }

    pub(super) fn tables(&self) -> &[Table] {
        &self.0
    }
}

impl Table {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn quoted(&self) -> String {
        quote(&self.name)
    }
}

async fn ask<T: FromQueryResult>(database: &DatabaseTransaction, query: &str) -> Result<Vec<T>, TransferError> {
    let backend: DbBackend = database.get_database_backend();
    let rows = database.query_all_raw(Statement::from_string(backend, query)).await.map_err(StoreError::from)?;
    let read: Result<Vec<T>, _> = rows.iter().map(|row| T::from_query_result(row, "")).collect();
    Ok(read.map_err(StoreError::from)?)
}

/// A table or column that only one side has would be lost, or left without values.
fn same_columns(target: &[TypedColumn], source: &[Pair]) -> Result<(), TransferError> {
    let target: BTreeSet<(&str, &str)> =
        target.iter().map(|column| (column.table_name.as_str(), column.column_name.as_str())).collect();
    let source: BTreeSet<(&str, &str)> =
        source.iter().map(|column| (column.table_name.as_str(), column.column_name.as_str())).collect();
    let told = |side: &str, (table, column): &(&str, &str)| {
        Err(TransferError::Schema(format!("only the {side} has the column {table}.{column}")))
    };
    if let Some(only) = source.difference(&target).next() {
        return told("source", only);
    }
    target.difference(&source).next().map_or(Ok(()), |only| told("target", only))
}

fn kind(column: &TypedColumn) -> Result<Kind, TransferError> {
    let refused = |why: &str| {
        let TypedColumn { table_name, column_name, type_name, .. } = column;
        Err(TransferError::Schema(format!("{table_name}.{column_name} ({type_name}) {why}")))
    };
    if column.makes_values {
        return refused("makes its values itself");
    }
    match column.type_name.as_str() {
        "uuid" => Ok(Kind::Uuid),
        "text" | "character varying" => Ok(Kind::Text),
        "bigint" | "integer" | "smallint" => Ok(Kind::Whole),
        "double precision" => Ok(Kind::Real),
        "boolean" => Ok(Kind::Truth),
        "json" | "jsonb" => Ok(Kind::Json),
        "bytea" => Ok(Kind::Bytes),
        _ => refused("is of a type that is not known here"),
    }
}

/// Each table after all that it refers to.
fn in_order(mut tables: BTreeMap<String, Table>, references: &[Pair]) -> Result<Vec<Table>, TransferError> {
    let mut ordered = Vec::with_capacity(tables.len());
    while !tables.is_empty() {
        let waits = |name: &str| {
            references.iter().any(|pair| pair.table_name == name && tables.contains_key(&pair.column_name))
        };
        let Some(next) = tables.keys().find(|name| !waits(name)).cloned() else {
            let names: Vec<&str> = tables.keys().map(String::as_str).collect();
            return Err(TransferError::Schema(format!("tables refer to each other in a circle: {}", names.join(", "))));
        };
        ordered.extend(tables.remove(&next));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn pair(table: &str, column: &str) -> Pair {
        Pair { table_name: table.to_owned(), column_name: column.to_owned() }
    }

    fn tables(names: &[&str]) -> BTreeMap<String, Table> {
        let table = |name: &&str| Table { name: (*name).to_owned(), columns: Vec::new(), key: vec![0] };
        names.iter().map(|name| ((*name).to_owned(), table(name))).collect()
    }

    #[test]
    fn tables_come_after_those_that_they_refer_to() {
        let references = [pair("a", "b"), pair("b", "c"), pair("a", "c")];
        let ordered = in_order(tables(&["a", "b", "c", "d"]), &references).unwrap();
        let names: Vec<&str> = ordered.iter().map(Table::name).collect();
        assert_eq!(names, ["c", "b", "a", "d"]);
        let error = in_order(tables(&["a", "b"]), &[pair("a", "b"), pair("b", "a")]).err().unwrap();
        assert_eq!(error.to_string(), "the schemas do not fit together: tables refer to each other in a circle: a, b");
        assert!(in_order(tables(&["a"]), &[pair("a", "a")]).is_err(), "rows of one table may be in any order");
    }
}
