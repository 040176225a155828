//! Running programs and telling how far things are.

use crate::failure::{About, Failure, Outcome};
use crate::signals::ProgramGuard;
use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How often a step that is silent says that it is still running.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// What a program printed, both streams in the order in which lines came.
pub(crate) struct Printed {
    /// Whether it exited with 0.
    pub(crate) success: bool,
    /// Its lines.
    pub(crate) lines: Vec<String>,
}

/// A command without the settings of a running installation, so that nobody's shell changes a build or a test.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let ours = text.starts_with("EVOLOOP_") || text.starts_with("LEPTOS_");
        // Set by `cargo run` for this tool alone; build scripts and tests would take them for their own.
        let of_this_run = text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO";
        if ours || of_this_run {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// A command that another program runs, with the same settings in the same folder.
pub(crate) fn under(program: &[String], inner: &Command) -> Command {
    let (outer, arguments) = program.split_first().map_or(("env", &[] as &[String]), |(outer, rest)| (outer, rest));
    let mut command = self::command(outer);
    command.args(arguments).arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = inner.get_current_dir() {
        command.current_dir(folder);
    }
    command
}

/// Cargo in the project's folder.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = command("cargo");
    cargo.current_dir(root);
    cargo
}

/// Says what begins, does it, and says how long it took.
pub(crate) fn step<T>(title: &str, action: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    println!("==> {title}");
    let begun = Instant::now();
    let (ended, wait) = mpsc::channel::<()>();
    let name = title.to_owned();
    let heartbeat = thread::spawn(move || {
        while wait.recv_timeout(HEARTBEAT) == Err(mpsc::RecvTimeoutError::Timeout) {
            println!("    … {name}: {} so far", elapsed(begun.elapsed()));
        }
    });
    let outcome = action();
    drop(ended);
    // The thread only prints; it cannot fail in a way that matters.
    let _ = heartbeat.join();
    let word = if outcome.is_ok() { "done" } else { "failed" };
    println!("    {title}: {word} in {}", elapsed(begun.elapsed()));
    outcome
}

/// A duration for people.
pub(crate) fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// Runs a program that shows its own output; any exit code but 0 is a failure.
pub(crate) fn go(command: &mut Command) -> Outcome {
    let status = wait(command)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{}` ended with {status}", describe(command)))) }
}

/// As [`go`], and nothing is shown unless it fails.
pub(crate) fn go_quietly(command: &mut Command) -> Outcome {
    let printed = gather(command, false)?;
    if printed.success {
        return Ok(());
    }
    println!("{}", printed.lines.join("\n"));
    Err(Failure::new(format!("`{}` failed; its output is above", describe(command))))
}

/// Standard output of a program that must succeed, without the last line break.
pub(crate) fn text(command: &mut Command) -> Outcome<String> {
    let described = describe(command);
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().about(&described)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!("`{described}` ended with {}: {}", output.status, complaint.trim_end())))
}

/// Whether a program can be run and exits with 0; shows nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a program, shows its lines as they come and keeps them.
pub(crate) fn tee(command: &mut Command) -> Outcome<Printed> {
    gather(command, true)
}

/// Starts a program that goes on beside this one.
pub(crate) fn start(command: &mut Command, signal: &'static str) -> Outcome<(Child, ProgramGuard)> {
    let child = command.spawn().about(describe(command))?;
    let guard = ProgramGuard::new(child.id(), signal);
    Ok((child, guard))
}

/// The first program of this name on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// PATH with folders in front of it.
pub(crate) fn path_with(folders: &[PathBuf]) -> Outcome<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(folders.iter().cloned().chain(env::split_paths(&rest))).about("PATH")
}

/// A command line as a person would type it.
pub(crate) fn describe(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        // Writing to a String cannot fail.
        let _ = write!(line, " {}", argument.to_string_lossy());
    }
    line
}

fn wait(command: &mut Command) -> Outcome<ExitStatus> {
    let (mut child, _guard) = start(command, "TERM")?;
    child.wait().about(describe(command))
}

fn gather(command: &mut Command, show: bool) -> Outcome<Printed> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, _guard) = start(command, "TERM")?;
    let (sender, receiver) = mpsc::channel();
    if let Some(stream) = child.stdout.take() {
        forward(stream, sender.clone());
    }
    if let Some(stream) = child.stderr.take() {
        forward(stream, sender.clone());
    }
    drop(sender);
    let mut lines = Vec::new();
    for line in receiver {
        if show {
            println!("{line}");
        }
        lines.push(line);
    }
    let status = child.wait().about(describe(command))?;
    Ok(Printed { success: status.success(), lines })
}

fn forward(stream: impl Read + Send + 'static, lines: mpsc::Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if lines.send(line).is_err() {
                return;
            }
        }
    });
}
