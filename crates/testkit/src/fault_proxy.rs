//! A network that fails on demand: a small proxy between a client and what it talks to.
//!
//! What it holds back is kept, as the system would keep it, and flows when the fault is over.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

/// What is wrong with the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    /// Nothing.
    None,
    /// Everything comes so much later, each way.
    Delay(Duration),
    /// One byte, then this wait, each way.
    Trickle(Duration),
    /// An answer breaks off in its middle, and the connection is reset.
    Reset,
    /// Connections are taken, and nothing goes either way.
    BlackHole,
    /// Questions get through, answers do not.
    HalfOpen,
}

impl NetworkFault {
    fn holds(self, way: Way) -> bool {
        self == Self::BlackHole || (self == Self::HalfOpen && way == Way::Answer)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Question,
    Answer,
}

/// What the proxy stands in front of.
#[derive(Debug, Clone)]
enum Upstream {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A running proxy; it ends, with all its connections, when it is dropped.
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<NetworkFault>,
    open: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl FaultProxy {
    /// A proxy in front of a TCP address.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn before(upstream: SocketAddr) -> io::Result<Self> {
        Self::start(Upstream::Tcp(upstream)).await
    }

    /// A proxy in front of the Postgres server of an address, and that address through the proxy.
    ///
    /// # Errors
    /// When the address cannot be read, or no port can be had.
    pub async fn before_postgres(url: &str) -> io::Result<(Self, String)> {
        let unreadable = || io::Error::new(io::ErrorKind::InvalidInput, "not an address of a Postgres server");
        let mut url = Url::parse(url).map_err(|_| unreadable())?;
        let port = url.port().unwrap_or(5432);
        let folder = url.query_pairs().find(|(name, _)| name == "host").map(|(_, folder)| folder.into_owned());
        let upstream = match folder {
            Some(folder) => Upstream::Unix(PathBuf::from(folder).join(format!(".s.PGSQL.{port}"))),
            None => {
                let host = url.host_str().ok_or_else(unreadable)?;
                Upstream::Tcp(tokio::net::lookup_host((host, port)).await?.next().ok_or_else(unreadable)?)
            }
        };
        let proxy = Self::start(upstream).await?;
        url.set_query(None);
        url.set_host(Some("127.0.0.1")).map_err(|_| unreadable())?;
        url.set_port(Some(proxy.address.port())).map_err(|()| unreadable())?;
        Ok((proxy, url.into()))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what is wrong, at once and for all connections.
    pub fn set(&self, fault: NetworkFault) {
        self.fault.send_replace(fault);
    }

    /// Connections that are open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.open.load(Ordering::Acquire)
    }

    async fn start(upstream: Upstream) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (fault, seen) = watch::channel(NetworkFault::None);
        let open = Arc::<AtomicUsize>::default();
        let counter = open.clone();
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => {
                        let (upstream, seen, open) = (upstream.clone(), seen.clone(), Open::new(&counter));
                        connections.spawn(async move {
                            let _open = open;
                            // Either side may break off; that is what this is for.
                            let _ = connect(client, upstream, seen).await;
                        });
                    }
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Ok(Self { address, fault, open, accepting })
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One open connection, counted while the value lives.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(counter: &Arc<AtomicUsize>) -> Self {
        counter.fetch_add(1, Ordering::AcqRel);
        Self(counter.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

async fn connect(client: TcpStream, upstream: Upstream, fault: watch::Receiver<NetworkFault>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (questions, mut answers) = client.into_split();
    let ended = match upstream {
        Upstream::Tcp(address) => {
            let (read, write) = TcpStream::connect(address).await?.into_split();
            both(questions, &mut answers, read, write, fault).await
        }
        Upstream::Unix(path) => {
            let (read, write) = UnixStream::connect(path).await?.into_split();
            both(questions, &mut answers, read, write, fault).await
        }
    };
    if ended.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset) {
        answers.as_ref().set_zero_linger()?;
        // Only a dropped half that is forgotten closes without saying goodbye.
        answers.forget();
    }
    ended
}

/// The connection ends with the first side that ends.
async fn both(
    questions: impl AsyncRead + Unpin,
    answers: &mut (impl AsyncWrite + Unpin),
    read: impl AsyncRead + Unpin,
    write: impl AsyncWrite + Unpin,
    fault: watch::Receiver<NetworkFault>,
) -> io::Result<()> {
    let mut write = write;
    tokio::select! {
        ended = pump(Way::Question, questions, &mut write, fault.clone()) => ended,
        ended = pump(Way::Answer, read, answers, fault) => ended,
    }
}

async fn pump(
    way: Way,
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    mut fault: watch::Receiver<NetworkFault>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            let held = fault.wait_for(|fault| !fault.holds(way)).await;
            let now = *held.map_err(|_| io::ErrorKind::BrokenPipe)?;
            let (part, pause) = match now {
                NetworkFault::Reset if way == Way::Answer => {
                    to.write_all(&rest[..rest.len() / 2]).await?;
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
                NetworkFault::Trickle(pause) => (1, pause),
                NetworkFault::Delay(pause) => (rest.len(), pause),
                _ => (rest.len(), Duration::ZERO),
            };
            // A fault that is over holds nothing back any more.
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = fault.wait_for(|fault| *fault != now) => continue,
            }
            to.write_all(&rest[..part]).await?;
            rest = &rest[part..];
        }
    }
}
