//! Values at the edges of their types arrive bit by bit.

use crate::support::{Column, Pair, differing, number, run};
use proptest::num::f64::{INFINITE, NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sea_orm::Value;
use uuid::Uuid;

/// Values of every type, drawn for one row.
#[derive(Debug, Clone)]
struct Odd {
    text: String,
    whole: i64,
    real: f64,
    truth: bool,
    json: String,
    bytes: Vec<u8>,
    /// Whether what may be missing is.
    is_sparse: bool,
}

fn text() -> impl Strategy<Value = String> {
    // Postgres has no text with a zero byte.
    prop_oneof![Just(String::new()), Just(" ".to_owned()), "[^\\x00]{1,40}", "[𝔘é\u{200f}'\"\\\\$?]{1,20}"]
}

fn whole() -> impl Strategy<Value = i64> {
    let edges = [i64::MIN, i64::MAX, -1, 0, 1, (1 << 53) + 1, -(1 << 53) - 1, i64::from(i32::MIN), i64::from(u32::MAX)];
    prop_oneof![proptest::sample::select(edges.to_vec()), any::<i64>()]
}

fn real() -> impl Strategy<Value = f64> {
    let edges = [1e-300, -1e300, 0.1, 1e-7, 5e-324, f64::MAX, f64::MIN_POSITIVE, 9_007_199_254_740_993.0];
    prop_oneof![proptest::sample::select(edges.to_vec()), INFINITE | NEGATIVE | NORMAL | POSITIVE | SUBNORMAL | ZERO]
}

/// JSON as text, also with numbers that no type of ours holds.
fn json() -> impl Strategy<Value = String> {
    let quoted = |text: String| serde_json::to_string(&text).unwrap();
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|truth| truth.to_string()),
        any::<i128>().prop_map(|number| number.to_string()),
        (NORMAL | NEGATIVE | POSITIVE | SUBNORMAL).prop_map(|number: f64| format!("{number:e}")),
        (NORMAL | NEGATIVE | POSITIVE).prop_map(|number: f64| number.to_string()),
        "-?[1-9][0-9]{0,40}\\.[0-9]{1,40}",
        text().prop_map(quoted),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let fields = prop::collection::vec((text(), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[ {}]", items.join(" ,"))),
            fields.prop_map(move |fields| {
                let fields: Vec<String> =
                    fields.into_iter().map(|(key, value)| format!("{}: {value}", quoted(key))).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

fn odd() -> impl Strategy<Value = Odd> {
    (text(), whole(), real(), any::<bool>(), json(), prop::collection::vec(any::<u8>(), 0..40), any::<bool>()).prop_map(
        |(text, whole, real, truth, json, bytes, is_sparse)| Odd { text, whole, real, truth, json, bytes, is_sparse },
    )
}

/// What a column gets from a row's values, within its limits; the row's number keeps keys apart.
fn value(column: &Column, odd: &Odd, row: usize) -> Value {
    let limit = usize::try_from(column.character_maximum_length.unwrap_or(i32::MAX)).unwrap();
    let is_missing = odd.is_sparse && column.is_nullable == "YES";
    let present = |value: Value| if is_missing { value.as_null() } else { value };
    match column.data_type.as_str() {
        "text" | "character varying" => {
            present(format!("{row}{}", odd.text).chars().take(limit).collect::<String>().into())
        }
        "bigint" => present(odd.whole.into()),
        "integer" => present(i32::from_le_bytes(odd.whole.to_le_bytes().first_chunk().copied().unwrap()).into()),
        "smallint" => present(i16::from_le_bytes(odd.whole.to_le_bytes().first_chunk().copied().unwrap()).into()),
        "double precision" => present(odd.real.into()),
        "boolean" => present(odd.truth.into()),
        "jsonb" => present(odd.json.clone().into()),
        "bytea" => present([row.to_le_bytes().as_slice(), &odd.bytes].concat().into()),
        other => panic!("no value of type {other} is known here"),
    }
}

#[test]
fn whatever_the_source_holds_arrives() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(ProptestConfig { cases: 8, max_shrink_iters: 40, ..ProptestConfig::default() });
    let rows = prop::collection::vec(odd(), 40);
    runner
        .run(&rows, |rows| {
            runtime.block_on(async {
                let Some(pair) = Pair::new().await else { return };
                let columns = pair.columns().await;
                for (number, row) in rows.iter().enumerate() {
                    let id = Uuid::from_u128(u128::MAX / 41 * u128::try_from(number).unwrap());
                    pair.plant(&columns, id, |column| value(column, row, number)).await;
                }
                let checks = pair.moved().await.unwrap();
                assert_eq!(differing(&checks), [""; 0]);
                assert!(checks.iter().all(|check| check.target.rows == 40));
            });
            Ok(())
        })
        .unwrap();
}

/// The digests are of our own making, so Postgres is asked itself too.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_holds_the_very_values() {
    let Some(pair) = Pair::new().await else { return };
    let columns = pair.columns().await;
    let odd = Odd {
        text: "Ünïcödé \u{1f680}".to_owned(),
        whole: i64::MIN,
        real: 5e-324,
        truth: true,
        json: "{\"b\": [1e-7, 123456789012345678901234567890, 9007199254740993], \"a\": {\"ü\": \"\\u00e9\"}}"
            .to_owned(),
        bytes: vec![0, 255],
        is_sparse: false,
    };
    pair.plant(&columns, Uuid::from_u128(1), |column| value(column, &odd, 0)).await;
    let infinite = Odd { real: f64::NEG_INFINITY, whole: i64::MAX, truth: false, is_sparse: true, ..odd };
    pair.plant(&columns, Uuid::from_u128(2), |column| value(column, &infinite, 1)).await;
    run(&pair.sqlite, "UPDATE experiment_stats SET alpha = -0.0 WHERE visitors < 0").await;
    assert_eq!(differing(&pair.moved().await.unwrap()), [""; 0]);
    let found = [
        "SELECT count(*) FROM visitors WHERE visitor_id = '0Ünïcödé \u{1f680}' AND epoch = -9223372036854775808 AND is_holdout",
        "SELECT count(*) FROM visitors WHERE first_seen = 9223372036854775807 AND not_counted IS NULL AND NOT saw_another",
        "SELECT count(*) FROM sites WHERE prior_alpha = 5e-324 AND salt = '\\x000000000000000000ff'",
        "SELECT count(*) FROM sites WHERE prior_beta = '-Infinity' AND page_model IS NULL",
        "SELECT count(*) FROM jobs WHERE steps = '{\"a\": {\"ü\": \"é\"}, \"b\": [0.0000001, 123456789012345678901234567890, \
         9007199254740993]}'::jsonb AND site_id = '00000000-0000-0000-0000-000000000001'",
    ];
    for query in found {
        assert_eq!(number(&pair.postgres, query).await, 1, "{query}");
    }
}
