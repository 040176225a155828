//! The real local language model, for the tests that run when somebody has set it up.

use std::io::Result;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// A running local model; its process ends when this is dropped.
pub struct RealLlm {
    base_url: String,
    /// Kept for its end: the process is killed by its id.
    _process: Child,
}

impl RealLlm {
    /// The base URL to set.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

/// Starts the local model when it is set up in `~/.cache/evoloop-llm`; otherwise says in one line
/// that the test `test` is skipped, and gives `None`.
///
/// # Errors
/// When the model is set up but does not start.
pub async fn real_llm(test: &str) -> Result<Option<RealLlm>> {
    let Some(folder) = folder() else {
        say(&format!("SKIPPED {test}: no local model in ~/.cache/evoloop-llm"));
        return Ok(None);
    };
    let port = TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port();
    let mut process = Command::new("node")
        .arg(folder.join("server.mjs"))
        .arg(port.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let output = process.stdout.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    // The line is printed once requests are taken; the end of the output means that it never will.
    let started = BufReader::new(output).lines().next_line().await?;
    if started.is_none_or(|line| !line.starts_with("listening")) {
        return Err(std::io::Error::other("the local model did not start"));
    }
    say(&format!("RUNNING {test} on the local model"));
    let base_url = format!("http://127.0.0.1:{port}/v1");
    Ok(Some(RealLlm { base_url, _process: process }))
}

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("HOME")?).join(".cache/evoloop-llm");
    folder.join("model.gguf").is_file().then_some(folder)
}

/// Prints a line that is seen although the test passes, because the harness captures only what goes
/// through the print macros.
pub fn say(line: &str) {
    use std::io::Write;
    // Nobody to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}
