//! `evoloop simulate`, run as a person runs it.

use crate::cli::run;
use bandit::simulate::reference::references;
use serde_json::Value;

async fn simulate(arguments: &[&str]) -> (bool, String, String) {
    let folder = tempfile::tempdir().unwrap();
    run("sqlite::memory:", folder.path(), &[&["simulate"], arguments].concat()).await
}

#[tokio::test]
async fn policies_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("regret.svg");
    let few = ["--runs", "3", "--days", "4", "--rates", "0.05,0.1,0.02", "--svg", picture.to_str().unwrap(), "--json"];
    let (ok, stdout, stderr) = simulate(&few).await;
    assert!(ok, "{stderr}");
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    let names: Vec<&str> =
        answer["results"].as_array().unwrap().iter().map(|it| it["policy"].as_str().unwrap()).collect();
    assert_eq!(names, ["even split", "epsilon-greedy", "Thompson per visitor", "Evoloop"]);
    let summary = &answer["results"][3]["summary"];
    assert_eq!(summary["runs"], 3);
    assert_eq!(summary["shares"].as_array().unwrap().len(), 3);
    assert!(summary["regret"]["mean"].as_f64().unwrap() > 0.0);
    let svg = std::fs::read_to_string(&picture).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains(">Evoloop</text>") && svg.trim_end().ends_with("</svg>"), "{svg}");

    let (_, again, _) = simulate(&few).await;
    assert_eq!(stdout, again, "the same seed, the same answer");
}

#[tokio::test]
async fn one_policy_is_told_in_words() {
    let arguments = [
        "--policy",
        "evoloop",
        "--runs",
        "3",
        "--days",
        "12",
        "--delay",
        "10",
        "--window",
        "48",
        "--drift",
        "--bots",
        "0.1",
        "--holdout",
        "0.1",
        "--lost",
        "0,0.5",
        "--coverage",
        "--looks",
        "2",
    ];
    let (ok, stdout, stderr) = simulate(&arguments).await;
    assert!(ok, "{stderr}");
    assert!(stdout.starts_with("Evoloop, 3 runs\n"), "{stdout}");
    assert!(stdout.contains("share of variant 1") && stdout.contains("AIPW intervals hold"), "{stdout}");
    assert!(stdout.contains("reported a wrong split                100.0 %"), "half of an arm is lost: {stdout}");
}

#[tokio::test]
async fn reference_figures_and_promises_are_judged() {
    let (ok, stdout, _) = simulate(&["--reference", "--runs", "1", "--json"]).await;
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    let figures = answer["figures"].as_array().unwrap();
    let expected: usize = references().iter().map(|reference| reference.figures.len()).sum();
    assert_eq!(figures.len(), expected);
    for figure in figures {
        let expected = ["reference", "at_most", "at_least"].iter().filter(|name| figure[name].is_number()).count();
        assert!(figure["mean"].is_number() && expected == 1, "{figure}");
        if let Some(least) = figure["at_least"].as_f64() {
            assert_eq!(figure["agrees"], figure["mean"].as_f64().unwrap() >= least, "{figure}");
        }
    }
    let all_agree = figures.iter().all(|figure| figure["agrees"] == true);
    assert_eq!((ok, &answer["agree"]), (all_agree, &Value::Bool(all_agree)), "the exit says what the figures say");
}

#[tokio::test]
async fn what_cannot_be_simulated_is_said() {
    let cases: [(&[&str], &str); 6] = [
        (&["--rates", "0.05"], "--rates needs 2 to 64 rates"),
        (&["--rates", "0.05,1.5"], "a share lies between 0 and 1"),
        (&["--delay", "5"], "--delay needs a --window"),
        (&["--window", "9000"], "0 to 8760 hours"),
        (&["--looks", "5"], "--looks must divide the 24 hours of a day"),
        (&["--svg", "/no/such/folder/a.svg", "--runs", "1", "--days", "1"], "No such file"),
    ];
    for (arguments, said) in cases {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let borrowed: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (ok, _, stderr) = simulate(&borrowed).await;
        assert!(!ok && stderr.contains(said), "{arguments:?}: {stderr}");
    }
}
