//! How fast the statistics are, beside a reference in the same run; `cargo xtask bench` makes the table.
#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use bandit::posterior::Posterior;
use bandit::rendezvous::{Key, assign};
use bandit::simulate::{Kills, Promotion, Scenario, run, stream};
use bandit::thompson::Sampler;
use bandit::{Lift, prob_best};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use siphasher::sip::SipHasher24;
use std::hash::Hasher;
use std::hint::black_box;

/// Arms of a few thousand visitors each, at about 4 %.
fn arms(count: u32) -> Vec<(f64, f64)> {
    (0..count).map(|arm| (120.0 + f64::from(arm % 7) * 4.0, 2900.0 + f64::from(arm) * 10.0)).collect()
}

/// What most tools do: draw, and count who was highest.
fn monte_carlo(arms: &[(f64, f64)], draws: u32) -> Vec<u32> {
    let sampler = Sampler::new(arms).unwrap();
    let mut random = stream(1, 1);
    let mut wins = vec![0; arms.len()];
    for _ in 0..draws {
        wins[sampler.sample(&mut random)] += 1;
    }
    wins
}

fn best(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("prob_best");
    for count in [2, 5, 20, 64] {
        let arms = arms(count);
        group.bench_function(format!("exact_{count}"), |bencher| bencher.iter(|| prob_best(black_box(&arms)).unwrap()));
    }
    let five = arms(5);
    group.bench_function("monte_carlo_5", |bencher| bencher.iter(|| monte_carlo(black_box(&five), 10_000)));
    group.finish();
}

fn assignment(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("assign");
    let key = Key([7; 16]);
    let visitor = "4f8a1c0b9d3e47f2a6b5c8d7e9f01234";
    let ids = [
        "0b9f3c1e-5a57-4c1b-9a53-0d8f6f3b2c11",
        "1b9f3c1e-5a57-4c1b-9a53-0d8f6f3b2c12",
        "2b9f3c1e-5a57-4c1b-9a53-0d8f6f3b2c13",
        "3b9f3c1e-5a57-4c1b-9a53-0d8f6f3b2c14",
        "4b9f3c1e-5a57-4c1b-9a53-0d8f6f3b2c15",
    ];
    let arms: Vec<(&str, f64)> = ids.iter().copied().zip([0.05, 0.2, 0.3, 0.15, 0.3]).collect();
    group.bench_function("five_arms", |bencher| bencher.iter(|| assign(&key, black_box(visitor), black_box(&arms))));
    group.bench_function("five_hashes", |bencher| {
        bencher.iter(|| {
            ids.iter().fold(0_u64, |sum, id| {
                let mut hasher = SipHasher24::new_with_key(&key.0);
                hasher.write(black_box(visitor).as_bytes());
                hasher.write(&[0]);
                hasher.write(id.as_bytes());
                sum ^ hasher.finish()
            })
        });
    });
    group.finish();
}

fn year(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("year");
    group.sample_size(10);
    let scenario = Scenario {
        rates: vec![0.050, 0.051, 0.052, 0.053, 0.049, 0.048, 0.050, 0.051],
        visitors_per_look: 1000,
        days: 365,
        kills: Kills::None,
        promotion: Promotion::Noted,
        ..Scenario::default()
    };
    let plain = Scenario { comparable: false, ..scenario.clone() };
    for (name, scenario) in [("eight_arms", &plain), ("eight_arms_comparable", &scenario)] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || stream(3, 1),
                |mut random| run(scenario, &mut random).unwrap(),
                BatchSize::SmallInput,
            );
        });
    }
    let posterior = |(alpha, beta)| Posterior::from_parameters(alpha, beta).unwrap();
    let arms: Vec<Posterior> = arms(8).into_iter().map(posterior).collect();
    group.bench_function("lifts_of_a_report", |bencher| {
        bencher.iter(|| arms[1..].iter().map(|arm| Lift::between(&arms[0], black_box(arm), 0.95)).collect::<Vec<_>>());
    });
    group.finish();
}

criterion_group!(benches, best, assignment, year);
criterion_main!(benches);
