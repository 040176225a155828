//! The outside world under a test's control.

use async_trait::async_trait;
use domain::copy::ModelCall;
use domain::guard::layout::{Layout, Measured, Place, WIDTHS};
use domain::{Op, PageModel};
use service::ports::{
    Brief, Change, Clock, CopyWriter, Draft, Entropy, Fetched, ImageMaker, MadeImage, PageReader, ReadError,
    ResourceKind, Screenshot, WriteError, WritingLog,
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
    camera: Mutex<Option<Camera>>,
}

/// A browser that photographs and measures what a test says.
#[derive(Debug, Clone, Default)]
pub struct Camera {
    /// Stands in every picture, so that it can be told when it was taken.
    pub note: String,
    /// Texts of variants that do not fit the page.
    pub unfit: Vec<String>,
    /// Texts that take so many lines in every window; every other text takes one.
    pub lines: Vec<(String, u32)>,
    /// What every visit ends in.
    pub failure: Option<ReadError>,
    /// How often a page was photographed.
    pub visits: usize,
}

impl FakeReader {
    /// Gives the reader a browser, or another one.
    pub fn set_camera(&self, camera: Option<Camera>) {
        *self.camera.lock().unwrap_or_else(PoisonError::into_inner) = camera;
    }

    /// How often a page was photographed.
    #[must_use]
    pub fn visits(&self) -> usize {
        self.camera.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |camera| camera.visits)
    }

    fn visit(&self) -> Result<Camera, ReadError> {
        let mut camera = self.camera.lock().unwrap_or_else(PoisonError::into_inner);
        let camera = camera.as_mut().ok_or(ReadError::NoBrowser)?;
        camera.visits += 1;
        camera.failure.clone().map_or(Ok(camera.clone()), Err)
    }

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

    fn has_browser(&self) -> bool {
        self.camera.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    async fn screenshots_of(&self, _url: &Url, change: &Change) -> Result<Option<Vec<Screenshot>>, ReadError> {
        let camera = self.visit()?;
        if camera.unfit.iter().any(|text| texts(change).contains(text)) {
            return Ok(None);
        }
        let pictures = change.pictures.len();
        let take = |width: u32| Screenshot {
            width,
            height: 900,
            webp: format!("{} {width} {:?} {pictures}", camera.note, texts(change)).into_bytes(),
        };
        Ok(Some(vec![take(1_280), take(390)]))
    }

    async fn measure(&self, _url: &Url, changes: &[Change]) -> Result<Vec<Option<Measured>>, ReadError> {
        let camera = self.visit()?;
        let of_text =
            |text: &String| camera.lines.iter().find(|(known, _)| known == text).map_or(1, |(_, lines)| *lines);
        let layouts = |lines: &[u32]| {
            let place = |lines: &u32| Place { lines: *lines, over: 0.0, spill: 0.0 };
            let places: Vec<Place> = lines.iter().map(place).collect();
            WIDTHS.map(|width| Layout { width: f64::from(width), overflow: 0.0, places: places.clone() }).to_vec()
        };
        let measured = changes.iter().map(|change| {
            let after: Vec<u32> = texts(change).iter().map(of_text).collect();
            Some(Measured { before: layouts(&vec![1; after.len()]), after: layouts(&after) })
        });
        Ok(measured.collect())
    }
}

fn texts(change: &Change) -> Vec<String> {
    let text = |op: &Op| op.texts().into_iter().chain(op.addresses()).map(str::to_owned).collect::<String>();
    change.patch.ops.iter().map(text).collect()
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

/// A maker of images that says what it was told to, for four cents each.
pub struct FakeMaker {
    answers: Mutex<Vec<Result<MadeImage, WriteError>>>,
}

impl FakeMaker {
    /// A maker with answers, first to last; with nothing left it repeats its last.
    #[must_use]
    pub fn new(answers: Vec<Result<MadeImage, WriteError>>) -> Self {
        Self { answers: Mutex::new(answers) }
    }
}

#[async_trait]
impl ImageMaker for FakeMaker {
    fn model(&self) -> &str {
        "fake painter"
    }

    fn prompt_version(&self) -> &str {
        "image.test"
    }

    fn price_micros(&self) -> i64 {
        40_000
    }

    async fn make(&self, _page: &PageModel, log: &WritingLog) -> Result<MadeImage, WriteError> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        drop(answers);
        log.call(ModelCall {
            model: self.model().to_owned(),
            prompt_version: self.prompt_version().to_owned(),
            tokens_in: None,
            tokens_out: None,
            cost_micros: answer.is_ok().then_some(39_000),
            duration_ms: 5,
            outcome: if answer.is_ok() { "answered" } else { "provider_failed" },
        });
        answer
    }
}
