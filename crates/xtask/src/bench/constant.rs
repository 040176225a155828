//! The ceiling of every HTTP server of this kind: a route that always answers the same bytes.
//!
//! It accepts and serves connections with the settings of server/src/listen.rs, on as many threads, in a
//! process of its own.

use crate::failure::{About, Failure, Outcome};
use crate::shell;
use crate::signals::ProgramGuard;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::Duration;
use tokio::net::TcpListener;

/// What is asked for; the query after it does not matter.
pub(super) const PATH: &str = "/v1/assign";
/// As in server/src/listen.rs.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// The process with the constant route.
pub(super) struct Constant {
    child: Child,
    _guard: ProgramGuard,
    address: SocketAddr,
}

impl Constant {
    /// Starts it; its answers have bodies of this length.
    pub(super) fn start(length: usize) -> Outcome<Self> {
        let mut command = shell::command(env::current_exe()?);
        command.args(["bench", "--constant-route", &length.to_string()]);
        // It ends when its standard input does, so it never outlives this process.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let (mut child, guard) = shell::start(&mut command, "TERM")?;
        let mut line = String::new();
        let printed = child.stdout.take().ok_or_else(|| Failure::new("the constant route has no output"))?;
        BufReader::new(printed).read_line(&mut line)?;
        let address = line.trim().parse().about("the address of the constant route")?;
        Ok(Self { child, _guard: guard, address })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The whole of that process: serves until standard input ends.
pub(super) fn run(length: usize) -> Outcome {
    println!("{}", serve_on_a_thread(length)?);
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Serves until the process ends.
pub(super) fn serve_on_a_thread(length: usize) -> Outcome<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            if let Ok(listener) = TcpListener::from_std(listener) {
                serve(listener, length).await;
            }
        });
    });
    Ok(address)
}

async fn serve(listener: TcpListener, length: usize) {
    let body: &'static str = "x".repeat(length).leak();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    let router = Router::new().route(PATH, get(move || async move { (headers, body) }));
    while let Ok((stream, _)) = listener.accept().await {
        // As in server/src/listen.rs.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        tokio::spawn(connection);
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::gather;
    use super::super::requests::Requests;
    use super::*;
    use std::sync::Arc;

    #[test]
    fn the_answer_is_as_long_as_wanted() -> Outcome {
        let mut requests = Requests::once(serve_on_a_thread(500)?);
        requests.get_path(&format!("{PATH}?site_id=a&visitor_id=b"));
        assert_eq!(gather(&Arc::new(requests), 1, |body| Ok(body.len()))?, [500]);
        Ok(())
    }
}
