//! The language model client against a stub, fault by fault, and against a real model when there is one.

use crate::samples::{brief, english, page, slot};
use crate::{install_crypto, serve};
use axum::Router;
use axum::http::header;
use axum::response::Redirect;
use axum::routing::post;
use domain::PageModel;
use outbound::llm::{LlmSettings, OpenAiCopyWriter};
use secrecy::SecretString;
use serde_json::{Value, json};
use service::ports::{CopyWriter, WriteError};
use std::time::Duration;
use testkit::stub_llm::{Fault, StubLlm};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) fn writer(base_url: &str, model: &str, timeout: Duration) -> OpenAiCopyWriter {
    install_crypto();
    OpenAiCopyWriter::new(LlmSettings {
        base_url: base_url.parse().unwrap(),
        api_key: Some(SecretString::from("key-of-the-test")),
        model: model.to_owned(),
        timeout,
    })
    .unwrap()
}

fn quick(stub: &StubLlm, model: &str) -> OpenAiCopyWriter {
    writer(&stub.base_url(), model, Duration::from_secs(10))
}

#[tokio::test]
async fn drafts_come_back_and_the_request_is_as_documented() {
    let stub = StubLlm::start().await.unwrap();
    let writer = quick(&stub, "stub/model");
    assert_eq!(writer.name(), "stub/model");
    let drafts = writer.write(&brief(english(), 3)).await.unwrap();
    assert_eq!(drafts.len(), 3);
    assert!(drafts.iter().all(|draft| draft.slots.headline.is_some() && !draft.reasoning.is_empty()));

    let asked = stub.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].authorization.as_deref(), Some("Bearer key-of-the-test"));
    let body = &asked[0].body;
    assert!(!body.to_string().contains("key-of-the-test"));
    assert_eq!(body["model"], "stub/model");
    assert_eq!(body["messages"][0]["role"], "system");
    let data: Value = serde_json::from_str(body["messages"][1]["content"].as_str().unwrap()).unwrap();
    assert_eq!(data["page"]["opening"]["headline"], "Brew better coffee");
    assert_eq!(data["limits"]["cta"], 23);
    let format = &body["response_format"];
    assert_eq!(format["type"], "json_schema");
    assert_eq!(format["json_schema"]["strict"], true);
    let schema = &format["json_schema"]["schema"];
    assert_eq!(schema["additionalProperties"], false);
    let variants = &schema["properties"]["variants"];
    assert_eq!(variants["required"], json!(["variant_1", "variant_2", "variant_3"]));
    let item = &variants["properties"]["variant_3"];
    assert_eq!(item["additionalProperties"], false);
    let required: Vec<&str> = item["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(required, ["headline", "subheadline", "cta", "strategy", "hypothesis", "reasoning"]);
    assert_eq!(keywords(schema), ["additionalProperties", "description", "properties", "required", "type"]);
}

/// Every keyword that a schema uses, to see that grammars can be made from it.
fn keywords(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in schema.as_object().unwrap() {
        found.push(name.clone());
        if name == "properties" {
            value.as_object().unwrap().values().for_each(|inner| found.extend(keywords(inner)));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn only_texts_that_can_be_replaced_are_asked_for() {
    let stub = StubLlm::start().await.unwrap();
    let page = PageModel { subheadline: slot("Not plain", false), cta: None, ..english() };
    stub.answer_with(r#"{"variants":[{"headline":"Better coffee","strategy":"plain words","reasoning":"Shorter."}]}"#);
    let drafts = quick(&stub, "m").write(&brief(page, 2)).await.unwrap();
    assert_eq!(drafts[0].slots.headline.as_deref(), Some("Better coffee"));
    let schema = stub.asked()[0].body["response_format"]["json_schema"]["schema"].clone();
    let item = &schema["properties"]["variants"]["properties"]["variant_1"];
    assert_eq!(item["required"], json!(["headline", "strategy", "hypothesis", "reasoning"]));
    assert_eq!(item["properties"].as_object().unwrap().len(), 4);
}

#[tokio::test]
async fn a_page_without_plain_text_is_not_sent() {
    let stub = StubLlm::start().await.unwrap();
    let page = PageModel { headline: slot("A", false), subheadline: None, cta: None, ..english() };
    let result = quick(&stub, "m").write(&brief(page, 3)).await;
    assert!(matches!(result, Err(WriteError::NothingToWrite(_))), "{result:?}");
    assert!(stub.asked().is_empty());
}

#[tokio::test]
async fn a_large_page_fits_a_small_model() {
    let stub = StubLlm::start().await.unwrap();
    let long = "All the words of a page that never ends. ".repeat(40);
    let sentences: Vec<&str> = std::iter::repeat_n(long.as_str(), 200).collect();
    let mut page = page("en", [&long, &long, &long], &sentences);
    page.title = Some(long.clone());
    page.description = Some(long.clone());
    let known = (0..50)
        .map(|n| domain::slots::SlotPatch { headline: Some(format!("{n} {long}")), ..Default::default() })
        .collect();
    let mut brief = brief(page, 8);
    brief.known = known;
    quick(&stub, "m").write(&brief).await.unwrap();
    let body = stub.asked()[0].body.clone();
    let size = |at: usize| body["messages"][at]["content"].as_str().unwrap().chars().count();
    assert!(size(0) <= 2_000, "{}", size(0));
    assert!(size(1) <= 5_000, "{}", size(1));
}

#[tokio::test]
async fn each_fault_has_its_own_error() {
    let stub = StubLlm::start().await.unwrap();
    let bad = |reason: &str| WriteError::BadAnswer(reason.to_owned());
    let table = [
        ("fault/429", WriteError::RateLimited { retry_after_s: Some(1) }, true),
        ("fault/500", WriteError::Provider(500), true),
        ("fault/503", WriteError::Provider(503), true),
        ("fault/408", WriteError::Provider(408), true),
        ("fault/hidden", WriteError::Provider(503), true),
        ("fault/400", WriteError::Refused(400), false),
        ("fault/401", WriteError::Refused(401), false),
        ("fault/402", WriteError::Refused(402), false),
        ("fault/404", WriteError::Refused(404), false),
        ("fault/redirect", WriteError::Refused(307), false),
        ("fault/html", bad("it is not JSON"), true),
        ("fault/truncated", bad("it was cut off"), true),
        ("fault/cut", bad("it was cut off"), true),
        ("fault/length", bad("it was cut off at the model's length limit"), true),
        ("fault/empty", bad("it is empty"), true),
        ("fault/blank", bad("it is empty"), true),
        ("fault/refusal", bad("the model refused the task"), true),
        ("fault/oversize", bad("it is larger than 256 KiB"), true),
    ];
    for (model, expected, transient) in table {
        let error = quick(&stub, model).write(&brief(english(), 3)).await.unwrap_err();
        assert_eq!(error, expected, "{model}");
        assert_eq!(error.is_transient(), transient, "{model}");
    }
    let hasty = writer(&stub.base_url(), "fault/hang", Duration::from_millis(200));
    assert_eq!(hasty.write(&brief(english(), 3)).await.unwrap_err(), WriteError::Timeout(0));
    // A provider may hide its rate limit in an answer with status 200, too.
    stub.misbehave(Some(Fault::ErrorInside(429)));
    let error = quick(&stub, "m").write(&brief(english(), 3)).await.unwrap_err();
    assert_eq!(error, WriteError::RateLimited { retry_after_s: None });
}

#[tokio::test]
async fn an_answer_that_breaks_off_and_a_dead_provider() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = [0; 64 * 1024];
        let read = connection.read(&mut request).await.unwrap();
        assert!(read > 0);
        let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"choices\":";
        connection.write_all(half.as_bytes()).await.unwrap();
        // Read on, so that the connection ends in order and not with a reset.
        connection.shutdown().await.unwrap();
        while connection.read(&mut request).await.is_ok_and(|read| read > 0) {}
    });
    let writer_at = |address: &str| writer(&format!("http://{address}/v1/"), "m", Duration::from_secs(10));
    let error = writer_at(&server.to_string()).write(&brief(english(), 3)).await.unwrap_err();
    assert_eq!(error, WriteError::BadAnswer("it broke off".to_owned()));
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let error = writer_at(&closed.to_string()).write(&brief(english(), 3)).await.unwrap_err();
    assert_eq!(error, WriteError::Unreachable);
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_followed_with_the_key() {
    let stub = StubLlm::start().await.unwrap();
    let answer = |headers: axum::http::HeaderMap| async move {
        assert_eq!(headers[header::AUTHORIZATION], "Bearer key-of-the-test");
        let content = json!({"variants": [{"headline": "Better coffee", "subheadline": "", "cta": "",
            "strategy": "plain words", "reasoning": "Shorter."}]});
        axum::Json(json!({"choices": [{"message": {"content": content.to_string()}}]}))
    };
    let router = Router::new()
        .route("/v1/chat/completions", post(|| async { Redirect::temporary("/v2/chat/completions") }))
        .route("/v2/chat/completions", post(answer));
    let server = serve(router).await;
    let writer = writer(&format!("http://{server}/v1"), "m", Duration::from_secs(10));
    assert_eq!(writer.write(&brief(english(), 1)).await.unwrap().len(), 1);
    assert!(stub.asked().is_empty());
}

#[test]
fn settings_are_checked_and_keep_their_secrets() {
    install_crypto();
    let settings = |base_url: &str| LlmSettings {
        base_url: base_url.parse().unwrap(),
        api_key: Some(SecretString::from("key-of-the-test")),
        model: "m".to_owned(),
        timeout: LlmSettings::DEFAULT_TIMEOUT,
    };
    for wrong in
        ["ftp://model.site/v1", "http://name:pass-word@model.site/v1", "http://name@model.site/", "data:text/plain,x"]
    {
        let Err(error) = OpenAiCopyWriter::new(settings(wrong)) else { panic!("{wrong} was taken") };
        assert!(!error.to_string().contains("pass-word"), "{error}");
    }
    let shown = format!("{:?}", settings("http://name:pass-word@model.site/v1"));
    assert!(!shown.contains("key-of-the-test") && !shown.contains("pass-word"), "{shown}");
    assert!(OpenAiCopyWriter::new(settings("https://openrouter.ai/api/v1")).is_ok());
}

/// A small model writes poor copy; what must hold is that its answer becomes drafts that fit the
/// page, or a refusal that says why.
#[tokio::test]
async fn a_real_local_model_gives_drafts_or_a_clear_refusal() {
    let Some(model) = testkit::real_llm::real_llm("a_real_local_model").await.unwrap() else { return };
    let writer_of = |name: &str, timeout: u64| writer(model.base_url(), name, Duration::from_secs(timeout));
    // One draft, because a small machine takes a second for a few words. Whether it comes in time is not ours to say.
    match writer_of("local/gemma-3-270m", 240).write(&brief(english(), 1)).await {
        Ok(drafts) => {
            assert_eq!(drafts.len(), 1);
            for draft in drafts {
                assert!(draft.slots.compile(&english()).is_ok(), "{draft:?}");
                testkit::real_llm::say(&format!("the local model wrote: {:?}", draft.slots));
            }
        }
        Err(error @ (WriteError::BadAnswer(_) | WriteError::Timeout(_))) => {
            testkit::real_llm::say(&format!("the local model's answer was refused: {error}"));
        }
        Err(error) => panic!("{error}"),
    }
    let bad = |reason: &str| WriteError::BadAnswer(reason.to_owned());
    let faults = [
        ("fault/429", WriteError::RateLimited { retry_after_s: Some(1) }),
        ("fault/500", WriteError::Provider(500)),
        ("fault/hang", WriteError::Timeout(1)),
        ("fault/html", bad("it is not JSON")),
        ("fault/truncated", bad("it was cut off")),
        ("fault/empty", bad("it is empty")),
    ];
    for (name, expected) in faults {
        assert_eq!(writer_of(name, 1).write(&brief(english(), 3)).await.unwrap_err(), expected, "{name}");
    }
}
