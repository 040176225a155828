//! Answers that come word by word, as server-sent events.

use super::answer::{ChunkChoice, Completed, ProviderError, Usage, provider_failure};
use super::bad;
use serde::Deserialize;
use service::ports::WriteError;

/// Largest text of an answer, in bytes.
const MOST_TEXT: usize = 256 * 1024;

/// One event of the stream.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<ChunkChoice>,
    usage: Option<Usage>,
    error: Option<ProviderError>,
}

/// An answer as far as it has come.
#[derive(Default)]
pub(super) struct Stream {
    /// Bytes of a line that is not whole.
    line: Vec<u8>,
    completed: Completed,
    is_done: bool,
}

impl Stream {
    /// Takes what came over the network, wherever it was cut.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        for byte in bytes {
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                self.event(&line)?;
            } else {
                self.line.push(*byte);
            }
        }
        if self.line.len() > MOST_TEXT || self.completed.content.len() > MOST_TEXT {
            return Err(bad("it is larger than 256 KiB"));
        }
        Ok(())
    }

    /// Characters so far.
    pub(super) fn characters(&self) -> usize {
        self.completed.content.chars().count()
    }

    /// The tokens and the cost that were told.
    pub(super) fn usage(&self) -> Usage {
        self.completed.usage
    }

    /// The whole answer.
    pub(super) fn end(mut self) -> Result<Completed, WriteError> {
        let line = std::mem::take(&mut self.line);
        self.event(&line)?;
        if !self.is_done && self.completed.finish_reason.is_none() {
            return Err(bad("it was cut off"));
        }
        Ok(self.completed)
    }

    /// One line; those that hold no data are comments and names, which say nothing.
    fn event(&mut self, line: &[u8]) -> Result<(), WriteError> {
        let line = std::str::from_utf8(line).map_err(|_| bad("it is not text"))?.trim();
        let Some(data) = line.strip_prefix("data:").map(str::trim).filter(|data| !data.is_empty()) else {
            return Ok(());
        };
        if data == "[DONE]" {
            self.is_done = true;
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_str(data).map_err(|_| bad("it is not a stream of a chat completion"))?;
        if let Some(error) = chunk.error {
            return Err(provider_failure(&error));
        }
        if let Some(usage) = chunk.usage {
            self.completed.usage = usage;
        }
        if let Some(choice) = chunk.choices.into_iter().next() {
            self.completed.content.push_str(choice.delta.content.as_deref().unwrap_or_default());
            self.completed.is_refused |= choice.delta.refusal.is_some_and(|reason| !reason.trim().is_empty());
            self.completed.finish_reason = choice.finish_reason.or(self.completed.finish_reason.take());
        }
        Ok(())
    }
}
