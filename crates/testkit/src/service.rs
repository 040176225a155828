//! A whole service on a test's database.

use crate::TestDatabase;
use crate::fakes::{FakeClock, FakeReader, SeededEntropy};
use ::service::ports::{CopyWriter, ImageMaker, PageReader};
use ::service::{Lane, Ports, Service, Settings};
use bandit::phase::BurnIn;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// A landing page with every slot, for tests that need one.
pub const PAGE: &str = include_str!("kettle.html");

/// Address of [`PAGE`] on the fake internet.
pub const PAGE_URL: &str = "https://kettle.example/";

/// A service with its fakes.
pub struct TestService {
    /// The service.
    pub service: Service,
    /// Visitors' and real clock in one.
    pub clock: Arc<FakeClock>,
    /// The fake internet; holds [`PAGE`] at [`PAGE_URL`].
    pub reader: Arc<FakeReader>,
    /// The database underneath.
    pub database: TestDatabase,
    ports: Ports,
    settings: Settings,
}

/// Choices for a [`TestService`].
pub struct TestServiceBuilder {
    writer: Arc<dyn CopyWriter>,
    public_url: String,
    job_attempts: i32,
    job_lease: Duration,
    holdout_fraction: f64,
    site_event_limit: u32,
    compare_sites_every: Duration,
    burn_in: BurnIn,
    asset_quota: Option<::service::Quota>,
    paths: ::service::PublicPaths,
    images: Option<Arc<dyn ImageMaker>>,
    page_reader: Option<Arc<dyn PageReader>>,
    snippet: Option<Arc<str>>,
}

impl Default for TestServiceBuilder {
    fn default() -> Self {
        Self {
            writer: Arc::new(::service::playbook::Playbook),
            public_url: "http://localhost".to_owned(),
            job_attempts: 2,
            job_lease: Duration::from_secs(60),
            // Tests of counts need every visitor among the arms.
            holdout_fraction: 0.0,
            site_event_limit: 0,
            compare_sites_every: Duration::from_secs(1),
            burn_in: BurnIn::default(),
            asset_quota: None,
            paths: ::service::PublicPaths::default(),
            images: None,
            page_reader: None,
            snippet: None,
        }
    }
}

impl TestServiceBuilder {
    /// Another copywriter than the playbook.
    #[must_use]
    pub fn writer(mut self, writer: Arc<dyn CopyWriter>) -> Self {
        self.writer = writer;
        self
    }

    /// Another public address.
    #[must_use]
    pub fn public_url(mut self, url: &str) -> Self {
        self.public_url = url.to_owned();
        self
    }

    /// Most tries of a job.
    #[must_use]
    pub fn job_attempts(mut self, attempts: i32) -> Self {
        self.job_attempts = attempts;
        self
    }

    /// How long a job may be silent.
    #[must_use]
    pub fn job_lease(mut self, lease: Duration) -> Self {
        self.job_lease = lease;
        self
    }

    /// Share of a new site's visitors who always see the untouched page.
    #[must_use]
    pub fn holdout_fraction(mut self, fraction: f64) -> Self {
        self.holdout_fraction = fraction;
        self
    }

    /// Events a second that one site may send.
    #[must_use]
    pub fn site_event_limit(mut self, per_second: u32) -> Self {
        self.site_event_limit = per_second;
        self
    }

    /// How often changes by other processes are looked for.
    #[must_use]
    pub fn compare_sites_every(mut self, period: Duration) -> Self {
        self.compare_sites_every = period;
        self
    }

    /// A shorter burn-in than the product's.
    #[must_use]
    pub fn burn_in(mut self, visitors: u64, hours: f64) -> Self {
        self.burn_in = BurnIn { visitors, hours };
        self
    }

    /// A maker of images.
    #[must_use]
    pub fn images(mut self, maker: Arc<dyn ImageMaker>) -> Self {
        self.images = Some(maker);
        self
    }

    /// Another reader of pages than the fake one.
    #[must_use]
    pub fn page_reader(mut self, reader: Arc<dyn PageReader>) -> Self {
        self.page_reader = Some(reader);
        self
    }

    /// The text of the snippet that this installation serves.
    #[must_use]
    pub fn snippet(mut self, text: &str) -> Self {
        self.snippet = Some(text.into());
        self
    }

    /// Another limit of pictures, in bytes of a site and of an account.
    #[must_use]
    pub fn asset_quota(mut self, site: u64, account: u64) -> Self {
        self.asset_quota = Some(::service::Quota { site, account });
        self
    }

    /// Further names of public paths.
    #[must_use]
    pub fn paths(mut self, paths: ::service::PublicPaths) -> Self {
        self.paths = paths;
        self
    }

    /// Puts the service together.
    #[must_use]
    pub fn build(self, database: TestDatabase) -> TestService {
        let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("a time");
        let clock = Arc::new(FakeClock::at(start));
        let reader = Arc::new(FakeReader::default());
        reader.put(PAGE_URL, Ok(PAGE));
        let ports = Ports {
            reader: self.page_reader.unwrap_or_else(|| reader.clone()),
            writer: self.writer,
            images: self.images,
            clock: clock.clone(),
            wall_clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
        };
        let mut settings = Settings::new(self.public_url, vec![7; 32].into());
        settings.job_attempts = self.job_attempts;
        settings.job_backoff = Duration::from_secs(1);
        settings.job_lease = self.job_lease;
        settings.holdout_fraction = self.holdout_fraction;
        settings.compare_sites_every = self.compare_sites_every;
        settings.site_event_limit = self.site_event_limit;
        settings.policy.burn_in = self.burn_in;
        settings.asset_quota = self.asset_quota.unwrap_or(settings.asset_quota);
        settings.paths = self.paths;
        settings.snippet = self.snippet;
        let service = Service::new(database.store.clone(), ports.clone(), settings.clone());
        TestService { service, clock, reader, database, ports, settings }
    }
}

impl TestService {
    /// A service with the defaults.
    #[must_use]
    pub fn new(database: TestDatabase) -> Self {
        TestServiceBuilder::default().build(database)
    }

    /// Another service on the same database, as a second process would be.
    #[must_use]
    pub fn another_process(&self) -> Service {
        Service::new(self.database.store.clone(), self.ports.clone(), self.settings.clone())
    }

    /// The same with connections of its own.
    pub async fn another_replica(&self) -> Service {
        let store = ::store::Store::open(&self.database.url).await.expect("an open database");
        Service::new(store, self.ports.clone(), self.settings.clone())
    }

    /// Works until no job is due; the recurring ones run once.
    pub async fn work(&self) {
        for _ in 0..20 {
            if !self.service.work_once(Lane::All).await.expect("a readable job table") {
                return;
            }
        }
        panic!("the jobs do not come to an end");
    }
}
