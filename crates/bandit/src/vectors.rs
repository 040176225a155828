//! Test vectors of the statistics specification, evaluated through the functions of this crate (SPEC 15).

use crate::allocation::{Floors, movement, weights};
use crate::posterior::Posterior;
use crate::rendezvous::{Key, assign, unit};
use crate::{BanditError, cdf, expected_loss, prob_best, quantile};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The file is no file of vectors.
#[derive(Debug, thiserror::Error)]
#[error("not a file of test vectors: {0}")]
pub struct MalformedVectors(#[from] serde_json::Error);

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    kind: String,
    input: Value,
    expect: Option<Value>,
    #[serde(default)]
    tolerance: Tolerance,
}

#[derive(Deserialize, Default, Clone, Copy)]
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
        let result = match compute(&vector.kind, &vector.input) {
            Err(error) => {
                failed += 1;
                json!({"name": vector.name, "got": null, "pass": false, "error": error})
            }
            Ok(got) => {
                let pass = vector.expect.map(|expect| meets(&got, &expect, vector.tolerance));
                match pass {
                    Some(true) => passed += 1,
                    Some(false) => failed += 1,
                    None => {}
                }
                json!({"name": vector.name, "got": got, "pass": pass})
            }
        };
        results.push(result);
    }
    Ok(json!({"format": "evoloop-stats-results/1", "results": results, "passed": passed, "failed": failed}))
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
        "beta_cdf" => beta_cdf,
        "beta_quantile" => beta_quantile,
        "posterior" => posterior,
        "prob_best" => best,
        "expected_loss" => loss,
        "allocation" => allocation,
        "rendezvous_move" => rendezvous_move,
        "rendezvous_assign" => rendezvous_assign,
        "rendezvous_shares" => rendezvous_shares,
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

fn beta_cdf(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        alpha: f64,
        beta: f64,
        x: f64,
    }
    let Input { alpha, beta, x } = read(input)?;
    let (cdf, sf) = cdf(alpha, beta, x).map_err(refused)?;
    Ok(json!({"cdf": cdf, "sf": sf}))
}

fn beta_quantile(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        alpha: f64,
        beta: f64,
        p: f64,
    }
    let Input { alpha, beta, p } = read(input)?;
    Ok(json!({"x": quantile(alpha, beta, p).map_err(refused)?}))
}

fn posterior(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        visitors: u64,
        conversions: u64,
        prior: (f64, f64),
        level: f64,
    }
    let Input { visitors, conversions, prior, level } = read(input)?;
    let posterior = Posterior::new(prior, visitors, conversions).map_err(refused)?;
    let (lower, upper) = posterior.credible_interval(level);
    Ok(json!({
        "alpha": posterior.alpha(), "beta": posterior.beta(), "mean": posterior.mean(), "sd": posterior.sd(),
        "lower": lower, "upper": upper,
    }))
}

#[derive(Deserialize)]
struct Arms {
    arms: Vec<(f64, f64)>,
}

fn best(input: &Value) -> Result<Value, String> {
    Ok(json!({"prob_best": prob_best(&read::<Arms>(input)?.arms).map_err(refused)?}))
}

fn loss(input: &Value) -> Result<Value, String> {
    let (loss, maximum) = expected_loss(&read::<Arms>(input)?.arms).map_err(refused)?;
    Ok(json!({"expected_loss": loss, "expected_max": maximum}))
}

fn allocation(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        prob_best: Vec<f64>,
        control: usize,
        floor: f64,
        control_floor: f64,
    }
    let Input { prob_best, control, floor, control_floor } = read(input)?;
    let floors = Floors { control: control_floor, arm: floor };
    Ok(json!({"weights": weights(&prob_best, Some(control), floors).map_err(refused)?}))
}

fn rendezvous_move(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        before: Vec<f64>,
        after: Vec<f64>,
    }
    let Input { before, after } = read(input)?;
    let (moved, total_variation) = movement(&before, &after).map_err(refused)?;
    Ok(json!({"moved": moved, "total_variation": total_variation}))
}

#[derive(Deserialize)]
struct Weighted {
    id: String,
    weight: f64,
}

fn rendezvous_assign(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        key_hex: String,
        visitor_id: String,
        variants: Vec<Weighted>,
    }
    let Input { key_hex, visitor_id, variants } = read(input)?;
    let key = key(&key_hex)?;
    let units: Vec<f64> = variants.iter().map(|arm| unit(&key, &visitor_id, &arm.id)).collect();
    let arms: Vec<(&str, f64)> = variants.iter().map(|arm| (arm.id.as_str(), arm.weight)).collect();
    let winner = assign(&key, &visitor_id, &arms).map(|index| arms[index].0);
    Ok(json!({"u": units, "winner": winner}))
}

fn rendezvous_shares(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        key_hex: String,
        visitors: u32,
        variants: Vec<Weighted>,
    }
    let Input { key_hex, visitors, variants } = read(input)?;
    let key = key(&key_hex)?;
    let arms: Vec<(&str, f64)> = variants.iter().map(|arm| (arm.id.as_str(), arm.weight)).collect();
    let mut counts = vec![0_u32; arms.len()];
    for visitor in 0..visitors {
        if let Some(index) = assign(&key, &format!("v-{visitor}"), &arms) {
            counts[index] += 1;
        }
    }
    Ok(Value::Object(Map::from_iter([("counts".to_owned(), json!(counts))])))
}

fn key(hex: &str) -> Result<Key, String> {
    let malformed = || "key_hex must be 32 hexadecimal digits".to_owned();
    if hex.len() != 32 || !hex.is_ascii() {
        return Err(malformed());
    }
    let mut key = [0; 16];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).map_err(|_| malformed())?;
    }
    Ok(Key(key))
}
