//! Small programs of the project that measure or prepare something without the server.

use crate::failure::{About, Failure, Outcome};
use crate::shell;
use crate::signals::ProgramGuard;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// Arguments for Cargo that build them beside the server, so that all share the same libraries.
pub(super) const BUILD: [&str; 10] = [
    "--package",
    "store",
    "--example",
    "record_events",
    "--example",
    "fill_events",
    "--package",
    "service",
    "--example",
    "update_statistics",
];

/// Where Cargo puts them, as seen from the server's binary.
pub(super) fn path(server: &Path, name: &str) -> PathBuf {
    server.with_file_name("examples").join(name)
}

/// A running program that is told what to do line by line, and answers likewise. It ends with its input.
pub(super) struct Program {
    child: Child,
    _guard: ProgramGuard,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    name: String,
}

impl Program {
    /// Starts it with its task.
    pub(super) fn start(path: &Path, task: &Value) -> Outcome<Self> {
        let mut command = shell::command(path);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let (mut child, guard) = shell::start(&mut command, "TERM")?;
        let name = path.display().to_string();
        let output = child.stdout.take().ok_or_else(|| Failure::new("a program without output"))?;
        let input = child.stdin.take();
        let mut program = Self { child, _guard: guard, input, output: BufReader::new(output), name };
        program.say(&task.to_string())?;
        Ok(program)
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a line.
    pub(super) fn say(&mut self, line: &str) -> Outcome {
        let input = self.input.as_mut().ok_or_else(|| Failure::new("the program's input has ended"))?;
        writeln!(input, "{line}").about(&self.name)
    }

    /// Waits for a line.
    pub(super) fn hear(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.output.read_line(&mut line).about(&self.name)?;
        if line.is_empty() { Err(Failure::new(format!("{} ended too early", self.name))) } else { Ok(line) }
    }

    /// Waits for a line of JSON.
    pub(super) fn hear_json<T: DeserializeOwned>(&mut self) -> Outcome<T> {
        let line = self.hear()?;
        serde_json::from_str(&line).about(&self.name)
    }

    /// Ends its input and waits until it has ended well.
    pub(super) fn end(mut self) -> Outcome {
        drop(self.input.take());
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("{} ended with {status}", self.name))) }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_program_hears_and_answers() -> Outcome {
        // `cat` says what it hears.
        let mut cat = Program::start(Path::new("cat"), &json!({ "events": 3 }))?;
        assert_eq!(cat.hear_json::<Value>()?["events"], 3);
        cat.say("go")?;
        assert_eq!(cat.hear()?, "go\n");
        cat.end()?;
        let mut silent = Program::start(Path::new("cat"), &json!({}))?;
        silent.hear()?;
        drop(silent.input.take());
        assert!(silent.hear().is_err(), "it ended without an answer");
        Ok(())
    }
}
