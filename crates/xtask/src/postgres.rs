//! A Postgres server for one run of tests: in a fresh folder, on a socket there, gone at the end.

use crate::failure::{About, Failure, Outcome};
use crate::shell;
use crate::signals::{self, FolderGuard, ProgramGuard};
use crate::tools::{self, Postgres};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Postgres's word for "stop now, in good order".
const FAST_SHUTDOWN: &str = "INT";
const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(20);

const SETTINGS: [&str; 4] =
    ["listen_addresses=", "max_connections=300", "shared_buffers=128MB", "unix_socket_permissions=0700"];
/// Quick instead of safe: nothing in the server outlives the test run.
const UNSAFE_SETTINGS: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// What the server does for data that must outlive it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing.
    None,
    /// All it does by default.
    Full,
}

/// A running server; it ends and its folder goes with the value, or with a signal to this command.
pub(crate) struct PrivatePostgres {
    child: Child,
    // Fields are dropped in this order: the program is forgotten before its folder is removed.
    guard: ProgramGuard,
    folder: FolderGuard,
    programs: Postgres,
    user: Option<User>,
    durability: Durability,
}

impl PrivatePostgres {
    /// Starts a server. As root it runs as another user, because Postgres refuses to be root.
    pub(crate) fn start(programs: Postgres, durability: Durability) -> Outcome<Self> {
        let (folder, user) = own_folder()?;
        let mut init = as_user(user.as_ref(), &programs.program("initdb"), folder.path());
        init.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(folder.path().join("data"));
        shell::go_quietly(&mut init)?;
        let (child, guard) = launch(&programs, folder.path(), user.as_ref(), durability)?;
        let mut postgres = Self { child, guard, folder, programs, user, durability };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    /// Ends it without warning, as a crash of the machine's memory would.
    pub(crate) fn kill(&mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Tells it to stop at once, without caring for its clients or its data in memory.
    pub(crate) fn stop_immediately(&mut self) -> Outcome {
        let mut stop = as_user(self.user.as_ref(), &self.programs.program("pg_ctl"), self.folder.path());
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.folder.path().join("data"));
        // It waits until the server is gone, which only this process can see of a child that ended.
        let (mut stopping, _guard) = shell::start(&mut stop, "TERM")?;
        self.child.wait()?;
        let stopped = stopping.wait()?;
        if stopped.success() { Ok(()) } else { Err(Failure::new(format!("pg_ctl ended with {stopped}"))) }
    }

    /// Starts it again on the data that is left.
    pub(crate) fn restart(&mut self) -> Outcome {
        let deadline = Instant::now() + START;
        loop {
            let (child, guard) = launch(&self.programs, self.folder.path(), self.user.as_ref(), self.durability)?;
            (self.child, self.guard) = (child, guard);
            match self.wait_until_ready() {
                Ok(()) => return Ok(()),
                // Processes of the killed server hold its shared memory for a moment.
                Err(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(200)),
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Its main process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// A copy of this server, which follows it under that name and can take its place.
    pub(crate) fn standby(&self, name: &str) -> Outcome<Self> {
        let programs = tools::postgres()?;
        let (folder, user) = own_folder()?;
        let mut copy = as_user(user.as_ref(), &programs.program("pg_basebackup"), folder.path());
        copy.args(["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync", "--dbname"])
            .arg(format!("host={} user=postgres application_name={name}", self.folder.path().display()))
            .arg("--pgdata")
            .arg(folder.path().join("data"));
        shell::go_quietly(&mut copy)?;
        let (child, guard) = launch(&programs, folder.path(), user.as_ref(), self.durability)?;
        let mut standby = Self { child, guard, folder, programs, user, durability: self.durability };
        standby.wait_until_ready()?;
        Ok(standby)
    }

    /// Makes a standby the server that is written to.
    pub(crate) fn promote(&self) -> Outcome {
        let mut promote = as_user(self.user.as_ref(), &self.programs.program("pg_ctl"), self.folder.path());
        promote.args(["promote", "--wait", "--silent", "--pgdata"]).arg(self.folder.path().join("data"));
        shell::go_quietly(&mut promote)
    }

    /// What it answers to a statement.
    pub(crate) fn ask(&self, statement: &str) -> Outcome<String> {
        let mut psql = shell::command(self.programs.program("psql"));
        psql.args(["-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"]).arg(self.folder.path());
        shell::text(psql.args(["-c", statement]))
    }

    /// Changes one of its settings while it runs.
    pub(crate) fn set(&self, name: &str, value: &str) -> Outcome {
        self.ask(&format!("ALTER SYSTEM SET {name} = '{value}'"))?;
        self.ask("SELECT pg_reload_conf()").map(|_| ())
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// Its address, for clients that read libpq's form.
    pub(crate) fn url(&self) -> String {
        let folder = self.folder.path().to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@localhost/postgres?host={folder}")
    }

    fn wait_until_ready(&mut self) -> Outcome {
        let log = log_file(self.folder.path());
        let deadline = Instant::now() + START;
        let failed =
            |why: String| Failure::new(format!("Postgres {why}:\n{}", fs::read_to_string(&log).unwrap_or_default()));
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Err(failed(format!("ended with {status}")));
            }
            let mut ask = shell::command(self.programs.program("pg_isready"));
            if shell::succeeds(ask.arg("-q").arg("-h").arg(self.folder.path()).args(["-U", "postgres"])) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(failed(format!("was not ready within {} s", START.as_secs())))
    }
}

/// A fresh folder, and the user whom it belongs to if this command must not run the server itself.
fn own_folder() -> Outcome<(FolderGuard, Option<User>)> {
    let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-postgres-").tempdir()?.keep());
    let user = if tools::is_root()? { Some(unprivileged_user()?) } else { None };
    if let Some(user) = &user {
        shell::go(shell::command("chown").arg(&user.name).arg(folder.path()))?;
    }
    Ok((folder, user))
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

fn launch(
    programs: &Postgres,
    folder: &Path,
    user: Option<&User>,
    durability: Durability,
) -> Outcome<(Child, ProgramGuard)> {
    let log = log_file(folder);
    let file = fs::File::create(&log).about(log.display())?;
    let mut server = as_user(user, &programs.program("postgres"), folder);
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    let quick: &[&str] = if durability == Durability::None { &UNSAFE_SETTINGS } else { &[] };
    for setting in SETTINGS.iter().chain(quick) {
        server.args(["-c", setting]);
    }
    server.stdout(Stdio::from(file.try_clone()?)).stderr(Stdio::from(file));
    shell::start(&mut server, FAST_SHUTDOWN)
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        signals::send(self.child.id(), FAST_SHUTDOWN);
        let deadline = Instant::now() + STOP;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // Nothing in it is worth keeping.
        signals::send(self.child.id(), "QUIT");
        let _ = self.child.wait();
    }
}

/// A program that any user may run, as one who may do little, when this command may do everything.
pub(crate) fn unprivileged(program: &Path, folder: &Path) -> Outcome<Command> {
    let user = if tools::is_root()? { Some(unprivileged_user()?) } else { None };
    if let Some(user) = &user {
        shell::go(shell::command("chown").arg("-R").arg(&user.name).arg(folder))?;
    }
    Ok(as_user(user.as_ref(), program, folder))
}

struct User {
    name: String,
    group: String,
}

fn unprivileged_user() -> Outcome<User> {
    let group_of = |name: &str| shell::text(shell::command("id").args(["-gn", name])).ok();
    let found = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some(User { name: name.to_owned(), group: group_of(name)? }));
    found.ok_or_else(|| {
        Failure::new("neither of the users postgres and nobody exists; run the tests as an ordinary user")
    })
}

/// A program of Postgres as that user, which ends when this command dies without a chance to clean up.
fn as_user(user: Option<&User>, program: &Path, folder: &Path) -> Command {
    let mut command = shell::command("setpriv");
    command.current_dir(folder).env("HOME", folder);
    if let Some(user) = user {
        command.args(["--reuid", &user.name, "--regid", &user.group, "--clear-groups"]);
    }
    command.args(["--pdeathsig", FAST_SHUTDOWN, "--"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_answers_and_leaves_nothing_behind() -> Outcome {
        let programs = tools::postgres()?;
        let postgres = PrivatePostgres::start(tools::postgres()?, Durability::None)?;
        let folder = postgres.folder.path().to_owned();
        let psql = || {
            let mut psql = shell::command(programs.program("psql"));
            psql.args(["-tA", "-U", "postgres", "-h"]).arg(&folder).args(["-c", "show listen_addresses"]);
            psql
        };
        assert_eq!(shell::text(&mut psql())?, "", "no TCP");
        assert!(postgres.url().starts_with("postgres://postgres@localhost/postgres?host=%2F"));
        drop(postgres);
        assert!(!folder.exists());
        assert!(!shell::succeeds(&mut psql()));
        Ok(())
    }
}
