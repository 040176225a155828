//! When nothing is moved, and what is said.

use crate::support::{Pair, number, plain, run};
use sea_orm::Database;
use store::transfer::{Source, Target, TransferError};
use store::{DatabaseUrl, Store};
use testkit::TestDatabase;
use uuid::Uuid;

fn url(text: &str) -> DatabaseUrl {
    text.parse().unwrap()
}

async fn refusal(url: &DatabaseUrl) -> String {
    match Source::open(url).await {
        Ok(_) => panic!("it was opened"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_none_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| format!("sqlite:{}?mode=rwc", folder.path().join(name).display());
    let file = |name: &str| url(&text(name));
    assert!(refusal(&url("postgres://localhost/x")).await.contains("must start with sqlite:"));
    assert!(matches!(Target::check(&file("x")), Err(TransferError::NotPostgres)));

    assert!(refusal(&file("missing.db")).await.contains("there is no such file"));
    assert!(!folder.path().join("missing.db").exists(), "a typing error must not make a database");

    std::fs::write(folder.path().join("letter.txt"), "Dear Ada, ".repeat(200)).unwrap();
    assert!(refusal(&file("letter.txt")).await.contains("is not a database"));

    let other = Database::connect(text("other.db")).await.unwrap();
    run(&other, "CREATE TABLE things (id integer primary key)").await;
    other.close().await.unwrap();
    assert!(refusal(&file("other.db")).await.contains("was not made by Evoloop"));
    let other = Database::connect(text("other.db")).await.unwrap();
    assert_eq!(number(&other, "SELECT count(*) FROM sqlite_master WHERE type = 'table'").await, 1);
    run(&other, "CREATE TABLE seaql_migrations (version text primary key, applied_at bigint)").await;
    other.close().await.unwrap();
    assert!(refusal(&file("other.db")).await.contains("older than this version"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_with_somebody_else_inside_is_refused_and_nobody_comes_in_later() {
    let file = TestDatabase::sqlite().await;
    // An idle server is one that may write in a moment.
    assert!(refusal(&file.url).await.contains("stop the server first"));
    file.store.clone().close().await.unwrap();
    let source = Source::open(&file.url).await.unwrap();
    let second = Store::open(&file.url).await;
    let error = match second {
        Ok(store) => store.ping().await.err(),
        Err(error) => Some(error),
    };
    assert!(error.is_some(), "a server started while data is moved");
    source.close().await.unwrap();
    let store = Store::open(&file.url).await.unwrap();
    assert_eq!(store.pending_migrations().await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_with_data_is_refused_and_keeps_it() {
    let Some(pair) = Pair::new().await else { return };
    pair.plant(&pair.columns().await, Uuid::from_u128(1), |column| plain(column, 1)).await;
    let own = "INSERT INTO users (id, email, password_hash, plan, settings, created_at) \
               VALUES (gen_random_uuid(), 'ada@example.com', '', '', '{}', 0)";
    run(&pair.postgres, own).await;
    let error = pair.moved().await.unwrap_err();
    assert!(matches!(&error, TransferError::NotEmpty(table) if table == "users"), "{error:?}");
    assert_eq!(pair.filled().await, ["users"]);
    assert_eq!(number(&pair.postgres, "SELECT count(*) FROM users").await, 1);
}
