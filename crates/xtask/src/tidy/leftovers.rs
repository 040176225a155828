//! Nothing unfinished, nothing switched off, nothing generated in the repository.

use super::Finding;
use super::tree::{File, Tree, has_ending};

/// A test that does not run is no test.
pub(super) fn disabled_tests(tree: &Tree) -> Vec<Finding> {
    let rust = ["#[ignore", "#[should_panic"];
    let script = [
        "test.skip",
        "test.only",
        "test.fixme",
        "test.todo",
        "it.skip",
        "it.only",
        "describe.skip",
        "describe.only",
        "test.fail(",
    ];
    let of_kind = |file: &File| if has_ending(&file.path, "rs") { rust.as_slice() } else { script.as_slice() };
    let searched = tree.files().filter(|file| has_ending(&file.path, "rs") || is_script(file));
    searched
        .flat_map(|file| {
            found(file, &file.code, of_kind(file), "disabled-test", "every test runs, and says what it expects")
        })
        .collect()
}

/// Work is done or stands in an issue.
pub(super) fn unfinished_work(tree: &Tree) -> Vec<Finding> {
    // Put together here, so that this file does not find itself.
    let notes = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let macros = ["todo!", "unimplemented!"];
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| {
        is_script(file) || ["rs", "css", "md", "toml"].iter().any(|ending| has_ending(&file.path, ending))
    }) {
        findings.extend(found(file, &file.text, &notes, "unfinished", "finish it or write an issue"));
        if has_ending(&file.path, "rs") {
            findings.extend(found(file, &file.code, &macros, "unfinished", "finish it or write an issue"));
        }
    }
    findings
}

/// What programs write while they run does not belong to the sources.
pub(super) fn generated_files(tree: &Tree) -> Vec<Finding> {
    let endings = ["db", "db-wal", "db-shm", "sqlite", "profraw", "log", "DS_Store"];
    let folders = ["node_modules/", "target/", "test-results/", "playwright-report/"];
    let generated = |file: &&File| {
        endings.iter().any(|ending| has_ending(&file.path, ending))
            || folders.iter().any(|folder| file.path.contains(folder))
    };
    tree.files()
        .filter(generated)
        .map(|file| Finding::new("generated", &file.path, "add it to .gitignore and remove it from git"))
        .collect()
}

fn is_script(file: &File) -> bool {
    ["ts", "js", "mjs"].iter().any(|ending| has_ending(&file.path, ending))
}

fn found(file: &File, text: &str, words: &[&str], rule: &'static str, why: &str) -> Vec<Finding> {
    let of_word = |word: &&str| -> Vec<Finding> {
        text.match_indices(*word)
            .map(|(at, word)| Finding::new(rule, file.place(at), format!("`{word}`: {why}")))
            .collect()
    };
    words.iter().flat_map(of_word).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::*;

    #[test]
    fn each_rule_can_fail() {
        let note = concat!("// TO", "DO: later");
        let cases: [(Rule, &str, &str, usize); 12] = [
            (disabled_tests, "app/tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}", 1),
            (disabled_tests, "app/tests/it/a.rs", "// #[ignore]", 0),
            (disabled_tests, "end2end/tests/a.spec.ts", "test.skip('x', () => {});", 1),
            (disabled_tests, "end2end/tests/a.spec.ts", "test('x', () => {});", 0),
            (disabled_tests, "snippet/tests/a.test.ts", "describe.only('x')", 1),
            (unfinished_work, "app/src/a.rs", "todo!()", 1),
            (unfinished_work, "app/src/a.rs", note, 1),
            (unfinished_work, "end2end/a.ts", note, 1),
            (unfinished_work, "README.md", "All done.", 0),
            (generated_files, "data/evoloop.db", "", 1),
            (generated_files, "end2end/test-results/a.png", "", 1),
            (generated_files, "app/src/a.rs", "", 0),
        ];
        for (rule, path, text, expected) in cases {
            assert_eq!(rule(&Tree::of(path, text)).len(), expected, "{path}: {text}");
        }
    }
}
