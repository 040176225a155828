//! Settings: read once, checked before a port is bound.
//!
//! Each setting comes from the first of these that has it: a flag, the environment
//! (`EVOLOOP_*`), `evoloop.toml`, the built-in default. This file is the only place of the
//! product that looks at the environment.

mod browser;
mod images;
mod language_model;
mod paths;
mod secret_key;
mod site_files;
mod sources;

use ipnet::IpNet;
use leptos::config::LeptosOptions;
use outbound::browser::BrowserSettings;
use outbound::fetcher::AllowedPrivateHosts;
use outbound::llm::LlmSettings;
use outbound::llm::images::ImageSettings;
use secrecy::SecretSlice;
use service::{PublicPaths, Quota};
use sources::Sources;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::DatabaseUrl;
use url::{Host, Url};

/// Settings that can be given as flags; text as typed, checked by [`Settings::load`].
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// File with settings [env: EVOLOOP_CONFIG] [default: evoloop.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address to listen on [env: EVOLOOP_ADDR] [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "IP:PORT")]
    pub addr: Option<String>,
    /// sqlite:PATH or postgres://... [env: EVOLOOP_DATABASE_URL] [default: a file in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where the embedded database and its key are kept [env: EVOLOOP_DATA_DIR] [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Where browsers reach this installation [env: EVOLOOP_PUBLIC_URL] [default: http:// and the address]
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// Base address of an OpenAI-compatible language model [env: EVOLOOP_LLM_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub llm_base_url: Option<String>,
    /// Name of the language model [env: EVOLOOP_LLM_MODEL]
    #[arg(long, global = true, value_name = "NAME")]
    pub llm_model: Option<String>,
    /// Seconds that the language model gets for an answer [env: EVOLOOP_LLM_TIMEOUT] [default: 180]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub llm_timeout: Option<String>,
    /// Private hosts that may be read, by commas [env: EVOLOOP_ALLOW_PRIVATE_HOSTS]
    #[arg(long, global = true, value_name = "HOSTS")]
    pub allow_private_hosts: Option<String>,
    /// Path of Chromium, for pages that need their scripts and for pictures [env: EVOLOOP_CHROMIUM] [default: none]
    #[arg(long, global = true, value_name = "PATH")]
    pub chromium: Option<String>,
    /// `off` where Chromium's sandbox cannot work, as in most containers [env: EVOLOOP_CHROMIUM_SANDBOX] [default: on]
    #[arg(long, global = true, value_name = "on|off")]
    pub chromium_sandbox: Option<String>,
    /// Requests a second and address on /v1, 0 for no limit [env: EVOLOOP_V1_RATE_LIMIT] [default: 0]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub v1_rate_limit: Option<String>,
    /// Events a second that one site may send, 0 for no limit [env: EVOLOOP_SITE_EVENT_LIMIT] [default: 0]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub site_event_limit: Option<String>,
    /// MiB that the pictures of a site may take [env: EVOLOOP_SITE_PICTURES_MIB] [default: 64]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub site_pictures_mib: Option<String>,
    /// MiB that the pictures of all sites of an account may take [env: EVOLOOP_ACCOUNT_PICTURES_MIB] [default: 512]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub account_pictures_mib: Option<String>,
    /// Days that raw events, calls of the model and rejected drafts are kept, 0 for ever [env: EVOLOOP_KEEP_EVENTS_DAYS] [default: 90]
    #[arg(long, global = true, value_name = "DAYS")]
    pub keep_events_days: Option<String>,
    /// Further names of public paths, like `event=/x/e`; of script, assign, event, forget [env: EVOLOOP_PATHS] [default: none]
    #[arg(long, global = true, value_name = "NAMES")]
    pub paths: Option<String>,
    /// Address and port of the page for Prometheus, of no public network [env: EVOLOOP_METRICS_ADDR] [default: none]
    #[arg(long, global = true, value_name = "IP:PORT")]
    pub metrics_addr: Option<String>,
    /// Milliseconds of still serving after SIGTERM, for proxies to notice [env: EVOLOOP_DRAIN_DELAY_MS] [default: 0]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub drain_delay_ms: Option<String>,
    /// Seconds until another process takes over a job of a silent one [env: EVOLOOP_JOB_LEASE] [default: 60]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub job_lease: Option<String>,
    /// Most tries of a job [env: EVOLOOP_JOB_ATTEMPTS] [default: 4]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub job_attempts: Option<String>,
    /// Networks of reverse proxies whose X-Forwarded-For is believed [env: EVOLOOP_TRUSTED_PROXIES]
    #[arg(long, global = true, value_name = "NETWORKS")]
    pub trusted_proxies: Option<String>,
    /// Folder of the built web files [env: EVOLOOP_SITE_ROOT] [default: as in Leptos.toml]
    #[arg(long, global = true, value_name = "DIR")]
    pub site_root: Option<String>,
}

/// The settings of one process.
#[derive(Clone)]
pub struct Settings {
    /// Address to listen on; port 0 lets the system choose one.
    pub addr: SocketAddr,
    /// The database.
    pub database: DatabaseUrl,
    /// Where the embedded database and the generated key are kept.
    pub data_dir: PathBuf,
    /// Where browsers reach the installation: scheme, host and port. `None` means the bound address.
    pub public_url: Option<Url>,
    /// The key from which all others are derived.
    pub secret_key: SecretSlice<u8>,
    /// The language model; without one the built-in playbook writes.
    pub language_model: Option<LlmSettings>,
    /// The maker of images; none unless a model for it is named.
    pub images: Option<ImageSettings>,
    /// How pages are read.
    pub reading: Reading,
    /// Requests a second and address on `/v1`; 0 means no limit.
    pub v1_rate_limit: u32,
    /// Events a second that one site may send to this process; 0 means no limit.
    pub site_event_limit: u32,
    /// How many bytes of pictures a site and an account may have.
    pub asset_quota: Quota,
    /// Further names of the paths that customers' pages ask.
    pub paths: PublicPaths,
    /// Days that raw events are kept; for ever when absent.
    pub keep_events_days: Option<u16>,
    /// Where Prometheus asks; nowhere when absent.
    pub metrics_addr: Option<SocketAddr>,
    /// How long the process still serves, but tells proxies to send no more, after it was asked to stop.
    pub drain_delay: Duration,
    /// How long a job may be silent before another process takes it over.
    pub job_lease: Duration,
    /// Most tries of a job.
    pub job_attempts: i32,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// What Leptos needs to know about the built web files.
    pub leptos: LeptosOptions,
}

/// How pages are read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Private hosts that may be read.
    pub allow_private_hosts: AllowedPrivateHosts,
    /// Where whoever is read finds who reads: the public address of the installation.
    pub operator: Option<Url>,
    /// Chromium, for pages that need their scripts and for pictures.
    pub browser: Option<BrowserSettings>,
}

/// Why the settings cannot be used; the text names the setting, where it was found and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value cannot be read.
    #[error("{origin}: {problem}")]
    Value {
        /// Flag, variable or file and key.
        origin: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file or folder cannot be used.
    #[error("{}: {problem}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Postgres without a key: several servers must share one, so none is made up.
    #[error("set EVOLOOP_SECRET_KEY to at least 32 random characters; it is generated only with the embedded database")]
    SecretKeyMissing,
}

impl Settings {
    /// Reads and checks all settings; makes the data directory and the key of an embedded installation.
    ///
    /// # Errors
    /// Names the first setting that cannot be used.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        Self::from_sources(&Sources::new(flags, environment)?)
    }

    fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let leptos = site_files::options(sources)?;
        let addr = sources.parsed("addr", "an address and port, like 127.0.0.1:3000")?.unwrap_or(leptos.site_addr);
        let public_url = sources.checked("public_url", public_origin)?;
        let language_model = language_model::settings(sources)?;
        let images = images::settings(sources, language_model.as_ref())?;
        let reading = reading(sources)?;
        let v1_rate_limit = sources.parsed("v1_rate_limit", "a whole number of requests a second")?.unwrap_or(0);
        let site_event_limit = sources.parsed("site_event_limit", "a whole number of events a second")?.unwrap_or(0);
        let asset_quota = Quota {
            site: sources.checked("site_pictures_mib", mebibytes)?.unwrap_or(64 << 20),
            account: sources.checked("account_pictures_mib", mebibytes)?.unwrap_or(512 << 20),
        };
        let web_files = Path::new(&*leptos.site_root);
        let paths = sources.checked("paths", |text| paths::parse(text, web_files))?.unwrap_or_default();
        let keep_events_days = sources.checked("keep_events_days", days)?.unwrap_or(Some(90));
        let metrics_addr = sources.parsed("metrics_addr", "an address and port, like 127.0.0.1:9464")?;
        let drain_delay = sources.checked("drain_delay_ms", drain_delay)?.unwrap_or_default();
        let job_lease = sources.checked("job_lease", job_lease)?.unwrap_or(Duration::from_secs(60));
        let job_attempts = sources.checked("job_attempts", job_attempts)?.unwrap_or(4);
        let trusted_proxies = sources.checked("trusted_proxies", networks)?.unwrap_or_default();
        let data_dir = PathBuf::from(sources.text("data_dir").map_or_else(|| "data".to_owned(), |found| found.value));
        let named =
            sources.checked("database_url", |text| text.parse::<DatabaseUrl>().map_err(|error| error.to_string()))?;
        let database = match named {
            Some(url) => url,
            None => embedded_database(&data_dir)?,
        };
        let secret_key = secret_key::load(sources, &database, &data_dir)?;
        Ok(Self {
            addr,
            database,
            data_dir,
            public_url,
            secret_key,
            language_model,
            images,
            reading,
            v1_rate_limit,
            site_event_limit,
            asset_quota,
            paths,
            keep_events_days,
            metrics_addr,
            drain_delay,
            job_lease,
            job_attempts,
            trusted_proxies,
            leptos,
        })
    }

    /// Where browsers reach the installation, without a slash at the end, once its port is known.
    #[must_use]
    pub fn public_url(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.origin().ascii_serialization(),
            None if bound.ip().is_unspecified() => format!("http://localhost:{}", bound.port()),
            None => format!("http://{bound}"),
        }
    }
}

impl Reading {
    /// The same settings, for a command that needs neither database nor key.
    ///
    /// # Errors
    /// Names the first setting that cannot be used.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        reading(&Sources::new(flags, environment)?)
    }
}

/// The language model alone, for a command that needs no more of the settings.
///
/// # Errors
/// When a setting cannot be read.
pub fn language_model(flags: &Flags) -> Result<Option<LlmSettings>, ConfigError> {
    language_model::settings(&Sources::new(flags, environment)?)
}

fn reading(sources: &Sources) -> Result<Reading, ConfigError> {
    let parse = |text: &str| AllowedPrivateHosts::parse(text).map_err(|error| error.to_string());
    Ok(Reading {
        allow_private_hosts: sources.checked("allow_private_hosts", parse)?.unwrap_or_default(),
        operator: sources.checked("public_url", public_origin)?.filter(|url| !is_loopback(url)),
        browser: browser::settings(sources, std::env::temp_dir())?,
    })
}

/// The embedded database of a data directory, which is made if it is missing.
///
/// # Errors
/// When the folder cannot be made, or its path is not plain text.
pub fn embedded_database(data_dir: &Path) -> Result<DatabaseUrl, ConfigError> {
    let unusable = |problem: String| ConfigError::File { path: data_dir.to_owned(), problem };
    make_data_dir(data_dir).map_err(|error| unusable(error.to_string()))?;
    let file = data_dir.join("evoloop.db");
    let text = file.to_str().ok_or_else(|| unusable("the path must be plain text".to_owned()))?;
    format!("sqlite:{text}?mode=rwc").parse().map_err(|_| unusable("no database can be made here".to_owned()))
}

/// Makes the folder of the database and its key, if it is missing, for its owner alone; one that is there keeps the
/// rights that somebody gave it.
fn make_data_dir(data_dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(data_dir)
}

/// A folder of this process alone under the system's temporary directory.
#[must_use]
pub fn temporary_dir() -> PathBuf {
    std::env::temp_dir().join(format!("evoloop-demo-{}", std::process::id()))
}

/// Whether an address is one that browsers trust like a secure one, because it never leaves the machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The filter for log lines, as `RUST_LOG` gives it.
#[must_use]
pub fn log_filter() -> Option<String> {
    environment("EVOLOOP_LOG").or_else(|| environment("RUST_LOG"))
}

/// A variable of the environment; an empty one counts as absent.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn public_origin(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "give a whole address, like https://evoloop.example.com".to_owned())?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let sound = matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty();
    if sound && bare && url.password().is_none() {
        Ok(url)
    } else {
        Err("give scheme, host and port alone, like https://evoloop.example.com".to_owned())
    }
}

/// At most a tebibyte, so that nothing overflows.
fn mebibytes(text: &str) -> Result<u64, String> {
    let number = text.parse::<u64>().ok().filter(|number| *number <= 1 << 20);
    number.map(|number| number << 20).ok_or_else(|| format!("`{text}` is not a number of MiB up to 1048576"))
}

/// A repeat of an event is recognised by its stored row for a week at least.
fn days(text: &str) -> Result<Option<u16>, String> {
    match text.parse() {
        Ok(0) => Ok(None),
        Ok(days @ 8..) => Ok(Some(days)),
        _ => Err(format!("`{text}` is not a number of days from 8, or 0 for ever")),
    }
}

/// At most a minute, because systems that stop a process kill it soon after.
fn drain_delay(text: &str) -> Result<Duration, String> {
    let milliseconds = text.parse::<u64>().ok().filter(|milliseconds| *milliseconds <= 60_000);
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is not a number of milliseconds up to 60000"))
}

/// At most an hour, because a dead process holds up its jobs for as long.
fn job_lease(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().ok().filter(|seconds| (1..=3_600).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("`{text}` is not a number of seconds from 1 to 3600"))
}

fn job_attempts(text: &str) -> Result<i32, String> {
    let attempts = text.parse().ok().filter(|attempts| (1..=1_000).contains(attempts));
    attempts.ok_or_else(|| format!("`{text}` is not a number of tries from 1 to 1000"))
}

fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let address = entry.parse::<std::net::IpAddr>().map(IpNet::from);
            address.or_else(|_| entry.parse()).map_err(|_| format!("`{entry}` is not a network, like 10.0.0.0/8"))
        })
        .collect()
}

#[cfg(test)]
mod tests;
