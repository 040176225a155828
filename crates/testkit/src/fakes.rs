//! The outside world under a test's control.

use async_trait::async_trait;
use service::ports::{
    Brief, Clock, CopyWriter, Draft, Entropy, Fetched, PageReader, ReadError, ResourceKind, WriteError, WritingLog,
};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};
use url::Url;

/// A clock that stands still until a test moves it.
pub struct FakeClock(Mutex<OffsetDateTime>);

impl FakeClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn at(time: OffsetDateTime) -> Self {
        Self(Mutex::new(time))
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, time: OffsetDateTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Moves the clock.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Randomness that is the same in each run, so that a test of what chance brings ends the same way each time.
pub struct SeededEntropy(Mutex<u64>);

impl SeededEntropy {
    /// The numbers that follow a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Entropy for SeededEntropy {
    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

/// Pages by address; every other address is unreachable.
#[derive(Default)]
pub struct FakeReader {
    pages: Mutex<HashMap<String, Result<String, ReadError>>>,
    rendered: Mutex<HashMap<String, String>>,
    reads: Mutex<HashMap<String, usize>>,
}

impl FakeReader {
    /// Puts a page on the fake internet.
    pub fn put(&self, url: &str, answer: Result<&str, ReadError>) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.insert(url.to_owned(), answer.map(str::to_owned));
    }

    /// Says what a browser makes of a page; without it, there is no browser for the page.
    pub fn put_rendered(&self, url: &str, html: &str) {
        let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        rendered.insert(url.to_owned(), html.to_owned());
    }

    /// How often an address was asked for.
    #[must_use]
    pub fn reads(&self, url: &str) -> usize {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).get(url).copied().unwrap_or(0)
    }
}

#[async_trait]
impl PageReader for FakeReader {
    async fn read(&self, url: &Url, _kind: ResourceKind) -> Result<Fetched, ReadError> {
        *self.reads.lock().unwrap_or_else(PoisonError::into_inner).entry(url.to_string()).or_default() += 1;
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = pages.get(url.as_str()).cloned().unwrap_or(Err(ReadError::Unreachable));
        answer.map(|text| Fetched { url: url.clone(), text, rendered: false })
    }

    async fn render(&self, url: &Url) -> Result<Fetched, ReadError> {
        let rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        let text = rendered.get(url.as_str()).cloned().ok_or(ReadError::NeedsJavaScript)?;
        Ok(Fetched { url: url.clone(), text, rendered: true })
    }
}

/// A copywriter that says what it was told to; with nothing left it repeats its last answer.
pub struct FakeWriter(Mutex<Vec<Result<Vec<Draft>, WriteError>>>);

impl FakeWriter {
    /// A writer with answers, first to last.
    #[must_use]
    pub fn new(answers: Vec<Result<Vec<Draft>, WriteError>>) -> Self {
        Self(Mutex::new(answers))
    }
}

#[async_trait]
impl CopyWriter for FakeWriter {
    fn name(&self) -> &str {
        "fake"
    }

    async fn write_noting(&self, _brief: &Brief, _log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        drop(answers);
        answer
    }
}
