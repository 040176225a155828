//! Assignment tokens are read exactly as they are written.

use domain::token::InvalidToken;
use domain::{Arm, AssignmentToken};

const VARIANT: &str = "7b1f0a52-3c0e-4c8e-9d2e-0a6f3a1b2c3d";

#[test]
fn a_token_survives_the_way_to_text_and_back() {
    for arm in [Arm::Holdout, Arm::Variant(VARIANT.parse().unwrap())] {
        let token = AssignmentToken { epoch: 12, issued_s: 1_800_000_000, arm, mac: "abc_-9".to_owned() };
        let text = token.to_string();
        assert_eq!(text, format!("v1.12.1800000000.{arm}.abc_-9"));
        assert_eq!(text.parse::<AssignmentToken>(), Ok(token));
    }
}

#[test]
fn anything_else_is_refused() {
    let long = format!("v1.1.1.h.{}", "a".repeat(200));
    let cases = ["", "v1", "v2.1.1.h.x", "v1.x.1.h.y", "v1.1.x.h.y", "v1.1.1.g.y", "v1.1.1.h", "v1.1.1.h.y.z", &long];
    for text in cases {
        assert_eq!(text.parse::<AssignmentToken>(), Err(InvalidToken), "{text}");
    }
}
