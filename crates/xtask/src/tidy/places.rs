//! What may stand in one place only.

use super::Finding;
use super::tree::{File, Tree};

/// The dashboard's code does not know whether it is compiled for the server or the browser, but for two files.
pub(super) fn features_of_app(tree: &Tree) -> Vec<Finding> {
    let gates = ["app/src/lib.rs", "app/src/platform.rs"];
    let others = |file: &&File| file.is_in("app/src/") && !gates.contains(&file.path.as_str());
    let gated = |file: &File| {
        find(file, &["feature =", "feature="], "features-of-app", "gate in app/src/lib.rs or app/src/platform.rs")
    };
    tree.rust().filter(others).flat_map(gated).collect()
}

/// Settings are read once, in one file.
pub(super) fn environment(tree: &Tree) -> Vec<Finding> {
    let may = |file: &File| {
        let tools = file.is_in("crates/xtask/") || file.is_in("crates/testkit/");
        let own_tests = file.is_in("server/src/config/") && file.is_test();
        tools || own_tests || file.path == "server/src/config.rs" || file.path.ends_with("/build.rs")
    };
    let words = ["std::env", "env::var", "env::vars", "env::args"];
    outside(tree, may, &words, "environment", "only server/src/config.rs reads the environment")
}

/// SQL has one home.
pub(super) fn databases(tree: &Tree) -> Vec<Finding> {
    let store = |file: &File| file.is_in("crates/store/");
    // Schema changes reach the rest through `sea_orm_migration`; that they do nothing else is the crate graph's rule.
    let migrations = |file: &File| file.is_in("crates/store/") || file.is_in("migrations/");
    let mut findings = outside(tree, store, &["sqlx"], "databases", "ask crates/store");
    findings.extend(outside(tree, migrations, &["sea_orm", "sea_query"], "databases", "ask crates/store"));
    findings.extend(outside(
        tree,
        migrations,
        &["sea_orm_migration"],
        "databases",
        "schema changes stand in migrations/",
    ));
    findings
}

/// HTTP to the outside has one home.
pub(super) fn http_client(tree: &Tree) -> Vec<Finding> {
    outside(tree, |file| file.is_in("crates/outbound/"), &["reqwest"], "http-client", "use a port of crates/outbound")
}

/// Rows of the database are not written to the wire.
pub(super) fn entities(tree: &Tree) -> Vec<Finding> {
    let words = ["Serialize", "Deserialize"];
    let entities = tree.rust().filter(|file| file.is_in("crates/store/src/entity"));
    entities
        .flat_map(|file| find(file, &words, "entities", "rows become domain types first; derive it there"))
        .collect()
}

/// Tests with a database or fakes are integration tests, so that they use what everybody uses.
pub(super) fn testkit(tree: &Tree) -> Vec<Finding> {
    let may = |file: &File| file.path.contains("/tests/it/") || file.is_in("crates/testkit/");
    outside(tree, may, &["testkit"], "testkit", "tests that use testkit stand in tests/it/")
}

/// The words in Rust files outside of those that may have them. This tool's own tables are no use of them.
fn outside(tree: &Tree, may: impl Fn(&File) -> bool, words: &[&str], rule: &'static str, why: &str) -> Vec<Finding> {
    tree.rust()
        .filter(|file| !may(file) && !file.is_in("crates/xtask/"))
        .flat_map(|file| find(file, words, rule, why))
        .collect()
}

fn find(file: &File, words: &[&str], rule: &'static str, why: &str) -> Vec<Finding> {
    let mut offsets: Vec<(usize, &str)> =
        words.iter().flat_map(|word| file.words(word).into_iter().map(move |at| (at, *word))).collect();
    offsets.sort_unstable();
    // `std::env::var` is one place, not two.
    offsets.dedup_by_key(|(offset, _)| file.place(*offset));
    offsets
        .into_iter()
        .map(|(offset, word)| Finding::new(rule, file.place(offset), format!("`{word}`: {why}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::*;

    #[test]
    fn each_rule_can_fail() {
        let cases: [(Rule, &str, &str, usize); 22] = [
            (features_of_app, "app/src/site/page.rs", "#[cfg(feature = \"ssr\")]\nmod a;", 1),
            (features_of_app, "app/src/site/page.rs", "#[cfg_attr(not(feature=\"ssr\"), x)]", 1),
            (features_of_app, "app/src/lib.rs", "#[cfg(feature = \"ssr\")]", 0),
            (features_of_app, "server/src/a.rs", "#[cfg(feature = \"ssr\")]", 0),
            (features_of_app, "app/src/a.rs", "// cfg(feature = \"ssr\")", 0),
            (environment, "server/src/router.rs", "let a = std::env::var(name);", 1),
            (environment, "server/src/config.rs", "let a = std::env::var(name);", 0),
            (environment, "app/src/a.rs", "let a = env!(\"CARGO_PKG_VERSION\");", 0),
            (databases, "crates/service/src/a.rs", "use sea_orm::Database;", 1),
            (databases, "server/src/a.rs", "sqlx::query(text)", 1),
            (databases, "migrations/src/a.rs", "use sea_orm_migration::prelude::*;", 0),
            (databases, "crates/service/src/a.rs", "use sea_orm_migration::prelude::*;", 1),
            (databases, "crates/store/src/a.rs", "use sea_orm::Database;", 0),
            (http_client, "server/src/a.rs", "reqwest::get(url)", 1),
            (http_client, "crates/outbound/src/a.rs", "reqwest::get(url)", 0),
            (http_client, "server/src/a.rs", "// reqwest stands elsewhere", 0),
            (entities, "crates/store/src/entity/users.rs", "#[derive(Clone, Serialize)]", 1),
            (entities, "crates/store/src/rows.rs", "#[derive(Clone, Serialize)]", 0),
            (testkit, "crates/service/src/a.rs", "use testkit::TestDatabase;", 1),
            (testkit, "crates/service/tests/other.rs", "use testkit::TestDatabase;", 1),
            (testkit, "crates/service/tests/it/sites.rs", "use testkit::TestDatabase;", 0),
            (testkit, "crates/testkit/src/lib.rs", "use testkit::TestDatabase;", 0),
        ];
        for (rule, path, text, expected) in cases {
            let found = rule(&Tree::of(path, text));
            assert_eq!(found.len(), expected, "{path}: {text}: {found:?}");
        }
    }
}
