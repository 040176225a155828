//! Every published vector, and how a failure looks.

use bandit::vectors::evaluate;
use serde_json::{Value, json};

fn published() -> Value {
    serde_json::from_str(include_str!("../data/vectors.json")).unwrap()
}

#[test]
fn published_vectors_are_met() {
    let file = published();
    let count = file["vectors"].as_array().unwrap().len();
    assert!(count > 60);
    let results = evaluate(file).unwrap();
    for result in results["results"].as_array().unwrap() {
        assert_eq!(result["pass"], true, "{result}");
    }
    assert_eq!((&results["passed"], &results["failed"]), (&json!(count), &json!(0)));
}

#[test]
fn a_wrong_expectation_fails() {
    let mut file = published();
    for vector in file["vectors"].as_array_mut().unwrap() {
        for (_, value) in vector["expect"].as_object_mut().unwrap() {
            *value = json!("something else");
        }
    }
    assert_eq!(evaluate(file).unwrap()["passed"], 0);
}

#[test]
fn odd_vectors_are_told_apart() {
    let key = "000102030405060708090a0b0c0d0e0f";
    let cases = [
        (json!({"name": "a", "kind": "magic", "input": {}}), json!(false), Some("not implemented")),
        (json!({"name": "b", "kind": "beta_cdf", "input": {"alpha": 1, "beta": 1, "x": 0.25}}), json!(null), None),
        (json!({"name": "c", "kind": "beta_cdf", "input": {}}), json!(false), Some("missing field `alpha`")),
        (
            json!({"name": "d", "kind": "posterior", "input": {"visitors": 1, "conversions": 2, "prior": [1, 1], "level": 0.9}}),
            json!(false),
            Some("there are more conversions than visitors"),
        ),
        (
            json!({"name": "e", "kind": "rendezvous_shares", "input": {"key_hex": "xyz", "visitors": 1, "variants": []}}),
            json!(false),
            Some("key_hex must be 32 hexadecimal digits"),
        ),
        (
            json!({"name": "f", "kind": "rendezvous_assign", "input": {"key_hex": key, "visitor_id": "v", "variants": []},
                   "expect": {"u": [], "winner": null}}),
            json!(true),
            None,
        ),
    ];
    for (vector, pass, error) in cases {
        let results = evaluate(json!({"vectors": [vector]})).unwrap();
        let result = &results["results"][0];
        assert_eq!((&result["pass"], result["error"].as_str()), (&pass, error), "{result}");
    }
    assert!(evaluate(json!({"vectors": "none"})).is_err());
}

#[test]
fn one_odd_vector_fails_alone() {
    let good = json!({"name": "good", "kind": "beta_cdf", "input": {"alpha": 1, "beta": 1, "x": 0.25},
        "expect": {"cdf": 0.25}, "tolerance": {"abs": 1e-9}});
    for odd in
        [json!(5), json!({"name": "odd"}), json!({"name": "odd", "kind": "beta_cdf"}), json!({"kind": 7, "input": 1})]
    {
        let results = evaluate(json!({"vectors": [odd, good]})).unwrap();
        assert_eq!((&results["passed"], &results["failed"]), (&json!(1), &json!(1)), "{results}");
    }
}

#[test]
fn what_the_specification_sets_need_not_be_given() {
    let cases = [
        ("posterior", json!({"visitors": 100.0, "conversions": 5}), json!({"prior": [1, 1], "level": 0.95})),
        ("lift", json!({"control": [5, 95], "variant": [9, 91]}), json!({"level": 0.95})),
        ("holdout", json!({"treated": [900, 50], "holdout": [1e2, 4]}), json!({"prior": [1, 1], "level": 0.95})),
        (
            "evidence",
            json!({"epochs": [{"share": 0.5, "control": [100, 3], "variant": [100, 9]}]}),
            json!({"lifts": [0.05, 0.1, 0.2, 0.4, 0.8], "prior_conversions": 0.5, "prior_visitors": 10}),
        ),
        (
            "lift_sequence",
            json!({"epochs": [{"share": 0.5, "control_conversions": 3, "variant_conversions": 9}]}),
            json!({"tau": 0.5, "alpha": 0.05}),
        ),
        (
            "aipw",
            json!({"epochs": [{"weights": [1, 1], "counts": [100, 100], "conversions": [3, 9]}], "variant": 1, "control": 0}),
            json!({"level": 0.95, "prior_conversions": 0.5, "prior_visitors": 10}),
        ),
        ("allocation", json!({"prob_best": [0.3, 0.7], "control": 0}), json!({"floor": 0.01, "control_floor": 0.05})),
        ("top_two", json!({"prob_best": [0.3, 0.7]}), json!({"beta": 0.5})),
        (
            "srm_sequential",
            json!({"epochs": [{"weights": [1, 1], "counts": [60, 40]}]}),
            json!({"concentration": 1000}),
        ),
        ("delay", json!({"window_h": 24, "delay_cdf": [[0, 0]], "visitors": []}), json!({"prior": [1, 1]})),
        ("discount", json!({"half_life_h": 24, "epochs": []}), json!({"prior": [1, 1]})),
    ];
    for (kind, bare, set) in cases {
        let mut whole = bare.clone();
        for (key, value) in set.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let got = |input: &Value| {
            let results = evaluate(json!({"vectors": [{"name": kind, "kind": kind, "input": input}]})).unwrap();
            assert!(results["results"][0]["error"].is_null(), "{results}");
            results["results"][0]["got"].clone()
        };
        assert_eq!(got(&bare), got(&whole), "{kind}");
    }
}

#[test]
fn impossible_inputs_are_refused() {
    let cases = [
        ("posterior", json!({"visitors": 1.5, "conversions": 0})),
        ("posterior", json!({"visitors": -1, "conversions": 0})),
        ("posterior", json!({"visitors": 10, "conversions": 5, "prior": [-1, 1]})),
        ("posterior", json!({"visitors": 10, "conversions": 5, "level": 1})),
        ("posterior", json!({"visitors": 10, "conversions": 5, "level": 95})),
        ("lift", json!({"control": [1, 1], "variant": [0, 1]})),
        ("evidence", json!({"lifts": [-1], "epochs": []})),
        ("evidence", json!({"epochs": [{"share": 1.5, "control": [1, 0], "variant": [1, 0]}]})),
        ("lift_sequence", json!({"tau": 0, "epochs": []})),
        ("lift_sequence", json!({"alpha": 0, "epochs": []})),
        ("srm_sequential", json!({"concentration": 0, "epochs": []})),
        ("rendezvous_shares", json!({"key_hex": "+0010203040506070809+a0b0c0d0e0f", "visitors": 1, "variants": []})),
        ("rendezvous_move", json!({"before": [1e308, 1e308], "after": [1, 1]})),
        ("expected_loss", json!({"arms": [[1e-9, 1], [1e-9, 1]]})),
    ];
    for (kind, input) in cases {
        let results = evaluate(json!({"vectors": [{"name": kind, "kind": kind, "input": input}]})).unwrap();
        let result = &results["results"][0];
        assert!(result["got"].is_null() && result["error"].is_string(), "{kind} {input}: {result}");
    }
}
