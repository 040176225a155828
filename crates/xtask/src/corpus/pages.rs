//! A folder served on loopback, for as long as the value lives.

use crate::failure::Outcome;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Longest head of a request, in bytes.
const LONGEST_HEAD: u64 = 16 * 1024;
/// How long a client may keep the server waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// One site on a port of its own. It answers one request at a time.
pub(super) struct FileServer {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FileServer {
    /// Serves what is below `root`.
    pub(super) fn start(root: PathBuf) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if flag.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away harms nobody but itself.
                let _ = stream.and_then(|stream| answer(stream, &root));
            }
        });
        Ok(Self { address, ended, thread: Some(thread) })
    }

    /// The address of a file below the root.
    pub(super) fn address_of(&self, file: &Path) -> String {
        let steps: Vec<String> = file.iter().map(|step| encoded(&step.to_string_lossy())).collect();
        format!("http://{}/{}", self.address, steps.join("/"))
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees the flag.
        drop(TcpStream::connect_timeout(&self.address, PATIENCE));
        if let Some(thread) = self.thread.take() {
            // It only serves files; how it ended does not matter any more.
            let _ = thread.join();
        }
    }
}

fn answer(stream: TcpStream, root: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new((&stream).take(LONGEST_HEAD)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let target = request.split_whitespace().nth(1).unwrap_or("/");
    let file = below(root, target).and_then(|path| Some((kind(&path), fs::read(path).ok()?)));
    let (status, kind, body) = match file {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let length = body.len();
    let mut stream = &stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)?;
    stream.flush()
}

/// The file that a request means; none outside of the root.
fn below(root: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let relative = PathBuf::from(decoded(path.trim_start_matches('/'))?);
    let inside = relative.components().all(|step| matches!(step, Component::Normal(_)));
    let file = root.join(relative);
    let file = if file.is_dir() { file.join("index.html") } else { file };
    inside.then_some(file)
}

/// The media type by the name's end. Pages say their encoding themselves.
fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase().as_str() {
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        _ => "application/octet-stream",
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn get(server: &FileServer, target: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn serves_what_is_below_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        fs::create_dir_all(site.join("a b")).unwrap();
        fs::write(site.join("a b/index.html"), "<h1>here</h1>").unwrap();
        fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        let server = FileServer::start(site).unwrap();
        let address = server.address_of(Path::new("a b/index.html"));
        assert!(address.ends_with("/a%20b/index.html"), "{address}");
        for target in ["/a%20b/index.html", "/a%20b/?x=1", "/a%20b/index.html#top"] {
            let answer = get(&server, target);
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"), "{answer}");
            assert!(answer.ends_with("<h1>here</h1>"), "{answer}");
        }
        for target in ["/none.html", "/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/%zz", "/%2"] {
            assert!(get(&server, target).starts_with("HTTP/1.1 404"), "{target}");
        }
    }
}
