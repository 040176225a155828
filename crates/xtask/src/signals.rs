//! What is left to do when the command is told to stop: end the programs it started, remove its folders.

use crate::failure::{About, Outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

static LEFT: Mutex<Left> = Mutex::new(Left { programs: Vec::new(), folders: Vec::new(), files: Vec::new() });

struct Left {
    programs: Vec<(u32, &'static str)>,
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// A running program that a signal to this command also ends.
pub(crate) struct ProgramGuard(u32);

impl ProgramGuard {
    /// `signal` is what the program understands as "end in good order".
    pub(crate) fn new(id: u32, signal: &'static str) -> Self {
        left(|left| left.programs.push((id, signal)));
        Self(id)
    }
}

impl Drop for ProgramGuard {
    fn drop(&mut self) {
        left(|left| left.programs.retain(|(id, _)| *id != self.0));
    }
}

/// A folder that goes with the value, or with a signal to this command.
pub(crate) struct FolderGuard(PathBuf);

impl FolderGuard {
    /// Takes over a folder.
    pub(crate) fn new(path: PathBuf) -> Self {
        left(|left| left.folders.push(path.clone()));
        Self(path)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for FolderGuard {
    fn drop(&mut self) {
        left(|left| left.folders.retain(|path| *path != self.0));
        // A folder that is gone already is what we want.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file that gets its content back when the value goes, or with a signal to this command.
pub(crate) struct FileGuard {
    path: PathBuf,
    content: Vec<u8>,
}

impl FileGuard {
    /// Remembers the content.
    pub(crate) fn new(path: PathBuf) -> Outcome<Self> {
        let content = fs::read(&path).about(path.display())?;
        left(|left| left.files.push((path.clone(), content.clone())));
        Ok(Self { path, content })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for FileGuard {
    fn drop(&mut self) {
        left(|left| left.files.retain(|(path, _)| *path != self.path));
        if let Err(error) = fs::write(&self.path, &self.content) {
            println!("{} could not be restored: {error}", self.path.display());
        }
    }
}

/// Waits in the background for SIGINT and SIGTERM, cleans up and exits.
pub(crate) fn watch() {
    thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        if runtime.block_on(stop_asked()).is_some() {
            println!("\nstopping: ending programs and removing temporary folders");
            clean_up();
            process::exit(130);
        }
    });
}

/// Sends a signal to one program.
pub(crate) fn send(id: u32, signal: &str) {
    // It may have ended by itself; then there is nothing to do.
    let _ = Command::new("kill").args([format!("-{signal}"), id.to_string()]).stderr(process::Stdio::null()).status();
}

async fn stop_asked() -> Option<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).ok()?;
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    tokio::select! {
        received = interrupt.recv() => received,
        received = terminate.recv() => received,
    }
}

fn clean_up() {
    let (programs, folders, files) = left(|left| (left.programs.clone(), left.folders.clone(), left.files.clone()));
    for (path, content) in files {
        // There is nobody left to hear of a failure; git knows the content too.
        let _ = fs::write(path, content);
    }
    for (id, signal) in programs.iter().rev() {
        send(*id, signal);
    }
    let deadline = Instant::now() + Duration::from_secs(15);
    // The owner of each child waits for it in another thread, so an ended child leaves the process table.
    while programs.iter().any(|(id, _)| Path::new(&format!("/proc/{id}/exe")).exists()) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(50));
    }
    for folder in folders {
        let _ = fs::remove_dir_all(folder);
    }
}

fn left<T>(action: impl FnOnce(&mut Left) -> T) -> T {
    action(&mut LEFT.lock().unwrap_or_else(PoisonError::into_inner))
}
