//! As much of an HTTP/1.1 answer as a load generator must understand: its status and where it ends.

use crate::failure::{Failure, Outcome};

/// The end of an answer's head.
const HEAD_END: &[u8] = b"\r\n\r\n";
/// The one header that matters, in the spelling of every server that is measured here.
const LENGTH: &[u8] = b"content-length:";

/// An answer whose head has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Status code.
    pub(super) status: u16,
    /// Bytes before the body.
    pub(super) length: usize,
    /// Bytes of the body.
    pub(super) body: usize,
}

/// The head, once it is there whole.
///
/// # Errors
/// When this is no answer, or one whose end cannot be told without more work.
pub(super) fn head(bytes: &[u8]) -> Outcome<Option<Head>> {
    let Some(end) = find(bytes, HEAD_END) else { return Ok(None) };
    let text = bytes.get(..end).unwrap_or_default();
    let unreadable = || Failure::new(format!("no answer of HTTP/1.1: {}", String::from_utf8_lossy(text)));
    let status = text.strip_prefix(b"HTTP/1.1 ").and_then(|rest| number(rest.get(..3)?)).ok_or_else(unreadable)?;
    let length = text.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(LENGTH.len())?;
        name.eq_ignore_ascii_case(LENGTH).then(|| number(value.trim_ascii()))?
    });
    let body = length.ok_or_else(unreadable)?;
    Ok(Some(Head { status: u16::try_from(status)?, length: end + HEAD_END.len(), body }))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() -> Outcome {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nContent-Length: 12\r\n\r\nhello, world";
        for part in 0..answer.len() - 12 {
            assert_eq!(head(&answer[..part])?, None, "{part} bytes");
        }
        let expected = Head { status: 200, length: answer.len() - 12, body: 12 };
        assert_eq!(head(answer)?, Some(expected));
        Ok(())
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for wrong in [
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
            "HTTP/1.1 abc\r\ncontent-length: 0\r\n\r\n",
            "SSH-2.0\r\n\r\n",
        ] {
            assert!(head(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
