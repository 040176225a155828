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
