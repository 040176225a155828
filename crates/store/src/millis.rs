//! Times as the database keeps them: whole milliseconds since 1970 in UTC.
//!
//! A number orders and compares the same on SQLite and Postgres. SQLite has no type for times,
//! and the text that its driver writes does not sort by time within a second.

use sea_orm::DeriveValueType;
use time::OffsetDateTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType)]
pub struct Millis(pub i64);

impl From<OffsetDateTime> for Millis {
    fn from(time: OffsetDateTime) -> Self {
        Self(i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX))
    }
}

impl Millis {
    /// The time; a number outside the calendar, which nothing here writes, becomes 1970.
    pub(crate) fn time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Whole days since 1970.
    pub(crate) fn day(self) -> i64 {
        self.0.div_euclid(24 * 60 * 60 * 1000)
    }

    /// Whole seconds since 1970, as read models tell times.
    pub(crate) fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}
