//! One run of Chromium: its own profile, environment and process group, all gone at the end.

use super::memory::MemoryWatch;
use super::pipe::{Broken, Pipe};
use super::{BrowserSettings, flags};
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The browser speaks on the descriptors 3 and 4, which a shell makes of its input and output, and
/// what it says otherwise goes into a file. So no port is open for others to drive it.
const SCRIPT: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>"$0""#;
/// Last bytes of what it said that are logged.
const SAID: usize = 600;

/// A running browser.
pub(super) struct Process {
    running: Option<Running>,
    pipe: Option<Pipe>,
}

struct Running {
    child: Child,
    group: Option<Pid>,
    memory: MemoryWatch,
    profile: TempDir,
}

/// How a run ended.
pub(super) struct End {
    pub(super) used_too_much_memory: bool,
    /// Whether it ever answered.
    pub(super) has_answered: bool,
    /// The end of what it said, for the log.
    pub(super) said: String,
}

impl Process {
    pub(super) fn start(settings: &BrowserSettings, user_agent: &str, filter: SocketAddr) -> io::Result<Self> {
        let profile = TempDir::with_prefix_in("evoloop-browser-", &settings.folder)?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT]).arg(log_file(profile.path())).arg(&settings.program);
        command.args(flags::all(settings, user_agent, filter, profile.path()));
        // The server's environment holds secrets, and proxies that are not ours.
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
        for name in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, profile.path());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.current_dir(profile.path()).process_group(0).kill_on_drop(true);
        if !settings.program.is_file() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no such program"));
        }
        let mut child = command.spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let pipe = child.stdin.take().zip(child.stdout.take()).map(|(input, output)| Pipe::new(input, output));
        let memory = MemoryWatch::start(group, settings.max_memory_mib);
        Ok(Self { running: Some(Running { child, group, memory, profile }), pipe })
    }

    pub(super) fn pipe(&mut self) -> Result<&mut Pipe, Broken> {
        self.pipe.as_mut().ok_or(Broken::Gone)
    }

    /// Kills it with its children, and removes its profile.
    pub(super) async fn close(mut self) -> End {
        let has_answered = self.pipe.as_ref().is_some_and(Pipe::has_answered);
        let Some(running) = self.running.take() else {
            return End { used_too_much_memory: false, has_answered, said: String::new() };
        };
        let used_too_much_memory = running.memory.was_too_much();
        let said = said(running.profile.path());
        running.end().await;
        End { used_too_much_memory, has_answered, said }
    }
}

impl Drop for Process {
    /// A visit that nobody waits for any more ends as well.
    fn drop(&mut self) {
        if let (Some(running), Ok(runtime)) = (self.running.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(running.end());
        }
    }
}

impl Running {
    async fn end(mut self) {
        kill(self.group);
        // An error means that it is not ours to wait for any more.
        let _ = self.child.wait().await;
        // Its children write until they notice, and a folder that is written to is not removed.
        for _ in 0..50 {
            kill(self.group);
            match std::fs::remove_dir_all(self.profile.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
                _ => return,
            }
        }
        tracing::warn!(folder = %self.profile.path().display(), "browser's profile cannot be removed");
    }
}

/// Kills every process of a group; one that is gone already is no error.
pub(super) fn kill(group: Option<Pid>) {
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

fn log_file(profile: &Path) -> std::path::PathBuf {
    profile.join("said.log")
}

fn said(profile: &Path) -> String {
    let bytes = std::fs::read(log_file(profile)).unwrap_or_default();
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(SAID)..]).trim().to_owned()
}
