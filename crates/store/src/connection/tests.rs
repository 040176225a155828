//! A connection after its database refused.

use super::*;
use sea_orm::Statement;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

async fn write(store: &Store, statement: &str) -> Result {
    let write = store.begin().await?;
    write.transaction.execute_unprepared(statement).await?;
    Ok(write.commit().await?)
}

#[tokio::test]
async fn what_is_committed_after_the_disk_was_full_is_there() -> Result {
    let folder = tempfile::tempdir()?;
    let url: DatabaseUrl = format!("sqlite:{}?mode=rwc", folder.path().join("evoloop.db").display()).parse()?;
    let store = Store::open(&url).await?;
    write(&store, "CREATE TABLE notes (text text)").await?;

    let full = store.begin().await?;
    full.transaction.execute_unprepared("PRAGMA max_page_count = 3").await?;
    let refused = full.transaction.execute_unprepared("INSERT INTO notes VALUES (zeroblob(100000))").await;
    assert!(refused.is_err_and(|error| error.to_string().contains("full")), "three pages do not hold it");
    drop(full);
    // One that is begun and given up, as when another process was faster, and then one that is committed.
    let given_up = store.begin().await?;
    given_up.transaction.execute_unprepared("INSERT INTO notes VALUES ('given up')").await?;
    drop(given_up);
    write(&store, "INSERT INTO notes VALUES ('kept')").await?;

    let another = Store::open(&url).await?;
    let ask = Statement::from_string(DbBackend::Sqlite, "SELECT text FROM notes");
    let rows = another.reader().query_all_raw(ask).await?;
    let texts: std::result::Result<Vec<String>, _> = rows.iter().map(|row| row.try_get("", "text")).collect();
    assert_eq!(texts?, ["kept"]);
    Ok(())
}
