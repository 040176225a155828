//! How files look: short, with a first line that says what they are.

use super::Finding;
use super::tree::{Tree, has_ending};

/// Entry files only say what there is.
const ENTRY_LINES: usize = 60;
/// A file that a person reads in one sitting.
const FILE_LINES: usize = 400;

/// Every Rust file begins with what it is for.
pub(super) fn first_lines(tree: &Tree) -> Vec<Finding> {
    let silent = tree.rust().filter(|file| !file.text.starts_with("//! "));
    silent
        .map(|file| Finding::new("first-line", &file.path, "the first line must be `//!` and what the file is for"))
        .collect()
}

/// Files are short.
pub(super) fn line_limits(tree: &Tree) -> Vec<Finding> {
    let counted = tree.files().filter(|file| has_ending(&file.path, "rs") || has_ending(&file.path, "ts"));
    let over = counted.filter_map(|file| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let test = file.is_test();
        let limit = if !test && matches!(name, "lib.rs" | "main.rs") { ENTRY_LINES } else { FILE_LINES };
        let lines = file.text.lines().count();
        (lines > limit).then(|| Finding::new("line-limit", &file.path, format!("{lines} lines, the limit is {limit}")))
    });
    over.collect()
}

/// A module is `name.rs` beside a folder `name`.
pub(super) fn no_mod_rs(tree: &Tree) -> Vec<Finding> {
    let named = tree.rust().filter(|file| file.path.ends_with("/mod.rs"));
    named
        .map(|file| Finding::new("no-mod-rs", &file.path, "name the file after its module, beside the module's folder"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_can_fail() {
        assert_eq!(first_lines(&Tree::of("app/src/a.rs", "use b;\n")).len(), 1);
        assert_eq!(first_lines(&Tree::of("app/src/a.rs", "//! A.\n")).len(), 0);
        assert_eq!(no_mod_rs(&Tree::of("app/src/a/mod.rs", "//! A.\n")).len(), 1);
        assert_eq!(no_mod_rs(&Tree::of("app/src/a.rs", "//! A.\n")).len(), 0);
    }

    #[test]
    fn limits_depend_on_the_file() {
        let cases = [
            ("app/src/lib.rs", 60, 0),
            ("app/src/lib.rs", 61, 1),
            ("server/src/main.rs", 61, 1),
            ("app/src/a.rs", 400, 0),
            ("app/src/a.rs", 401, 1),
            ("snippet/src/a.ts", 401, 1),
            ("app/tests/it/main.rs", 61, 0),
            ("style/a.css", 401, 0),
        ];
        for (path, lines, expected) in cases {
            assert_eq!(line_limits(&Tree::of(path, &"x\n".repeat(lines))).len(), expected, "{path} {lines}");
        }
    }
}
