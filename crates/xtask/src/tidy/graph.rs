//! Which crate may depend on which: the architecture as a table.

use super::Finding;
use crate::failure::{About, Outcome};
use crate::project::Project;
use crate::shell;
use serde::Deserialize;

/// The project's crates and those of them that each may use. `testkit` may be used by every crate's tests.
const EDGES: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("bandit", &[]),
    ("page", &["domain"]),
    ("tower-evoloop", &["domain", "page"]),
    ("fuzz", &["domain", "page"]),
    ("migrations", &[]),
    ("store", &["domain", "migrations"]),
    ("service", &["bandit", "domain", "page", "store"]),
    ("outbound", &["domain", "service"]),
    ("app", &["bandit", "domain", "service"]),
    ("frontend", &["app"]),
    ("server", &["app", "bandit", "domain", "migrations", "outbound", "page", "service", "store", "tower-evoloop"]),
    ("testkit", &["bandit", "domain", "migrations", "outbound", "page", "service", "store"]),
    ("xtask", &[]),
    // A crate that is not in this table may use none, so a new one is a decision that changes the table.
    ("", &[]),
];

/// Libraries with one home, by the crates that may name them as a dependency.
const HOMES: [(&str, &[&str]); 7] = [
    ("sea-orm", &["store"]),
    ("sqlx", &["store"]),
    ("sea-orm-migration", &["migrations", "store"]),
    ("reqwest", &["outbound"]),
    ("leptos", &["app", "frontend", "server"]),
    ("leptos_axum", &["app", "server"]),
    ("argon2", &["service"]),
];

#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Clone, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    optional: bool,
}

/// Asks Cargo and compares.
pub(super) fn check(project: &Project) -> Outcome<Vec<Finding>> {
    let printed = shell::text(shell::cargo(&project.root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    Ok(findings(&serde_json::from_str(&printed).about("cargo metadata")?))
}

fn findings(metadata: &Metadata) -> Vec<Finding> {
    let names: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let place = format!("crate {}", package.name);
        let allowed =
            EDGES.iter().find(|(name, _)| *name == package.name).map_or(&[] as &[&str], |(_, allowed)| *allowed);
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let for_tests = dependency.kind.as_deref() == Some("dev") && name == "testkit";
            if names.contains(&name) && !allowed.contains(&name) && !for_tests {
                findings.push(Finding::new(
                    "crate-edges",
                    &place,
                    format!("it may not depend on {name}; see ARCHITECTURE.md"),
                ));
            }
            if package.name == "app" && name == "service" && !dependency.optional {
                findings.push(Finding::new("crate-edges", &place, "service must be optional, for the server alone"));
            }
            if HOMES.iter().any(|(library, homes)| *library == name && !homes.contains(&package.name.as_str())) {
                findings.push(Finding::new(
                    "library-homes",
                    &place,
                    format!("{name} has another home; see ARCHITECTURE.md"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(package: &str, dependency: &str, kind: Option<&str>, optional: bool) -> usize {
        let of = |name: &str, dependencies| Package { name: name.to_owned(), dependencies };
        let dependency = Dependency { name: dependency.to_owned(), kind: kind.map(str::to_owned), optional };
        let mut packages: Vec<Package> =
            EDGES.iter().filter(|(name, _)| *name != package).map(|(name, _)| of(name, Vec::new())).collect();
        packages.push(of(package, vec![dependency]));
        findings(&Metadata { packages }).len()
    }

    #[test]
    fn arrows_point_one_way() {
        let cases = [
            ("store", "domain", None, false, 0),
            ("domain", "store", None, false, 1),
            ("service", "outbound", None, false, 1),
            ("outbound", "store", None, false, 1),
            ("app", "service", None, true, 0),
            ("app", "service", None, false, 1),
            ("service", "testkit", Some("dev"), false, 0),
            ("service", "testkit", None, false, 1),
            ("domain", "bandit", Some("dev"), false, 1),
            ("unheard-of", "domain", None, false, 1),
            ("domain", "serde", None, false, 0),
            ("service", "sea-orm", None, false, 1),
            ("server", "reqwest", Some("dev"), false, 1),
            ("outbound", "reqwest", None, false, 0),
        ];
        for (package, dependency, kind, optional, expected) in cases {
            assert_eq!(found(package, dependency, kind, optional), expected, "{package} -> {dependency}");
        }
    }
}
