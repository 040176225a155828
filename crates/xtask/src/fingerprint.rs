//! Tells whether files changed.

use crate::failure::{About, Outcome};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A fingerprint of files and of everything in folders; what does not exist counts as empty.
pub(crate) fn hash_of(paths: &[&Path]) -> Outcome<String> {
    let mut hasher = Sha256::new();
    for path in paths {
        add(&mut hasher, path)?;
    }
    let mut text = String::new();
    for byte in hasher.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn add(hasher: &mut Sha256, path: &Path) -> Outcome {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path).about(path.display())?.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            hasher.update(entry.to_string_lossy().as_bytes());
            add(hasher, &entry)?;
        }
    } else if path.is_file() {
        hasher.update(fs::read(path).about(path.display())?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_sees_content_and_names() -> Outcome {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("a"), "1")?;
        let first = hash_of(&[folder.path()])?;
        fs::write(folder.path().join("a"), "2")?;
        let second = hash_of(&[folder.path()])?;
        fs::rename(folder.path().join("a"), folder.path().join("b"))?;
        let third = hash_of(&[folder.path()])?;
        assert_ne!(first, second);
        assert_ne!(second, third);
        Ok(())
    }
}
