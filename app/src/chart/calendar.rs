//! Dates in UTC from seconds since 1970, without a date library in the browser.

/// Seconds of a day.
pub const DAY_S: i64 = 86_400;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment in the proleptic Gregorian calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Moment {
    /// The moment of a number of seconds since 1970.
    ///
    /// Counts days in eras of 400 years that begin in March, so that the leap day comes last.
    #[must_use]
    pub fn new(seconds: i64) -> Self {
        let day_second = seconds.rem_euclid(DAY_S);
        let shifted = seconds.div_euclid(DAY_S) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: small(month),
            day: small(day_of_year - (153 * march_month + 2) / 5 + 1),
            hour: small(day_second / 3_600),
            minute: small(day_second / 60 % 60),
            second: small(day_second % 60),
        }
    }

    /// `23 Nov`.
    #[must_use]
    pub fn day_text(self) -> String {
        format!("{} {}", self.day, MONTHS[usize::from(self.month - 1)])
    }

    /// `14:05`.
    #[must_use]
    pub fn hour_text(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `14:05:09`.
    #[must_use]
    pub fn second_text(self) -> String {
        format!("{}:{:02}", self.hour_text(), self.second)
    }

    /// `23 Nov 2026, 14:05 UTC`.
    #[must_use]
    pub fn full_text(self) -> String {
        format!("{} {}, {} UTC", self.day_text(), self.year, self.hour_text())
    }

    /// RFC 3339, for the `datetime` attribute.
    #[must_use]
    pub fn machine_text(self) -> String {
        format!("{:04}-{:02}-{:02}T{}Z", self.year, self.month, self.day, self.second_text())
    }
}

/// The fields above are all below 256 by construction.
fn small(value: i64) -> u8 {
    u8::try_from(value).unwrap_or(0)
}
