//! Which arm a visitor gets: weighted rendezvous hashing (SPEC 7).
//!
//! Every arm draws a number for the visitor by a keyed hash; the number becomes exponential with the
//! arm's weight as rate, and the lowest wins. So an arm wins with probability `w_i / sum w`, the
//! same visitor always gets the same arm, and raising one weight moves visitors only to that arm.
//! Thaler and Ravishankar, IEEE/ACM Transactions on Networking 6 (1998); Schindelhauer and
//! Schomaker, SPAA 2005.

use siphasher::sip::SipHasher24;
use std::hash::Hasher;

/// 2^-53.
const SCALE: f64 = 1.0 / 9_007_199_254_740_992.0;

/// A site's secret salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(pub [u8; 16]);

/// The number that an arm draws for a visitor, strictly between 0 and 1.
#[must_use]
pub fn unit(key: &Key, visitor: &str, arm: &str) -> f64 {
    draw(key, visitor.as_bytes(), arm.as_bytes())
}

/// The number that decides about the holdout: in it when below its fraction (SPEC 7.4).
#[must_use]
pub fn holdout_unit(key: &Key, visitor: &str) -> f64 {
    draw(key, b"holdout", visitor.as_bytes())
}

/// The index of the visitor's arm among `(id, weight)`; `None` when no weight is above 0.
/// Weights need not sum to 1; ties go to the smaller id.
#[must_use]
pub fn assign<Id: AsRef<str>>(key: &Key, visitor: &str, arms: &[(Id, f64)]) -> Option<usize> {
    let visitor = start(key, visitor.as_bytes());
    let mut best: Option<(f64, usize)> = None;
    for (index, (id, weight)) in arms.iter().enumerate() {
        if weight.is_nan() || *weight <= 0.0 {
            continue;
        }
        let drawn = finish(visitor, id.as_ref().as_bytes());
        // -ln(u) is never below 1 - u, so most arms lose without a logarithm; the factor is far above rounding.
        if best.is_some_and(|(lowest, _)| (1.0 - drawn) * 0.999_999 > lowest * weight) {
            continue;
        }
        // libm, not the platform's logarithm: a replay elsewhere must decide the same way.
        let score = -libm::log(drawn) / weight;
        let is_smaller = |holder: usize| id.as_ref() < arms[holder].0.as_ref();
        let wins = best.is_none_or(|(lowest, holder)| score < lowest || (score == lowest && is_smaller(holder)));
        if wins {
            best = Some((score, index));
        }
    }
    best.map(|(_, index)| index)
}

fn draw(key: &Key, first: &[u8], second: &[u8]) -> f64 {
    finish(start(key, first), second)
}

/// The hash after its first part and the zero byte: an assignment reads its visitor once for all arms.
fn start(key: &Key, first: &[u8]) -> SipHasher24 {
    let mut hasher = SipHasher24::new_with_key(&key.0);
    hasher.write(first);
    hasher.write(&[0]);
    hasher
}

/// The upper 53 bits of the hash of `first 0x00 second`, centred so that 0 and 1 never come.
fn finish(mut hasher: SipHasher24, second: &[u8]) -> f64 {
    hasher.write(second);
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    let bits = (hasher.finish() >> 11) as f64;
    (bits + 0.5) * SCALE
}
