//! A page on a disk.

use outbound::charset::{Declaration, decode};
use page::Stylesheet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Most bytes of a page or style sheet that are read.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// A page that was read from a file, and where its assets stand.
pub(super) struct LocalPage {
    /// Its text.
    pub(super) html: String,
    folder: PathBuf,
    root: Option<PathBuf>,
}

impl LocalPage {
    /// Reads the file.
    pub(super) fn open(file: &Path, root: Option<&Path>) -> io::Result<Self> {
        let html = decode(&bytes(file)?, None, Declaration::Meta, None);
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { html, folder, root: root.map(Path::to_owned) })
    }

    /// The style sheet that a link of the page means, if it is on the disk.
    pub(super) fn stylesheet(&self, reference: &str) -> Option<Stylesheet> {
        let read = |path: &Path| Some(decode(&bytes(path).ok()?, None, Declaration::AtCharset, None));
        let path = self.path(&self.folder, reference)?;
        let own = read(&path)?;
        let folder = path.parent().unwrap_or(&self.folder);
        let imports = page::stylesheet_imports(&own);
        let mut text: String = imports.iter().filter_map(|reference| read(&self.path(folder, reference)?)).collect();
        text.push_str(&own);
        Some(Stylesheet { url: None, text })
    }

    /// A reference to another host means no file, and neither does one that leaves the root.
    fn path(&self, folder: &Path, reference: &str) -> Option<PathBuf> {
        let bare = reference.split(['?', '#']).next().unwrap_or_default();
        if bare.is_empty() || bare.starts_with("//") || has_scheme(bare) {
            return None;
        }
        let name = decoded(bare);
        let path = match name.strip_prefix('/') {
            Some(below) => self.root.as_ref()?.join(below.trim_start_matches('/')),
            None => folder.join(name),
        };
        let path = fs::canonicalize(path).ok()?;
        match &self.root {
            Some(root) => path.starts_with(fs::canonicalize(root).ok()?).then_some(path),
            None => Some(path),
        }
    }
}

/// Reads a regular file; a device or pipe would have no end.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("this is no file"));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// With `%20` and the like resolved.
fn decoded(reference: &str) -> String {
    percent_encoding::percent_decode_str(reference).decode_utf8_lossy().into_owned()
}
