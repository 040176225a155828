//! Tables that nobody has told the code about.

use crate::support::{Pair, differing, number, run};

/// A table in partitions on Postgres, as a plain one on SQLite.
const TARGET: &str = "CREATE TABLE planted (site_id uuid, day bigint, id integer, note text, \
     PRIMARY KEY (site_id, day, id)) PARTITION BY RANGE (day); \
     CREATE TABLE planted_early PARTITION OF planted FOR VALUES FROM (MINVALUE) TO (10); \
     CREATE TABLE planted_rest PARTITION OF planted DEFAULT";
const SOURCE: &str = "CREATE TABLE planted (site_id uuid_text NOT NULL, day bigint, id integer, note text, \
     PRIMARY KEY (site_id, day, id))";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_table_in_partitions_is_moved_as_one() {
    let Some(pair) = Pair::new().await else { return };
    run(&pair.postgres, TARGET).await;
    run(&pair.sqlite, SOURCE).await;
    let rows = "INSERT INTO planted WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599) \
                SELECT zeroblob(16), i % 20, i, 'note ' || i FROM n";
    run(&pair.sqlite, rows).await;
    let checks = pair.moved().await.unwrap();
    assert_eq!(differing(&checks), [""; 0]);
    let named: Vec<_> = checks.iter().filter(|check| check.table.starts_with("planted")).collect();
    assert_eq!(named.len(), 1, "a partition is no table of its own");
    assert_eq!(named[0].target.rows, 600);
    assert_eq!(number(&pair.postgres, "SELECT count(*) FROM planted_early").await, 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_or_column_of_one_side_alone_is_told() {
    let Some(mut pair) = Pair::new().await else { return };
    run(&pair.sqlite, SOURCE).await;
    let error = pair.moved().await.unwrap_err().to_string();
    assert_eq!(error, "the schemas do not fit together: only the source has the column planted.day");
    pair.reopen().await;
    run(&pair.sqlite, "DROP TABLE planted").await;
    run(&pair.postgres, "ALTER TABLE jobs ADD COLUMN planted text").await;
    let error = pair.moved().await.unwrap_err().to_string();
    assert_eq!(error, "the schemas do not fit together: only the target has the column jobs.planted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_cannot_be_moved_exactly_is_told() {
    let Some(mut pair) = Pair::new().await else { return };
    let cases = [
        ("timestamptz", "timestamp with time zone", "is of a type that is not known here"),
        ("bigint GENERATED ALWAYS AS IDENTITY", "bigint", "makes its values itself"),
        ("bigserial", "bigint", "makes its values itself"),
        ("bigint GENERATED ALWAYS AS (created_at * 2) STORED", "bigint", "makes its values itself"),
    ];
    run(&pair.sqlite, "ALTER TABLE jobs ADD COLUMN planted").await;
    for (declared, told, why) in cases {
        run(&pair.postgres, &format!("ALTER TABLE jobs ADD COLUMN planted {declared}")).await;
        let error = pair.moved().await.unwrap_err().to_string();
        assert_eq!(error, format!("the schemas do not fit together: jobs.planted ({told}) {why}"));
        run(&pair.postgres, "ALTER TABLE jobs DROP COLUMN planted").await;
        pair.reopen().await;
    }
    run(&pair.sqlite, "ALTER TABLE jobs DROP COLUMN planted").await;
    run(&pair.sqlite, "CREATE TABLE planted (note text)").await;
    run(&pair.postgres, "CREATE TABLE planted (note text)").await;
    let error = pair.moved().await.unwrap_err().to_string();
    assert_eq!(error, "the schemas do not fit together: the table planted has no primary key");
}
