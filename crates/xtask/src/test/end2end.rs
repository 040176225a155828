//! The user's whole path in a real browser, against the real server on an empty database.

use super::suite::{Environment, Suites};
use super::totals::Totals;
use crate::evoloop::{self, Server};
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::{shell, tools};

/// Starts the server that the Rust tests have built, runs Playwright, and stops the server so that it can write what it measured.
pub(super) fn run(project: &Project, environment: &Environment, suites: &mut Suites) -> Outcome {
    let chromium = tools::chromium()?;
    // The very same binary: another one would be measured without being reported.
    let binary = evoloop::binary(project, "dev", &project.web()?.bin_target);
    if !binary.is_file() {
        return Err(Failure::new("there is no server to test, because the Rust tests were not built"));
    }
    let mut settings = environment.to_vec();
    // The customers' pages of the tests are served on loopback, which the fetcher refuses otherwise.
    settings.push(("EVOLOOP_ALLOW_PRIVATE_HOSTS", "127.0.0.1,localhost".to_owned()));
    let server = Server::start(project, &binary, &settings, |_| Ok(()))?;
    let mut playwright = shell::command(tools::node_tool(project, "playwright")?);
    playwright.current_dir(project.root.join("end2end")).arg("test");
    playwright.env("EVOLOOP_E2E_URL", server.url()).env("CHROMIUM", chromium).env("EVOLOOP_E2E_BINARY", &binary);
    let tests = || {
        let mut printed = shell::tee(&mut playwright)?;
        if !printed.success {
            println!("the server's last lines:\n{}", server.log_tail(40));
        }
        // A server that cannot end in good order is a failure of the suite too.
        if let Err(failure) = server.stop() {
            println!("{failure}");
            printed.success = false;
        }
        Ok(printed)
    };
    suites.run("end to end in Chromium", tests, Totals::of_playwright)
}
