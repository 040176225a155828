//! The schema can be distributed by site: every key of a tenant table begins with the site.

use crate::support::{ask, run, tables};
use sea_orm::{Database, DatabaseConnection, DbBackend, FromQueryResult};
use std::collections::BTreeSet;
use testkit::TestDatabase;

/// Tables of accounts and of upkeep, which are no site's; a distributed database keeps them whole on every node.
const OF_NO_SITE: [&str; 3] = ["schedules", "sessions", "users"];

/// Keys that begin with something else, and why that is no harm.
const EXCEPTIONS: [(&str, &str, &str); 2] =
    [("sites", "id", "it is the site itself"), ("sites", "user_id", "it leads to an account, which every node has")];

/// How a distributed installation is made, as the operator is told.
const GUIDE: &str = include_str!("../../../../docs/scale.md");

/// A primary key, a unique index or a foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
struct Key {
    table_name: String,
    /// Where a foreign key leads.
    target: Option<String>,
    /// In their order, by commas.
    columns: String,
}

const POSTGRES: &str = "SELECT c.relname::text AS table_name, NULL::text AS target, \
     string_agg(a.attname::text, ', ' ORDER BY k.position) AS columns \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, position) \
     LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number \
     WHERE n.nspname = 'public' AND i.indisunique AND NOT c.relispartition AND c.relname <> 'seaql_migrations' \
     GROUP BY i.indexrelid, c.relname UNION ALL \
     SELECT c.relname::text, other.relname::text, string_agg(a.attname::text, ', ' ORDER BY k.position) \
     FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class other ON other.oid = f.confrelid \
     CROSS JOIN LATERAL unnest(f.conkey) WITH ORDINALITY AS k(number, position) \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number \
     WHERE f.contype = 'f' AND NOT c.relispartition GROUP BY f.oid, c.relname, other.relname ORDER BY 1, 2, 3";

const SQLITE: &str = "SELECT m.name AS table_name, NULL AS target, \
     (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS columns \
     FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.\"unique\" = 1 \
     AND m.name <> 'seaql_migrations' UNION ALL \
     SELECT table_name, target, group_concat(\"from\", ', ') FROM \
     (SELECT m.name AS table_name, f.\"table\" AS target, f.id, f.\"from\" FROM sqlite_master m \
     JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq) \
     GROUP BY table_name, target, id ORDER BY 1, 2, 3";

async fn keys(database: &DatabaseConnection) -> Vec<Key> {
    let query = if database.get_database_backend() == DbBackend::Postgres { POSTGRES } else { SQLITE };
    ask(database, query).await
}

/// Keys of tenant tables that do not begin with the site, exceptions left out.
fn faults(keys: &[Key]) -> Vec<String> {
    let is_excepted = |key: &Key| {
        EXCEPTIONS.iter().any(|(table, columns, _)| key.table_name == *table && key.columns == *columns)
            || OF_NO_SITE.contains(&key.table_name.as_str())
    };
    let begins_with_site = |key: &Key| key.columns.split(", ").next() == Some("site_id");
    let wrong = keys.iter().filter(|key| !begins_with_site(key) && !is_excepted(key));
    wrong.map(|key| format!("{} ({})", key.table_name, key.columns)).collect()
}

async fn both() -> Vec<(TestDatabase, DatabaseConnection)> {
    let mut both = Vec::new();
    for database in [Some(TestDatabase::sqlite().await), TestDatabase::postgres().await].into_iter().flatten() {
        let connection = Database::connect(database.url_text.as_str()).await.unwrap();
        both.push((database, connection));
    }
    both
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_a_tenant_table_begins_with_its_site() {
    for (_database, connection) in both().await {
        let keys = keys(&connection).await;
        assert_eq!(faults(&keys), [""; 0]);
        // What the rule lets pass must be there, or it is a hole that nothing needs.
        for (table, columns, why) in EXCEPTIONS {
            assert!(keys.iter().any(|key| key.table_name == table && key.columns == columns), "{table}: {why}");
        }
        // Each table has a key of its own, and each tenant table leads to its site.
        let listed = tables(&connection).await;
        let with_key: BTreeSet<&str> =
            keys.iter().filter(|key| key.target.is_none()).map(|key| key.table_name.as_str()).collect();
        assert_eq!(with_key, listed.iter().map(String::as_str).collect());
        let leads_to_site = |table: &str| {
            keys.iter().any(|key| {
                key.table_name == table && key.target.as_deref() == Some("sites") && key.columns == "site_id"
            })
        };
        let without: Vec<&String> = listed.iter().filter(|table| !leads_to_site(table)).collect();
        assert_eq!(without, ["schedules", "sessions", "sites", "users"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_whose_keys_begin_with_something_else_is_found() {
    for (_database, connection) in both().await {
        let other = "CREATE TABLE other (site_id uuid, id uuid, PRIMARY KEY (site_id, id), UNIQUE (id, site_id))";
        run(&connection, other).await;
        let planted = "CREATE TABLE planted (id varchar PRIMARY KEY, site_id uuid REFERENCES sites (id), visitor_id text, \
                       variant_id uuid, note text UNIQUE, UNIQUE (visitor_id, site_id), \
                       FOREIGN KEY (variant_id, site_id) REFERENCES other (id, site_id))";
        run(&connection, planted).await;
        let mut found = faults(&keys(&connection).await);
        found.sort();
        let expected = [
            "other (id, site_id)",
            "planted (id)",
            "planted (note)",
            "planted (variant_id, site_id)",
            "planted (visitor_id, site_id)",
        ];
        assert_eq!(found, expected);
    }
}

/// The statements that distribute the schema, each table after those that it refers to.
async fn distribution(connection: &DatabaseConnection) -> Vec<String> {
    let keys = keys(connection).await;
    let mut waiting = tables(connection).await;
    let mut statements = Vec::new();
    while !waiting.is_empty() {
        let waits = |table: &String| {
            let mut targets = keys.iter().filter(|key| key.table_name == *table).filter_map(|key| key.target.as_ref());
            targets.any(|target| waiting.contains(target))
        };
        let ready: Vec<String> = waiting.iter().filter(|table| !waits(table)).cloned().collect();
        assert!(!ready.is_empty(), "tables refer to each other in a circle: {waiting:?}");
        waiting.retain(|table| !ready.contains(table));
        statements.extend(ready.iter().map(|table| match table.as_str() {
            table if OF_NO_SITE.contains(&table) => format!("SELECT create_reference_table('{table}');"),
            "sites" => "SELECT create_distributed_table('sites', 'id');".to_owned(),
            table => format!("SELECT create_distributed_table('{table}', 'site_id', colocate_with => 'sites');"),
        }));
    }
    statements
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_distributes_every_table_of_the_schema() {
    for (_database, connection) in both().await {
        let told: Vec<&str> =
            GUIDE.lines().filter(|line| line.contains("create_") && line.starts_with("SELECT")).collect();
        assert_eq!(told, distribution(&connection).await, "docs/scale.md");
    }
}
