//! `evoloop serve`

use super::{CliError, print};
use crate::config::{Flags, Settings};
use crate::listen::StopSignal;
use crate::running::{Running, bind};
use crate::wiring::Changes;
use std::process::ExitCode;

pub(super) async fn run(flags: &Flags) -> Result<ExitCode, CliError> {
    let stop = StopSignal::listen()?;
    let settings = Settings::load(flags)?;
    let (listener, address) = bind(settings.addr).await?;
    let running = Running::start(&settings, listener, address, Changes::default(), None).await?;
    print::line(&format!("Evoloop listens on http://{address}; open {}", running.public_url));
    stop.received().await;
    print::note("Stopping.");
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}
