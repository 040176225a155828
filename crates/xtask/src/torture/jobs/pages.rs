//! Pages on loopback that take their time.

use crate::failure::Outcome;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Longest time until a page answers, in milliseconds.
const SLOWEST_MS: usize = 120;
const STEP_MS: usize = 37;

/// The page that the tests of the service read, too.
const PAGE: &str = include_str!("../../../../testkit/src/kettle.html");

/// Serves the same page at every path, for as long as this program runs.
pub(super) struct Pages {
    address: SocketAddr,
    served: Arc<AtomicUsize>,
}

impl Pages {
    pub(super) fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let served = Arc::<AtomicUsize>::default();
        let counted = served.clone();
        thread::spawn(move || {
            for reader in listener.incoming().flatten() {
                let counted = counted.clone();
                // A server that was killed reads no answer, which is what this is about.
                thread::spawn(move || drop(answer(reader, &counted)));
            }
        });
        Ok(Self { address, served })
    }

    /// Host and port.
    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Pages that were read.
    pub(super) fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }
}

fn answer(stream: TcpStream, counted: &AtomicUsize) -> Outcome {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let asked = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut stream = stream;
    // Robots have nothing to obey here.
    if !asked.contains("/page-") {
        write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
        return Ok(());
    }
    let number = counted.fetch_add(1, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(u64::try_from(number * STEP_MS % SLOWEST_MS)?));
    let length = PAGE.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{PAGE}"
    )?;
    Ok(())
}
