//! The files of the project as text.

use super::code;
use crate::failure::Outcome;
use crate::project::Project;
use crate::shell;
use std::fs;

/// A file that git knows or would take.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Below the root, with forward slashes.
    pub(super) path: String,
    /// As it stands; empty when it is not text.
    pub(super) text: String,
    /// For Rust: the text with blanks in place of comments and of what strings hold, byte for byte.
    pub(super) code: String,
}

/// All files.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// Reads the working copy, without what git ignores.
    pub(super) fn load(project: &Project) -> Outcome<Self> {
        let mut git = shell::command("git");
        git.current_dir(&project.root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = shell::text(&mut git)?;
        let mut tree = Self::default();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file that git still lists may be gone from the working copy.
            if let Ok(bytes) = fs::read(project.root.join(path)) {
                tree.add(path, &String::from_utf8(bytes).unwrap_or_default());
            }
        }
        Ok(tree)
    }

    /// A tree of one made-up file.
    #[cfg(test)]
    pub(super) fn of(path: &str, text: &str) -> Self {
        let mut tree = Self::default();
        tree.add(path, text);
        tree
    }

    /// Adds a file.
    pub(super) fn add(&mut self, path: &str, text: &str) {
        let code = if has_ending(path, "rs") { code::only(text) } else { text.to_owned() };
        self.files.push(File { path: path.to_owned(), text: text.to_owned(), code });
    }

    /// Every file.
    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Rust files.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files().filter(|file| has_ending(&file.path, "rs"))
    }

    /// The text of one file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

impl File {
    /// Whether it stands in a folder, given with a slash at the end.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Whether it is a test of the kind that stands beside a crate's `src`, or a `tests` module.
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// `path:line` of a byte of the text.
    pub(super) fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or_default();
        format!("{}:{}", self.path, before.matches('\n').count() + 1)
    }

    /// Where words stand in the code, not as a part of longer words.
    pub(super) fn words(&self, word: &str) -> Vec<usize> {
        let part = |character: char| character.is_alphanumeric() || character == '_';
        let whole = |offset: usize| {
            let before = self.code.get(..offset).and_then(|text| text.chars().next_back());
            let after = self.code.get(offset + word.len()..).and_then(|text| text.chars().next());
            let longer_before = word.starts_with(part) && before.is_some_and(part);
            let longer_after = word.ends_with(part) && after.is_some_and(part);
            !longer_before && !longer_after
        };
        self.code.match_indices(word).map(|(offset, _)| offset).filter(|offset| whole(*offset)).collect()
    }
}

/// Whether a path has this ending after a dot.
pub(super) fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == ending)
}
