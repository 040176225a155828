//! A site with a past: thirty days of visitors in its ledger, and any number of rows in `events`.
//!
//! Reads a line of JSON from standard input, `{"url", "site_id", "events"}`, for an SQLite file that nothing else
//! uses. The ledger is written once, however many events there are, so that `cargo xtask bench` can compare the
//! statistics of two sites that differ in nothing but the number of their past events.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde::Deserialize;
use std::error::Error;
use std::io;
use uuid::Uuid;

/// Rows that are written in one transaction.
const TOGETHER: u64 = 500_000;

#[derive(Deserialize)]
struct Task {
    url: String,
    site_id: Uuid,
    events: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let task: Task = serde_json::from_str(&line)?;
    let mut options = sea_orm::ConnectOptions::new(task.url);
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    // The file is thrown away after the measurement.
    database.execute_unprepared("PRAGMA synchronous = OFF").await?;
    let site = format!("x'{}'", task.site_id.simple());
    fill_ledger(&database, &site).await?;
    let mut written = 0;
    while written < task.events {
        let until = task.events.min(written + TOGETHER);
        fill_events(&database, &site, written, until).await?;
        written = until;
    }
    Ok(database.close().await?)
}

/// A cell an hour and variant, counted by the variants' counters too; the weights are as old as the first hour, and
/// the site is due for a look again as soon as it had one.
async fn fill_ledger(database: &DatabaseConnection, site: &str) -> Result<(), Box<dyn Error>> {
    let cells = format!(
        "WITH RECURSIVE hours(hour) AS (SELECT unixepoch() / 3600 - 720 UNION ALL SELECT hour + 1 FROM hours \
         WHERE hour < unixepoch() / 3600 - 1) \
         INSERT INTO ledger (site_id, epoch, variant_id, exposure_hour, visitors, conversions) \
         SELECT sites.id, sites.epoch, variants.id, hour, 40, 3 FROM hours, sites JOIN variants ON site_id = sites.id \
         WHERE sites.id = {site} ON CONFLICT DO NOTHING"
    );
    let counters = format!(
        "UPDATE experiment_stats SET (visitors, conversions, alpha, beta) = (SELECT sum(ledger.visitors), \
         sum(ledger.conversions), 1.0 + sum(ledger.conversions), 1.0 + sum(ledger.visitors - ledger.conversions) \
         FROM ledger WHERE ledger.site_id = {site} AND ledger.variant_id = experiment_stats.variant_id) \
         WHERE site_id = {site}"
    );
    let weights =
        format!("UPDATE allocations SET started_at = (unixepoch() - 720 * 3600) * 1000 WHERE site_id = {site}");
    let jobs = format!("UPDATE jobs SET period_ms = 1 WHERE site_id = {site}");
    for statement in [cells, counters, weights, jobs] {
        database.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Impressions of visitors of their own; those that are there stay.
async fn fill_events(database: &DatabaseConnection, site: &str, from: u64, until: u64) -> Result<(), Box<dyn Error>> {
    let statement = format!(
        "WITH RECURSIVE numbers(number) AS (SELECT {from} UNION ALL SELECT number + 1 FROM numbers \
         WHERE number + 1 < {until}) \
         INSERT INTO events (site_id, day, id, variant_id, visitor_id, event_type, goal_id, value, metadata, not_counted, \
         created_at) SELECT {site}, -1, unhex(printf('%032x', number)), (SELECT id FROM variants WHERE site_id = {site} \
         LIMIT 1), printf('past-%d', number), 'impression', NULL, NULL, NULL, NULL, \
         (unixepoch() - number % (720 * 3600)) * 1000 FROM numbers WHERE true ON CONFLICT DO NOTHING"
    );
    database.execute_unprepared(&statement).await?;
    Ok(())
}
