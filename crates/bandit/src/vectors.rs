//! Test vectors of the statistics specification, evaluated through the functions of this crate (SPEC 15).

mod comparison;
mod decide;
mod input;
mod posterior;
mod time;
mod traffic;

use crate::BanditError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The file is no file of vectors.
#[derive(Debug, thiserror::Error)]
#[error("not a file of test vectors: {0}")]
pub struct MalformedVectors(#[from] serde_json::Error);

#[derive(Deserialize)]
struct File {
    /// Read one by one, so that an odd one fails alone.
    vectors: Vec<Value>,
}

#[derive(Deserialize)]
struct Vector {
    kind: String,
    #[serde(default)]
    input: Value,
    expect: Option<Value>,
    #[serde(default)]
    tolerance: Tolerance,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(default)]
struct Tolerance {
    abs: f64,
    rel: f64,
}

/// Evaluates every vector of a file: `{"format", "results": [{"name", "got", "pass", "error"?}], "passed", "failed"}`.
/// `pass` is null where the vector says nothing of what to expect.
///
/// # Errors
/// When the file is malformed.
pub fn evaluate(file: Value) -> Result<Value, MalformedVectors> {
    let file: File = serde_json::from_value(file)?;
    let (mut passed, mut failed) = (0, 0);
    let mut results = Vec::new();
    for vector in file.vectors {
        let name = vector.get("name").cloned().unwrap_or_default();
        let result = match one(vector) {
            Err(error) => {
                failed += 1;
                json!({"name": name, "got": null, "pass": false, "error": error})
            }
            Ok((got, pass)) => {
                match pass {
                    Some(true) => passed += 1,
                    Some(false) => failed += 1,
                    None => {}
                }
                json!({"name": name, "got": got, "pass": pass})
            }
        };
        results.push(result);
    }
    Ok(json!({"format": "evoloop-stats-results/1", "results": results, "passed": passed, "failed": failed}))
}

/// What a vector's input gives, and whether that is what is expected.
fn one(vector: Value) -> Result<(Value, Option<bool>), String> {
    let vector: Vector = serde_json::from_value(vector).map_err(|error| error.to_string())?;
    let got = compute(&vector.kind, &vector.input)?;
    let pass = vector.expect.map(|expect| meets(&got, &expect, vector.tolerance));
    Ok((got, pass))
}

/// Whether `got` has everything that is expected, within the tolerance.
fn meets(got: &Value, expect: &Value, tolerance: Tolerance) -> bool {
    match (got, expect) {
        (Value::Number(got), Value::Number(expect)) => {
            let (Some(got), Some(expect)) = (got.as_f64(), expect.as_f64()) else { return false };
            (got - expect).abs() <= tolerance.abs.max(tolerance.rel * expect.abs())
        }
        (Value::Array(got), Value::Array(expect)) => {
            got.len() == expect.len() && got.iter().zip(expect).all(|(got, expect)| meets(got, expect, tolerance))
        }
        (Value::Object(got), Value::Object(expect)) => {
            let has = |(key, value): (&String, &Value)| got.get(key).is_some_and(|got| meets(got, value, tolerance));
            expect.iter().all(has)
        }
        (got, expect) => got == expect,
    }
}

fn compute(kind: &str, input: &Value) -> Result<Value, String> {
    let evaluator: fn(&Value) -> Result<Value, String> = match kind {
        "beta_cdf" => posterior::beta_cdf,
        "beta_quantile" => posterior::beta_quantile,
        "posterior" => posterior::posterior,
        "prob_best" => posterior::best,
        "expected_loss" => posterior::loss,
        "lift" => comparison::lift,
        "holdout" => comparison::holdout,
        "evidence" => comparison::evidence,
        "lift_sequence" => comparison::lift_sequence,
        "aipw" => comparison::aipw,
        "allocation" => traffic::allocation,
        "top_two" => traffic::top_two,
        "rendezvous_move" => traffic::rendezvous_move,
        "rendezvous_assign" => traffic::rendezvous_assign,
        "rendezvous_shares" => traffic::rendezvous_shares,
        "srm" => traffic::srm,
        "srm_sequential" => traffic::srm_sequential,
        "delay" => time::delay,
        "discount" => time::discount,
        "comparable" => time::comparable,
        "decide" => decide::decide,
        _ => return Err("not implemented".to_owned()),
    };
    evaluator(input)
}

fn read<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    serde_json::from_value(input.clone()).map_err(|error| error.to_string())
}

fn refused(error: BanditError) -> String {
    error.to_string()
}
