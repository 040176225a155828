//! Output of commands. A reader that went away, as in `evoloop ... | head`, is no failure.

use std::io::Write;

/// A line of data.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Data as it is, without a line break behind it.
pub fn text(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A line for the person at the keyboard, outside the data.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Why the command failed.
pub fn error(text: &str) {
    note(text);
}
