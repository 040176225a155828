//! What is moved arrives whole, or not at all, and every difference is found.

use crate::support::{Pair, differing, number, plain, run, tables};
use std::time::Duration;
use store::transfer::{TransferError, compare, copy};
use uuid::Uuid;

const ROWS: i32 = 3;

/// A pair whose source holds some rows in every table there is.
async fn planted() -> Option<Pair> {
    let pair = Pair::new().await?;
    let columns = pair.columns().await;
    for row in 0..ROWS {
        let id = Uuid::from_u128(u128::MAX / 7 * u128::try_from(row + 1).unwrap());
        pair.plant(&columns, id, |column| plain(column, row)).await;
    }
    Some(pair)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_the_schema_is_moved_and_every_column_compared() {
    let Some(pair) = planted().await else { return };
    let listed = tables(&pair.postgres).await;
    assert_eq!(listed, tables(&pair.sqlite).await);
    assert!(listed.len() >= 16 && listed.contains(&"events".to_owned()), "{listed:?}");
    let source = pair.open().await.unwrap();
    let checks = copy(&source, &pair.target).await.unwrap();
    assert_eq!(differing(&checks), [""; 0]);
    let mut moved: Vec<&str> = checks.iter().map(|check| check.table.as_str()).collect();
    moved.sort_unstable();
    assert_eq!(moved, listed);
    for check in &checks {
        assert_eq!(i32::try_from(check.target.rows), Ok(ROWS), "{}", check.table);
    }
    // Each column of one row is changed in turn, and seen.
    run(&pair.postgres, "CREATE SCHEMA kept").await;
    for table in &listed {
        run(&pair.postgres, &format!("CREATE TABLE kept.\"{table}\" AS SELECT * FROM public.\"{table}\"")).await;
    }
    for column in pair.columns().await {
        let (table, name) = (&column.table_name, &column.column_name);
        let other = match column.data_type.as_str() {
            "uuid" => "gen_random_uuid()".to_owned(),
            "text" | "character varying" => format!("\"{name}\" || ' '"),
            "bigint" | "integer" | "smallint" => format!("\"{name}\" # 1"),
            "double precision" => format!("\"{name}\" + 1e-15"),
            "boolean" => format!("NOT \"{name}\""),
            "jsonb" => format!("\"{name}\" || '{{\"more\":null}}'"),
            "bytea" => format!("\"{name}\" || '\\x00'::bytea"),
            unknown => panic!("{table}.{name} is of the type {unknown}"),
        };
        // The first row alone: its references are of no interest here.
        let first = format!("ctid = (SELECT min(ctid) FROM \"{table}\")");
        let without_references = "SET session_replication_role = replica";
        run(
            &pair.postgres,
            &format!("{without_references}; UPDATE \"{table}\" SET \"{name}\" = {other} WHERE {first}"),
        )
        .await;
        let checks = compare(&source, &pair.target).await.unwrap();
        assert_eq!(differing(&checks), [table], "{name}");
        let back = format!(
            "{without_references}; DELETE FROM \"{table}\"; INSERT INTO \"{table}\" SELECT * FROM kept.\"{table}\""
        );
        run(&pair.postgres, &back).await;
    }
    assert_eq!(differing(&compare(&source, &pair.target).await.unwrap()), [""; 0]);
    // A row too many or too few is a difference too.
    run(&pair.postgres, "DELETE FROM events WHERE ctid = (SELECT min(ctid) FROM events)").await;
    let checks = compare(&source, &pair.target).await.unwrap();
    assert_eq!(differing(&checks), ["events"]);
    source.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_arrives_changed_takes_everything_back() {
    let Some(mut pair) = planted().await else { return };
    let changes = "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS \
                   $$ BEGIN NEW.prior_alpha = NEW.prior_alpha + 1e-15; RETURN NEW; END $$; \
                   CREATE TRIGGER change BEFORE INSERT ON sites FOR EACH ROW EXECUTE FUNCTION change()";
    run(&pair.postgres, changes).await;
    let checks = pair.moved().await.unwrap();
    assert_eq!(differing(&checks), ["sites"]);
    assert_eq!(pair.filled().await, [""; 0]);
    run(&pair.postgres, "DROP TRIGGER change ON sites").await;
    pair.reopen().await;
    assert_eq!(differing(&pair.moved().await.unwrap()), [""; 0]);
    assert_eq!(pair.filled().await, tables(&pair.postgres).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_the_target_refuses_leaves_it_empty() {
    let Some(mut pair) = planted().await else { return };
    // Postgres has no text with a zero byte.
    run(&pair.sqlite, "UPDATE visitors SET not_counted = 'a' || char(0) || 'b' WHERE first_seen = 1").await;
    let error = pair.moved().await.unwrap_err();
    assert!(matches!(&error, TransferError::Table { table, .. } if table == "visitors"), "{error:?}");
    assert_eq!(pair.filled().await, [""; 0]);
    // A value of another type than its column's is not guessed at.
    pair.reopen().await;
    run(&pair.sqlite, "UPDATE visitors SET not_counted = NULL, is_holdout = 2 WHERE first_seen = 1").await;
    let error = pair.moved().await.unwrap_err().to_string();
    assert_eq!(error, "visitors.is_holdout holds a value that cannot be read: 2 is neither true nor false");
    assert_eq!(pair.filled().await, [""; 0]);
    pair.reopen().await;
    run(&pair.sqlite, "UPDATE visitors SET is_holdout = 1 WHERE first_seen = 1").await;
    assert_eq!(differing(&pair.moved().await.unwrap()), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_copy_leaves_nothing() {
    let Some(pair) = planted().await else { return };
    let waits = "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$; \
                 CREATE TRIGGER wait BEFORE INSERT ON visitors FOR EACH STATEMENT EXECUTE FUNCTION wait()";
    run(&pair.postgres, waits).await;
    let source = pair.open().await.unwrap();
    let interrupted = tokio::time::timeout(Duration::from_secs(1), copy(&source, &pair.target)).await;
    assert!(interrupted.is_err(), "it was not in the middle");
    assert_eq!(pair.filled().await, [""; 0]);
    // Waits until the target has noticed.
    run(&pair.postgres, "DROP TRIGGER wait ON visitors").await;
    assert_eq!(pair.filled().await, [""; 0]);
    assert_eq!(differing(&copy(&source, &pair.target).await.unwrap()), [""; 0]);
    let error = copy(&source, &pair.target).await.unwrap_err();
    assert!(matches!(error, TransferError::NotEmpty(_)), "a second copy: {error:?}");
    source.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_longer_than_a_page_are_moved_in_pages() {
    let Some(pair) = planted().await else { return };
    // One site, so that a page ends in the middle of what shares the first column of the key.
    let many = "INSERT INTO visitors (site_id, visitor_id, variant_id, epoch, exposure_hour, first_seen) \
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1023) \
                SELECT site_id, CASE i % 3 WHEN 0 THEN 'v' WHEN 1 THEN 'V' ELSE 'ü-' END || i, variant_id, i, i, i \
                FROM n, (SELECT site_id, variant_id FROM visitors LIMIT 1)";
    run(&pair.sqlite, many).await;
    let checks = pair.moved().await.unwrap();
    assert_eq!(differing(&checks), [""; 0]);
    let visitors = checks.iter().find(|check| check.table == "visitors").unwrap();
    assert_eq!(visitors.target.rows, 1024 + 3);
    assert_eq!(number(&pair.postgres, "SELECT count(DISTINCT visitor_id) FROM visitors").await, 1024 + 3);
}
