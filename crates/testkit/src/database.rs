//! A fresh, migrated database for each test, on SQLite or Postgres.

use store::{DatabaseUrl, Store};
use tempfile::TempDir;

/// Address of a Postgres server where tests may create databases; set by `cargo xtask test`.
const POSTGRES_URL: &str = "EVOLOOP_TEST_POSTGRES_URL";

/// A database of one test. SQLite files go with the value; Postgres databases with their server.
pub struct TestDatabase {
    /// The open database.
    pub store: Store,
    /// Its address, for opening it once more.
    pub url: DatabaseUrl,
    /// Its address as text, for a command line.
    pub url_text: String,
    folder: Option<TempDir>,
}

impl TestDatabase {
    /// A database in a file of its own.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url_text = format!("sqlite:{}", folder.path().join("evoloop.db").display());
        Self::open(url_text, Some(folder)).await
    }

    /// A database on the test run's Postgres server; `None`, said aloud, when there is none.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var(POSTGRES_URL) else {
            eprintln!("skipped on Postgres: {POSTGRES_URL} is not set; `cargo xtask test` sets it");
            return None;
        };
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let admin: DatabaseUrl = server.parse().expect("a database address");
        store::create_database(&admin, &name).await.expect("a new database");
        let (base, query) = server.split_once('?').unwrap_or((&server, ""));
        let (base, _) = base.rsplit_once('/').expect("an address with a database");
        Some(Self::open(format!("{base}/{name}?{query}"), None).await)
    }

    async fn open(url_text: String, folder: Option<TempDir>) -> Self {
        let url: DatabaseUrl = url_text.parse().expect("a database address");
        let store = Store::open(&url).await.expect("an open database");
        store.migrate_up().await.expect("a migrated database");
        Self { store, url, url_text, folder }
    }

    /// The folder of a SQLite database.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempDir::path)
    }
}

/// Runs async test functions `fn(TestDatabase)` on both databases, each as two tests.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::TestDatabase::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = $crate::TestDatabase::postgres().await {
                    super::$name(database).await;
                }
            }
        }
    )*};
}
