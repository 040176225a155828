//! Two databases with their own schemas, seen from below, and rows for every table they have.

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, FromQueryResult, Statement, Value,
};
use store::DatabaseUrl;
use store::transfer::{Source, TableCheck, Target, TransferError, copy};
use testkit::TestDatabase;
use uuid::Uuid;

/// A SQLite file and an empty Postgres database, both migrated.
pub(crate) struct Pair {
    /// The source's only connection; closed before the data is moved.
    pub(crate) sqlite: DatabaseConnection,
    pub(crate) postgres: DatabaseConnection,
    pub(crate) source: DatabaseUrl,
    pub(crate) target: Target,
    file: TestDatabase,
}

/// A column of the real schema.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Column {
    pub(crate) table_name: String,
    pub(crate) column_name: String,
    pub(crate) data_type: String,
    pub(crate) character_maximum_length: Option<i32>,
    pub(crate) is_nullable: String,
}

impl Pair {
    /// `None` without a Postgres server.
    pub(crate) async fn new() -> Option<Self> {
        let postgres = TestDatabase::postgres().await?;
        let file = TestDatabase::sqlite().await;
        file.store.clone().close().await.unwrap();
        Some(Self {
            sqlite: sqlite(&file.url_text).await,
            postgres: Database::connect(postgres.url_text.as_str()).await.unwrap(),
            source: file.url.clone(),
            target: Target::open(&postgres.url).await.unwrap(),
            file,
        })
    }

    pub(crate) async fn open(&self) -> Result<Source, TransferError> {
        self.sqlite.clone().close().await.unwrap();
        Source::open(&self.source).await
    }

    /// Moves the data; `self` must be the only one who has the file open.
    pub(crate) async fn moved(&self) -> Result<Vec<TableCheck>, TransferError> {
        let source = self.open().await?;
        let checks = copy(&source, &self.target).await;
        source.close().await.unwrap();
        checks
    }

    /// Opens the file again after data was moved.
    pub(crate) async fn reopen(&mut self) {
        self.sqlite = sqlite(&self.file.url_text).await;
    }

    pub(crate) async fn columns(&self) -> Vec<Column> {
        columns(&self.postgres).await
    }

    /// Names of all tables of the target that hold a row.
    pub(crate) async fn filled(&self) -> Vec<String> {
        let mut filled = Vec::new();
        for table in tables(&self.postgres).await {
            if number(&self.postgres, &format!("SELECT count(*) FROM \"{table}\"")).await > 0 {
                filled.push(table);
            }
        }
        filled
    }

    /// Writes a row of every table. Every identifier in it is the same, so whatever refers to whatever finds it.
    pub(crate) async fn plant(&self, columns: &[Column], id: Uuid, mut value: impl FnMut(&Column) -> Value) {
        for of_table in columns.chunk_by(|one, other| one.table_name == other.table_name) {
            let table = &of_table[0].table_name;
            let names: Vec<String> = of_table.iter().map(|column| format!("\"{}\"", column.column_name)).collect();
            let marks = vec!["?"; names.len()].join(", ");
            let values = of_table.iter().map(|column| match column.data_type.as_str() {
                "uuid" => Value::from(id.as_bytes().to_vec()),
                _ => value(column),
            });
            let text = format!("INSERT INTO \"{table}\" ({}) VALUES ({marks})", names.join(", "));
            let statement = Statement::from_sql_and_values(DbBackend::Sqlite, text, values);
            self.sqlite.execute_raw(statement).await.unwrap_or_else(|error| panic!("{table}: {error}"));
        }
    }
}

/// One connection, by which rows are planted table by table, whatever refers to what.
async fn sqlite(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).map_sqlx_sqlite_opts(|options| options.foreign_keys(false));
    Database::connect(options).await.unwrap()
}

/// Something plain for a column, different for each number.
pub(crate) fn plain(column: &Column, number: i32) -> Value {
    match column.data_type.as_str() {
        "text" | "character varying" => format!("text {number}").into(),
        "bigint" => i64::from(number).into(),
        "integer" | "smallint" => number.into(),
        "double precision" => (f64::from(number) + 0.25).into(),
        "boolean" => (number % 2 == 0).into(),
        "jsonb" => format!("{{\"number\":{number}}}").into(),
        "bytea" => number.to_be_bytes().to_vec().into(),
        other => panic!("{}.{}: no value of type {other} is known here", column.table_name, column.column_name),
    }
}

/// All columns of the schema, partitions left out.
pub(crate) async fn columns(postgres: &DatabaseConnection) -> Vec<Column> {
    let query = "SELECT table_name::text, column_name::text, data_type::text, character_maximum_length::int, \
                 is_nullable::text FROM information_schema.columns WHERE table_schema = 'public' \
                 AND table_name <> 'seaql_migrations' \
                 AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(quote_ident(table_name))) \
                 ORDER BY table_name, ordinal_position";
    ask(postgres, query).await
}

/// All tables of the schema, as the information schema or `sqlite_master` lists them, partitions left out.
pub(crate) async fn tables(database: &DatabaseConnection) -> Vec<String> {
    #[derive(FromQueryResult)]
    struct Named {
        name: String,
    }
    let query = match database.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' \
             AND table_type = 'BASE TABLE' AND table_name <> 'seaql_migrations' \
             AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(quote_ident(table_name))) \
             ORDER BY table_name"
        }
        _ => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
             AND name <> 'seaql_migrations' ORDER BY name"
        }
    };
    ask::<Named>(database, query).await.into_iter().map(|named| named.name).collect()
}

pub(crate) async fn ask<T: FromQueryResult>(database: &DatabaseConnection, query: &str) -> Vec<T> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.iter().map(|row| T::from_query_result(row, "").unwrap()).collect()
}

/// The only number of an answer.
pub(crate) async fn number(database: &DatabaseConnection, query: &str) -> i64 {
    let statement = Statement::from_string(database.get_database_backend(), query);
    database.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

pub(crate) async fn run(database: &DatabaseConnection, statements: &str) {
    database.execute_unprepared(statements).await.unwrap_or_else(|error| panic!("{statements}: {error}"));
}

/// Names of the tables that differ.
pub(crate) fn differing(checks: &[TableCheck]) -> Vec<&str> {
    checks.iter().filter(|check| !check.agrees()).map(|check| check.table.as_str()).collect()
}
