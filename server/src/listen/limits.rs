//! How much time and room clients get.

use std::time::Duration;

/// Most connections, on a machine that allows them.
const MOST_CONNECTIONS: usize = 4_096;
/// Files and connections that the process needs for itself: the database, pages that are read, the log.
const OWN_FILES: usize = 128;
/// What a system allows that does not say so.
const USUAL_FILES: usize = 1_024;

/// Bounds on what clients can take from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the head of a request; a connection without a request is closed after the same time.
    pub head: Duration,
    /// For the whole body of a request.
    pub body: Duration,
    /// For what is in flight when the process is asked to stop.
    pub drain: Duration,
    /// Open connections.
    pub connections: usize,
    /// Requests that are worked on at the same time.
    pub requests: usize,
}

impl Limits {
    /// Largest head of a request.
    pub(super) const HEAD_BYTES: usize = 64 * 1024;

    /// What suits this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let files = std::fs::read_to_string("/proc/self/limits").ok().and_then(|table| open_files(&table));
        let connections = files.unwrap_or(USUAL_FILES).saturating_sub(OWN_FILES).clamp(1, MOST_CONNECTIONS);
        Self { connections, ..Self::default() }
    }

    /// What suits this machine where each connection leads to one of the site's own server, and how many tunnels there
    /// is room for beside them.
    #[must_use]
    pub fn in_front() -> (Self, usize) {
        let machine = Self::of_this_machine();
        // Both have two ends.
        let pairs = (machine.connections / 2).max(2);
        let tunnels = (pairs / 4).max(1);
        (Self { connections: pairs - tunnels, ..machine }, tunnels)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(60),
            body: Duration::from_secs(15),
            drain: Duration::from_secs(10),
            connections: MOST_CONNECTIONS,
            // Twice as many as may wait for the writer of events.
            requests: 2_048,
        }
    }
}

/// The soft limit in the table that Linux gives.
fn open_files(table: &str) -> Option<usize> {
    let line = table.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, open_files};

    #[test]
    fn the_machine_says_how_many_files_may_be_open() {
        let table = |soft: &str| {
            format!(
                "Limit                     Soft Limit           Hard Limit           Units     \n\
                 Max processes             95846                95846                processes \n\
                 Max open files            {soft}                 524288               files     \n"
            )
        };
        assert_eq!(open_files(&table("1024")), Some(1024));
        assert_eq!(open_files(&table("unlimited")), Some(usize::MAX));
        assert_eq!(open_files("Max processes 1 1"), None);
        let here = Limits::of_this_machine().connections;
        assert!((1..=Limits::default().connections).contains(&here));
        let (limits, tunnels) = Limits::in_front();
        assert!((1..).contains(&tunnels) && limits.connections >= tunnels);
        assert!(2 * (limits.connections + tunnels) <= here.max(4));
    }
}
