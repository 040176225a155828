//! Buckets without gaps, quantiles within their bound, and samples that cannot be.

use domain::VisitorId;
use domain::guardrail::{Histograms, Metric, Sample, UnfitSample, least};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn buckets_lie_side_by_side_and_are_narrow() {
    let bucket = |value| Metric::Lcp.bucket(value);
    assert_eq!((bucket(0.0), bucket(0.99), bucket(1.0), bucket(15.5), bucket(16.0)), (0, 0, 1, 15, 16));
    assert_eq!((bucket(33.9), bucket(34.0), least(33), least(271)), (32, 33, 34, 31 << 15));
    for number in 0..=270 {
        let (from, to) = (least(number), least(number + 1));
        assert!(from < to, "bucket {number}");
        assert_eq!((bucket(f64::from(from)), bucket(f64::from(to) - 1e-9)), (number, number));
        assert!((to - from) * 16 <= from.max(16), "bucket {number} is as wide as {}", to - from);
    }
    for number in 0..=270 {
        assert_eq!(Metric::Cls.bucket(f64::from(least(number)) / 10_000.0), number);
    }
    assert_eq!(bucket(1e6), 270, "the largest count has the last bucket");
    assert!(least(271) > 1_000_000);
}

#[test]
fn a_sample_is_read_and_its_first_fault_named() {
    let read = |metadata| Sample::read(Some(&metadata)).map(|sample| sample.buckets);
    let none = vec![(Metric::Visits, 0)];
    assert_eq!(Sample::read(None).unwrap().buckets, none);
    assert_eq!(read(json!({"lcp": null, "later": "more"})).unwrap(), none);
    let all = read(json!({"errors": 3, "lcp": 17.5, "cls": 0.0012, "inp": 0, "gave_up": false, "reapplied": 2}));
    let all = all.unwrap();
    for cell in [(Metric::Errors, 3), (Metric::Lcp, 17), (Metric::Cls, 12), (Metric::Inp, 0), (Metric::GaveUp, 0)] {
        assert!(all.contains(&cell), "{cell:?} is missing in {all:?}");
    }
    let fault = |metadata| read(metadata).unwrap_err().field;
    assert_eq!(fault(json!({"lcp": -0.5})), "metadata.lcp");
    assert_eq!(fault(json!({"lcp": 1, "errors": 0.5})), "metadata.errors");
    let UnfitSample { field, wanted } = Sample::read(Some(&json!({"gave_up": "yes"}))).unwrap_err();
    assert_eq!((field, wanted), ("metadata.gave_up", "true or false"));
}

#[test]
fn shares_are_exact_and_nothing_is_said_without_samples() {
    let mut told = Histograms::default();
    assert_eq!((told.samples(Metric::Errors), told.p75(Metric::Lcp)), (0, None));
    told.add(Metric::Errors, 0, 3);
    told.add(Metric::Errors, 40, 1);
    told.add(Metric::Errors, 0, 1);
    assert_eq!((told.samples(Metric::Errors), told.samples_above_zero(Metric::Errors)), (5, 1));
}

proptest! {
    #[test]
    fn a_quantile_is_within_its_bound(mut values in proptest::collection::vec(0.0..100_000.0_f64, 1..200), cls: bool) {
        let metric = if cls { Metric::Cls } else { Metric::Lcp };
        let mut told = Histograms::default();
        for value in &mut values {
            *value /= if cls { 10_000.0 } else { 1.0 };
            let sample = Sample::read(Some(&json!({metric.as_str(): *value}))).unwrap();
            let (_, bucket) = sample.buckets.into_iter().find(|(of, _)| *of == metric).unwrap();
            told.add(metric, bucket, 1);
        }
        values.sort_by(f64::total_cmp);
        let exact = values[(values.len() * 3).div_ceil(4) - 1];
        let found = told.p75(metric).unwrap();
        prop_assert!((found - exact).abs() <= (exact / 32.0).max(0.5 / metric.units()) * 1.000_001, "{found} {exact}");
    }
}

#[test]
fn nobody_can_have_the_name_of_an_erased_visitor() {
    let name = VisitorId::erased(uuid::Uuid::from_u128(7));
    assert_eq!(name.as_str(), "erased:00000000000000000000000000000007");
    assert!(name.as_str().parse::<VisitorId>().is_err() && "erased:".parse::<VisitorId>().is_err());
    assert_eq!(VisitorId::from_stored(name.as_str()).unwrap(), name);
    assert!(VisitorId::from_stored("a b").is_err());
    assert!("erased".parse::<VisitorId>().is_ok());
}
