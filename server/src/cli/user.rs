//! `evoloop user create EMAIL`

use super::{CliError, print};
use crate::config::Flags;
use crate::demo::generated_password;
use clap::Subcommand;
use serde_json::json;
use std::io::Read;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Create an account; its password is generated and printed once
    Create {
        /// E-mail address
        email: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let Action::Create { email, password_stdin, json: as_json } = &args.action;
    let installation = super::open(flags).await?;
    let (password, generated) = if *password_stdin { (typed()?, false) } else { (generated_password(), true) };
    let user_id = installation.service.create_user(email, &password).await?;
    let shown = generated.then_some(&password);
    if *as_json {
        print::line(&json!({ "user_id": user_id, "email": email, "password": shown }).to_string());
    } else {
        print::line(&format!("Created {email}."));
        if let Some(password) = shown {
            print::line(&format!("Password: {password}"));
        }
    }
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// One line of standard input, without its end.
fn typed() -> Result<String, CliError> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
