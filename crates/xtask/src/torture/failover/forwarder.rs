//! One address for a database that moves: connections are passed on to where it is now, as a proxy in front of a
//! pair of databases does.

use crate::failure::Outcome;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Passes connections on until it is dropped.
pub(super) struct Forwarder {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    socket: PathBuf,
    open: Vec<(TcpStream, UnixStream)>,
    is_over: bool,
}

impl Forwarder {
    /// Starts on a free port of this machine.
    pub(super) fn start(socket: PathBuf) -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Mutex::new(Shared { socket, open: Vec::new(), is_over: false }));
        let its_own = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let mut shared = lock(&its_own);
                if shared.is_over {
                    return;
                }
                // A database that is away takes no connection, and the client sees its own end.
                let _ = shared.pass_on(client);
            }
        });
        Ok(Self { address, shared })
    }

    /// Where clients connect.
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Ends what is open, and passes on to another server from now on.
    pub(super) fn switch(&self, socket: PathBuf) {
        let mut shared = lock(&self.shared);
        shared.socket = socket;
        shared.end_all();
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        let mut shared = lock(&self.shared);
        shared.is_over = true;
        shared.end_all();
        drop(shared);
        // Wakes the thread that listens.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn pass_on(&mut self, client: TcpStream) -> io::Result<()> {
        let server = UnixStream::connect(&self.socket)?;
        client.set_nodelay(true)?;
        let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
        let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from_client, &mut to_server);
            let _ = to_server.shutdown(Shutdown::Both);
        });
        thread::spawn(move || {
            let _ = io::copy(&mut from_server, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
        });
        self.open.push((client, server));
        Ok(())
    }

    fn end_all(&mut self) {
        for (client, server) in self.open.drain(..) {
            // Either side may be gone already.
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
