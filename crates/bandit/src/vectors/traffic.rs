//! Vectors about who sees what.

use super::input::{self, Count};
use super::{read, refused};
use crate::allocation::{self, Floors};
use crate::rendezvous::{Key, assign, unit};
use crate::sample_ratio::{SequentialSampleRatio, sample_ratio};
use crate::{Counts, Epoch};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) fn allocation(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        prob_best: Vec<f64>,
        control: usize,
        #[serde(default = "floor")]
        floor: f64,
        #[serde(default = "control_floor")]
        control_floor: f64,
    }
    fn floor() -> f64 {
        Floors::default().arm
    }
    fn control_floor() -> f64 {
        Floors::default().control
    }
    let Input { prob_best, control, floor, control_floor } = read(input)?;
    let floors = Floors { control: control_floor, arm: floor };
    Ok(json!({"weights": allocation::weights(&prob_best, Some(control), floors).map_err(refused)?}))
}

pub(super) fn rendezvous_move(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        before: Vec<f64>,
        after: Vec<f64>,
    }
    let Input { before, after } = read(input)?;
    let (moved, total_variation) = allocation::movement(&before, &after).map_err(refused)?;
    Ok(json!({"moved": moved, "total_variation": total_variation}))
}

#[derive(Deserialize)]
struct Weighted {
    id: String,
    weight: f64,
}

pub(super) fn rendezvous_assign(input: &Value) -> Result<Value, String> {
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

pub(super) fn rendezvous_shares(input: &Value) -> Result<Value, String> {
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
    if hex.len() != 32 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(malformed());
    }
    let mut key = [0; 16];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).map_err(|_| malformed())?;
    }
    Ok(Key(key))
}

pub(super) fn top_two(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        prob_best: Vec<f64>,
        #[serde(default = "half")]
        beta: f64,
    }
    fn half() -> f64 {
        0.5
    }
    let Input { prob_best, beta } = read(input)?;
    Ok(json!({"weights": allocation::top_two(&prob_best, beta).map_err(refused)?}))
}

#[derive(Deserialize)]
struct Exposed {
    weights: Vec<f64>,
    counts: Vec<Count>,
}

fn epochs(exposed: Vec<Exposed>) -> Result<Vec<Epoch>, String> {
    let epoch = |it: Exposed| {
        let counts = it.counts.into_iter().map(|visitors| Counts::new(visitors.0, 0)).collect::<Result<_, _>>()?;
        Epoch::new(&it.weights, counts)
    };
    exposed.into_iter().map(|it| epoch(it).map_err(refused)).collect()
}

pub(super) fn srm(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        epochs: Vec<Exposed>,
    }
    let found = sample_ratio(&epochs(read::<Input>(input)?.epochs)?, 0).map_err(refused)?;
    Ok(json!({
        "expected": found.expected, "statistic": found.statistic, "df": found.df, "p": found.p,
        "enough": found.enough,
    }))
}

pub(super) fn srm_sequential(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        epochs: Vec<Exposed>,
        #[serde(default = "concentration", deserialize_with = "input::positive")]
        concentration: f64,
    }
    fn concentration() -> f64 {
        SequentialSampleRatio::CONCENTRATION
    }
    let Input { epochs: exposed, concentration } = read(input)?;
    let epochs = epochs(exposed)?;
    let mut check = SequentialSampleRatio::new(epochs.first().map_or(0, |it| it.weights().len()), concentration);
    let log_e: Vec<f64> = epochs.iter().map(|epoch| check.observe(epoch)).collect::<Result<_, _>>().map_err(refused)?;
    Ok(json!({"log_e": log_e, "p_anytime": check.p_anytime()}))
}
