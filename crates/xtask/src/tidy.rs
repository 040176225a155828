//! `cargo xtask tidy`: the rules of the house, checked over the whole tree.

mod builds;
mod code;
mod graph;
mod leftovers;
mod manifests;
mod places;
mod server_functions;
mod shape;
mod tree;
mod views;

use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::shell;
use std::fmt;
use tree::Tree;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    rule: &'static str,
    place: String,
    why: String,
}

impl Finding {
    fn new(rule: &'static str, place: impl Into<String>, why: impl Into<String>) -> Self {
        Self { rule, place: place.into(), why: why.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} [{}]", self.place, self.why, self.rule)
    }
}

/// A rule that needs nothing but the text of the files.
type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: [Rule; 19] = [
    shape::first_lines,
    shape::line_limits,
    shape::no_mod_rs,
    places::features_of_app,
    places::environment,
    places::databases,
    places::http_client,
    places::entities,
    places::testkit,
    server_functions::attributes,
    server_functions::bodies,
    server_functions::placement,
    views::inline_attributes,
    views::textareas,
    leftovers::disabled_tests,
    leftovers::unfinished_work,
    leftovers::generated_files,
    manifests::web_settings,
    manifests::dependencies,
];

/// Checks everything, the rules that start other programs among it.
pub(crate) fn run() -> Outcome {
    let project = Project::open()?;
    let mut findings = shell::step("tidy: files and crates", || of_tree(&project))?;
    findings.extend(builds::check(&project)?);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        number => Err(Failure::new(format!("tidy found {number} places"))),
    }
}

/// The rules that run as a test too: they only read, and ask Cargo and git.
fn of_tree(project: &Project) -> Outcome<Vec<Finding>> {
    let tree = Tree::load(project)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.extend(graph::check(project)?);
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_project_is_tidy() -> Outcome {
        let findings = of_tree(&Project::open()?)?;
        let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "\n{}", text.join("\n"));
        Ok(())
    }
}
