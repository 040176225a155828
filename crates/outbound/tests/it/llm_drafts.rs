//! What a model may write, and what is left out whatever it says.

use crate::install_crypto;
use crate::samples::{brief, english};
use domain::slots::SlotPatch;
use outbound::llm::{LlmSettings, OpenAiCopyWriter};
use serde_json::{Value, json};
use service::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use testkit::stub_llm::StubLlm;

async fn answered(content: &str, brief: &Brief) -> Result<Vec<Draft>, WriteError> {
    install_crypto();
    let stub = StubLlm::start().await.unwrap();
    stub.answer_with(content);
    let writer = OpenAiCopyWriter::new(LlmSettings {
        base_url: stub.base_url().parse().unwrap(),
        api_key: None,
        model: "m".to_owned(),
        timeout: LlmSettings::DEFAULT_TIMEOUT,
    });
    let result = writer.unwrap().write(brief).await;
    assert!(stub.asked()[0].authorization.is_none());
    result
}

fn variant(headline: &str, subheadline: &str, cta: &str) -> Value {
    json!({"headline": headline, "subheadline": subheadline, "cta": cta,
        "strategy": "plain words", "reasoning": "Says it plainly."})
}

async fn one(variant: Value) -> Result<Draft, WriteError> {
    let content = json!({"variants": [variant]}).to_string();
    Ok(answered(&content, &brief(english(), 3)).await?.remove(0))
}

#[tokio::test]
async fn variants_with_names_and_in_a_list_are_the_same() {
    let both = [variant("Better coffee", "", ""), variant("Coffee, brewed better", "", "")];
    let named = json!({"variants": {"variant_1": both[0], "variant_2": both[1]}}).to_string();
    let listed = json!({"variants": both}).to_string();
    let named = answered(&named, &brief(english(), 2)).await.unwrap();
    assert_eq!(named.len(), 2);
    assert_eq!(named, answered(&listed, &brief(english(), 2)).await.unwrap());
}

#[tokio::test]
async fn content_that_is_not_the_schema_is_refused() {
    let table = [
        ("Here you are: {}", "the JSON in it is not what was asked for"),
        ("```json\n{\"variants\":[]}\n```", "the JSON in it is not what was asked for"),
        ("[]", "the JSON in it is not what was asked for"),
        ("{}", "the JSON in it is not what was asked for"),
        ("{\"variants\":[{\"headline\":1}]}", "the JSON in it is not what was asked for"),
        (
            "{\"variants\":[{\"html\":\"<b>\",\"strategy\":\"a\",\"reasoning\":\"b\"}]}",
            "the JSON in it is not what was asked for",
        ),
        ("{\"variants\":[],\"ops\":[]}", "the JSON in it is not what was asked for"),
        ("{\"variants\":[{\"headline\":\"a", "the JSON in it was cut off"),
        ("{\"variants\":[]}", "it holds no drafts"),
        ("{\"variants\":{}}", "it holds no drafts"),
    ];
    for (content, reason) in table {
        let error = answered(content, &brief(english(), 3)).await.unwrap_err();
        assert_eq!(error, WriteError::BadAnswer(reason.to_owned()), "{content}");
    }
}

#[tokio::test]
async fn texts_are_tidied_and_unchanged_ones_stay() {
    let draft = one(variant("  Better\n coffee ", "", "Start logging")).await.unwrap();
    let expected = SlotPatch { headline: Some("Better coffee".to_owned()), ..SlotPatch::default() };
    assert_eq!(draft.slots, expected);
    let mut wordy = variant("Better coffee", "", "");
    wordy["reasoning"] = json!(format!("a\u{202e}b {}", "c".repeat(2_000)));
    wordy["strategy"] = json!(" ");
    let draft = one(wordy).await.unwrap();
    assert!(draft.reasoning.starts_with("a b ccc") && draft.reasoning.chars().count() <= 601, "{}", draft.reasoning);
    assert_eq!(draft.strategy, "unnamed");
}

#[tokio::test]
async fn a_variant_of_another_form_does_not_spoil_the_others() {
    let content = json!({"variants": [
        variant("Better coffee", "", ""),
        {"headline": 7},
        ["a list", "is no variant", "", "", "", ""],
        {"headline": "A", "html": "<b>"},
        variant("Coffee, written down", "", ""),
    ]});
    install_crypto();
    let stub = StubLlm::start().await.unwrap();
    stub.answer_with(content.to_string());
    let log = WritingLog::default();
    let writer = crate::llm::writer(&stub.base_url(), "m", LlmSettings::DEFAULT_TIMEOUT);
    let drafts = writer.write_noting(&brief(english(), 3), &log).await.unwrap();
    let headlines: Vec<&str> = drafts.iter().filter_map(|draft| draft.slots.headline.as_deref()).collect();
    assert_eq!(headlines, ["Better coffee", "Coffee, written down"]);
    assert_eq!(log.take_unreadable(), 3);
}
