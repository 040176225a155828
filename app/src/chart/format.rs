//! Numbers as people read them, the same on the server and in the browser.

/// A fraction as a percentage: `5.1 %`, with a space that does not break.
#[must_use]
pub fn percent(fraction: f64, decimals: usize) -> String {
    format!("{:.decimals$}\u{a0}%", fraction * 100.0)
}

/// A conversion rate: two decimals below 1 %, one above.
#[must_use]
pub fn rate(fraction: f64) -> String {
    percent(fraction, if fraction < 0.01 { 2 } else { 1 })
}

/// A probability, which never reads as certainty: `< 0.1 %` and `> 99.9 %` at the ends.
#[must_use]
pub fn probability(fraction: f64) -> String {
    if fraction > 0.0 && fraction < 0.001 {
        format!("<\u{a0}{}", percent(0.001, 1))
    } else if fraction > 0.999 {
        format!(">\u{a0}{}", percent(0.999, 1))
    } else {
        percent(fraction, 1)
    }
}

/// A whole number with commas between groups of three digits.
#[must_use]
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun in the right number: `1 visitor`, `2,000 visitors`.
#[must_use]
pub fn counted(number: i64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}
