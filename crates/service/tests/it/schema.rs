//! Several processes that start together on one empty database: one makes its tables, the others wait.

use store::{Store, StoreError, create_database};
use testkit::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_do_not_trip_over_each_other() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let name = database.url_text.rsplit('/').next().unwrap().split('?').next().unwrap();
    for round in 0..3 {
        let empty = format!("{name}_{round}");
        create_database(&database.url, &empty).await.unwrap();
        let url = database.url_text.replace(name, &empty).parse().unwrap();
        let start = || {
            let url: store::DatabaseUrl = Clone::clone(&url);
            tokio::spawn(async move {
                let store = Store::open(&url).await?;
                store.migrate_up().await?;
                let pending = store.pending_migrations().await?;
                store.close().await?;
                Ok::<_, StoreError>(pending)
            })
        };
        for starting in [start(), start(), start(), start()] {
            assert_eq!(starting.await.unwrap().unwrap(), Vec::<String>::new());
        }
    }
}
