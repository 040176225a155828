//! Being asked to stop, and the stages of doing so.

use std::io;
use tokio_util::sync::CancellationToken;

/// How far a process is on its way to its end.
#[derive(Debug, Clone, Default)]
pub struct Stages {
    /// It still takes requests, and tells proxies to send no more.
    pub draining: CancellationToken,
    /// It takes no more requests and ends those it has.
    pub stopping: CancellationToken,
}

/// The wish of the operator or the system that the process ends.
pub(crate) struct StopSignal {
    asked: CancellationToken,
}

impl StopSignal {
    /// From here on a signal is noticed; before, it would end the process at once. So this comes first of all.
    pub(crate) fn listen() -> io::Result<Self> {
        let asked = CancellationToken::new();
        let noticed = asked.clone();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            tokio::spawn(async move {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                noticed.cancel();
            });
        }
        #[cfg(not(unix))]
        tokio::spawn(async move {
            drop(tokio::signal::ctrl_c().await);
            noticed.cancel();
        });
        Ok(Self { asked })
    }

    /// Resolves when the process should end.
    pub(crate) async fn received(&self) {
        self.asked.cancelled().await;
    }
}
