//! Looks after the memory of a browser, whose processes no limit of the system counts together.

use super::process::kill;
use rustix::process::Pid;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_millis(200);

/// Kills a process group that takes too much memory. Where the system does not tell, the limit of
/// the browser's own heap is all there is.
pub(super) struct MemoryWatch {
    too_much: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl MemoryWatch {
    pub(super) fn start(group: Option<Pid>, limit_mib: u64) -> Self {
        let too_much = Arc::new(AtomicBool::new(false));
        let flag = too_much.clone();
        let task = tokio::spawn(async move {
            let Some(id) = group.map(|group| group.as_raw_nonzero().get()) else { return };
            loop {
                tokio::time::sleep(EVERY).await;
                let used = tokio::task::spawn_blocking(move || used_mib(id)).await.unwrap_or_default();
                if used > limit_mib {
                    tracing::warn!(used, limit_mib, "browser takes too much memory");
                    flag.store(true, Ordering::Relaxed);
                    kill(group);
                    return;
                }
            }
        });
        Self { too_much, task }
    }

    pub(super) fn was_too_much(&self) -> bool {
        self.too_much.load(Ordering::Relaxed)
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Memory that the processes of a group have for themselves, in MiB.
fn used_mib(group: i32) -> u64 {
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0 };
    let of_group = processes.flatten().filter(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // The name stands in parentheses and can hold anything; state, parent and group follow.
        let group_field = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2));
        group_field.and_then(|field| field.parse().ok()) == Some(group)
    });
    let kib: u64 = of_group
        .filter_map(|process| {
            let status = std::fs::read_to_string(process.path().join("status")).ok()?;
            let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
            own.split_whitespace().next()?.parse::<u64>().ok()
        })
        .sum();
    kib / 1_024
}
