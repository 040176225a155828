//! Pictures of a page as files.

use domain::PageModel;
use service::ports::Screenshot;
use std::path::Path;
use std::{fs, io};

/// Writes `WIDTH.webp` for each picture, or the drawing `schematic.svg` when there is none.
pub(super) fn store(folder: &Path, pictures: &[Screenshot], model: &PageModel) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if pictures.is_empty() {
        return fs::write(folder.join("schematic.svg"), page::schematic(model));
    }
    for picture in pictures {
        fs::write(folder.join(format!("{}.webp", picture.width)), &picture.webp)?;
    }
    Ok(())
}
