//! The product's binary: built, started for a test, stopped in good order.

use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::shell;
use crate::signals::{self, FolderGuard, ProgramGuard};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(60);
/// How long a server may take to stop after SIGTERM.
const STOP: Duration = Duration::from_secs(30);
/// Between two questions whether it answers; how long it took to start is measured this finely.
const POLL: Duration = Duration::from_millis(10);

/// Builds the binary with a profile of Cargo's and gives its path. `environment` is for the compiler.
pub(crate) fn build(project: &Project, profile: &str, environment: &[(&str, String)]) -> Outcome<PathBuf> {
    build_as(project, profile, environment, &[])
}

/// The same with more arguments for Cargo.
pub(crate) fn build_with(project: &Project, profile: &str, arguments: &[&str]) -> Outcome<PathBuf> {
    build_as(project, profile, &[], arguments)
}

fn build_as(project: &Project, profile: &str, environment: &[(&str, String)], arguments: &[&str]) -> Outcome<PathBuf> {
    let web = project.web()?;
    shell::step("building the server", || {
        let mut cargo = shell::cargo(&project.root);
        cargo.args(["build", "--package", &web.bin_package, "--bin", &web.bin_target, "--profile", profile]);
        shell::go(cargo.args(arguments).envs(environment.iter().cloned()))
    })?;
    Ok(binary(project, profile, &web.bin_target))
}

/// Where Cargo puts the binary of a profile.
pub(crate) fn binary(project: &Project, profile: &str, name: &str) -> PathBuf {
    project.target.join(if profile == "dev" { "debug" } else { profile }).join(name)
}

/// A server of its own: fresh database, free port, ended with the value.
pub(crate) struct Server {
    child: Child,
    // Fields are dropped in this order: the program is forgotten before its folder is removed.
    guard: ProgramGuard,
    address: SocketAddr,
    url: String,
    log: PathBuf,
    invocation: Invocation,
    folder: FolderGuard,
}

/// How the binary is called, always with the same settings.
struct Invocation {
    binary: PathBuf,
    root: PathBuf,
    settings: Vec<(&'static str, String)>,
    /// Program and arguments that run the server, and only the server.
    under: Vec<String>,
}

impl Invocation {
    fn serve(&self) -> Command {
        let server = self.command(&["serve"]);
        if self.under.is_empty() { server } else { shell::under(&self.under, &server) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = shell::command(&self.binary);
        command.current_dir(&self.root).args(arguments).envs(self.settings.iter().cloned());
        command
    }
}

impl Server {
    /// Starts `evoloop serve` on an empty SQLite file and waits until it answers. `prepare` may fill the file first.
    pub(crate) fn start(
        project: &Project,
        binary: &Path,
        environment: &[(&'static str, String)],
        prepare: impl FnOnce(&dyn Fn(&[&str]) -> Command) -> Outcome,
    ) -> Outcome<Self> {
        Self::start_under(project, binary, environment, Vec::new(), prepare)
    }

    /// The same with another program that runs the server, and in the end becomes it.
    pub(crate) fn start_under(
        project: &Project,
        binary: &Path,
        environment: &[(&'static str, String)],
        under: Vec<String>,
        prepare: impl FnOnce(&dyn Fn(&[&str]) -> Command) -> Outcome,
    ) -> Outcome<Self> {
        let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-server-").tempdir()?.keep());
        let address = free_address()?;
        let url = format!("http://{address}");
        let site_root = project.root.join(project.web()?.site_root);
        let mut settings = vec![
            ("EVOLOOP_ADDR", address.to_string()),
            ("EVOLOOP_PUBLIC_URL", url.clone()),
            ("EVOLOOP_DATA_DIR", folder.path().display().to_string()),
            ("EVOLOOP_DATABASE_URL", format!("sqlite:{}?mode=rwc", folder.path().join("evoloop.db").display())),
        ];
        // What needs no pages runs before the web files are built.
        if site_root.is_dir() {
            settings.push(("EVOLOOP_SITE_ROOT", site_root.display().to_string()));
        }
        settings.extend(environment.iter().cloned());
        let invocation = Invocation { binary: binary.to_owned(), root: project.root.clone(), settings, under };
        prepare(&|arguments| invocation.command(arguments))?;
        let log = folder.path().join("server.log");
        let (child, guard) = launch(&invocation, &log)?;
        let mut server = Self { child, guard, address, url, log, invocation, folder };
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// Another command on the same data.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.invocation.command(arguments)
    }

    /// Ends it without warning.
    pub(crate) fn kill(&mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again on the data that is left.
    pub(crate) fn restart(&mut self) -> Outcome {
        (self.child, self.guard) = launch(&self.invocation, &self.log)?;
        self.wait_until_it_answers()
    }

    /// Whether its process is still the one that was started.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it answers, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The folder of its database, unless the environment named another.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The last lines of its log.
    pub(crate) fn log_tail(&self, lines: usize) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let all: Vec<&str> = text.lines().collect();
        all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
    }

    /// Asks it to end and waits; an exit code but 0, or none in time, is a failure.
    pub(crate) fn stop(mut self) -> Outcome {
        signals::send(self.child.id(), "TERM");
        let deadline = Instant::now() + STOP;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                let complaint =
                    || Failure::new(format!("the server ended with {status} after SIGTERM:\n{}", self.log_tail(20)));
                return if status.success() { Ok(()) } else { Err(complaint()) };
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(Failure::new(format!("the server did not stop within {} s of SIGTERM", STOP.as_secs())))
    }

    fn wait_until_it_answers(&mut self) -> Outcome {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Err(Failure::new(format!("the server ended with {status}:\n{}", self.log_tail(20))));
            }
            if is_healthy(self.address) {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err(Failure::new(format!("the server did not answer within {} s:\n{}", START.as_secs(), self.log_tail(20))))
    }
}

fn launch(invocation: &Invocation, log: &Path) -> Outcome<(Child, ProgramGuard)> {
    let file = File::options().create(true).append(true).open(log).about(log.display())?;
    let mut command = invocation.serve();
    command.stdout(Stdio::from(file.try_clone()?)).stderr(Stdio::from(file));
    shell::start(&mut command, "TERM")
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on loopback that nobody listens on at this moment.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET /v1/health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}
