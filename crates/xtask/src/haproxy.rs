//! HAProxy for one run of a test: with the recommended configuration, in a folder of its own, gone at the end.

use crate::evoloop;
use crate::failure::{About, Failure, Outcome};
use crate::postgres;
use crate::project::Project;
use crate::shell;
use crate::signals::{FolderGuard, ProgramGuard};
use crate::tools;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Where the configuration is that is recommended, from the project's root.
const RECOMMENDED: &str = "docs/haproxy.cfg";
/// The addresses in it.
const FRONT: &str = "bind :80\n";
const REPLICAS: [&str; 3] = ["10.0.0.11:3000", "10.0.0.12:3000", "10.0.0.13:3000"];
const START: Duration = Duration::from_secs(30);

/// A running proxy.
pub(crate) struct Haproxy {
    child: Child,
    // Fields are dropped in this order: the program is forgotten before its folder is removed.
    _guard: ProgramGuard,
    _folder: FolderGuard,
}

impl Haproxy {
    /// Starts it at an address in front of three replicas and waits until it has one to send requests to.
    /// `changes` are texts of the configuration and what takes their place.
    pub(crate) fn start(
        project: &Project,
        address: SocketAddr,
        replicas: [SocketAddr; 3],
        changes: &[(&str, &str)],
    ) -> Outcome<Self> {
        let program = tools::haproxy()?;
        let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-haproxy-").tempdir()?.keep());
        let recommended = project.root.join(RECOMMENDED);
        let mut text = fs::read_to_string(&recommended).about(recommended.display())?;
        let mut change = |from: &str, to: &str| {
            if !text.contains(from) {
                return Err(Failure::new(format!("{RECOMMENDED} does not hold `{from}`")));
            }
            text = text.replace(from, to);
            Ok(())
        };
        change(FRONT, &format!("bind {address}\n"))?;
        for (from, to) in REPLICAS.iter().zip(replicas) {
            change(from, &to.to_string())?;
        }
        for (from, to) in changes {
            change(from, to)?;
        }
        let configuration = folder.path().join("haproxy.cfg");
        fs::write(&configuration, text)?;
        let log = folder.path().join("haproxy.log");
        let file = File::create(&log).about(log.display())?;
        let mut command = postgres::unprivileged(&program, folder.path())?;
        command.arg("-db").arg("-f").arg(&configuration);
        command.stdout(Stdio::from(file.try_clone()?)).stderr(Stdio::from(file));
        let (mut child, guard) = shell::start(&mut command, "TERM")?;
        let deadline = Instant::now() + START;
        while !evoloop::is_healthy(address) {
            let ended = child.try_wait()?;
            if ended.is_some() || Instant::now() > deadline {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(Failure::new(format!("HAProxy does not answer ({ended:?}):\n{said}")));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { child, _guard: guard, _folder: folder })
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
