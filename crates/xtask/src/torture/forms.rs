//! Forms as a browser sends them, one connection each.

use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A whole answer as it came.
pub(crate) struct Answer(pub(crate) String);

impl Answer {
    /// Whether it is a 200.
    pub(crate) fn is_good(&self) -> bool {
        self.0.starts_with("HTTP/1.1 200")
    }

    /// The session that it gives.
    pub(crate) fn cookie(&self) -> Outcome<String> {
        let lines = self.0.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let pair = lines.and_then(|line| line.split(';').next());
        pair.map(str::to_owned).ok_or_else(|| Failure::new(format!("no session was given: {}", self.0)))
    }
}

/// What it says.
pub(crate) fn json(answer: &Answer) -> Outcome<Value> {
    let body = answer.0.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    serde_json::from_str(body).about(&answer.0)
}

/// Sends a form as a browser does, or asks for a path.
pub(crate) fn ask(replica: &Server, method: &str, path: &str, cookie: &str, form: &str) -> Outcome<Answer> {
    let address = replica.address();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let length = form.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\naccept: application/json\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\ncookie: {cookie}\r\n\r\n{form}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(Answer(String::from_utf8_lossy(&answer).into_owned()))
}
