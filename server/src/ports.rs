//! The machine behind the service's ports: its clock and its randomness.

use service::ports::{Clock, Entropy};
use time::OffsetDateTime;

/// The real time.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that starts with the real time and then runs faster, for the demonstration.
#[derive(Debug, Clone, Copy)]
pub struct ScaledClock {
    start: OffsetDateTime,
    speed: f64,
}

impl ScaledClock {
    /// A clock that runs `speed` times as fast as the real one from now on.
    #[must_use]
    pub fn starting_now(speed: f64) -> Self {
        Self { start: OffsetDateTime::now_utc(), speed }
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> OffsetDateTime {
        let passed = OffsetDateTime::now_utc() - self.start;
        self.start.saturating_add(passed * self.speed)
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::panic, reason = "without randomness every secret would be guessable, so nothing may go on")]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}
