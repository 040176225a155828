//! What the client does around a call: it streams, accounts, tries again, rests, and keeps its key to itself.

use crate::llm::writer;
use crate::samples::{brief, english};
use crate::serve;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use domain::copy::RejectedDraft;
use domain::guard::{Refusal, Rule};
use domain::slots::SlotPatch;
use serde_json::Value;
use service::ports::{CopyWriter, PastResult, WriteError, WritingLog};
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use testkit::stub_llm::{Fault, StubLlm};

const TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn an_answer_streams_and_is_accounted_for() {
    let stub = StubLlm::start().await.unwrap();
    let log = WritingLog::default();
    let progress = log.watch();
    let drafts = writer(&stub.base_url(), "m", TIMEOUT).write_noting(&brief(english(), 3), &log).await.unwrap();
    assert_eq!(drafts[0].prompt_version.as_deref(), Some("variants.v3"));
    assert_eq!(drafts[0].hypothesis, "More visitors convert.");
    assert!(*progress.borrow() > 100, "{}", *progress.borrow());
    let calls = log.take_calls();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!((call.tokens_in, call.tokens_out, call.cost_micros), (Some(321), Some(45), Some(123)));
    assert_eq!((call.model.as_str(), call.prompt_version.as_str(), call.outcome), ("m", "variants.v3", "answered"));
    let body = &stub.asked()[0].body;
    assert_eq!((&body["stream"], &body["stream_options"]["include_usage"]), (&Value::Bool(true), &Value::Bool(true)));
    assert!(body.get("usage").is_none(), "only OpenRouter knows it");
}

#[tokio::test]
async fn the_model_is_told_what_was_refused_forbidden_and_learnt() {
    let stub = StubLlm::start().await.unwrap();
    let mut brief = brief(english(), 2);
    let slots = SlotPatch { headline: Some("The best coffee".to_owned()), ..SlotPatch::default() };
    brief.refused.push(RejectedDraft {
        slots: slots.clone(),
        strategy: "plain words".to_owned(),
        author: "m".to_owned(),
        refusal: Refusal::new(Rule::Claim, "its headline says “best”"),
        created_at: 0,
    });
    brief.brand.forbidden_words.push("hustle".to_owned());
    brief.results.push(PastResult {
        slots,
        strategy: "question".to_owned(),
        status: "killed",
        visitors: 900,
        conversions: 9,
    });
    writer(&stub.base_url(), "m", TIMEOUT).write(&brief).await.unwrap();
    let content = stub.asked()[0].body["messages"][1]["content"].as_str().unwrap().to_owned();
    let data: Value = serde_json::from_str(&content).unwrap();
    let refused = data["refused"][0].as_str().unwrap();
    assert!(refused.contains("claim") && refused.contains("says “best”"), "{refused}");
    assert_eq!(data["forbidden"][0], "hustle");
    let result = data["results"][0].as_str().unwrap();
    assert!(result.contains("killed") && result.contains("900"), "{result}");
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_not() {
    let stub = StubLlm::start().await.unwrap();
    for (fault, tries) in [("500", 3), ("408", 3), ("503", 3), ("401", 1), ("404", 1), ("html", 1), ("empty", 1)] {
        let log = WritingLog::default();
        let before = stub.asked().len();
        let model = format!("fault/{fault}");
        writer(&stub.base_url(), &model, TIMEOUT).write_noting(&brief(english(), 1), &log).await.unwrap_err();
        assert_eq!(stub.asked().len() - before, tries, "{fault}");
        assert_eq!(log.take_calls().len(), tries, "each call is accounted for: {fault}");
    }
    // Two failures, then an answer.
    let asked = Arc::new(AtomicU32::new(0));
    let router = Router::new().route(
        "/v1/chat/completions",
        post(move || async move {
            if asked.fetch_add(1, Ordering::SeqCst) < 2 {
                return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response();
            }
            let content = r#"{\"variants\":[{\"headline\":\"Good\",\"reasoning\":\"It is\"}]}"#;
            let body = format!("{{\"choices\":[{{\"message\":{{\"content\":\"{content}\"}}}}]}}");
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }),
    );
    let server = serve(router).await;
    let log = WritingLog::default();
    let writer = writer(&format!("http://{server}/v1"), "m", TIMEOUT);
    assert_eq!(writer.write_noting(&brief(english(), 1), &log).await.unwrap().len(), 1);
    let outcomes: Vec<&str> = log.take_calls().iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, ["rate_limited", "rate_limited", "answered"]);
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_job() {
    let router = Router::new().route(
        "/v1/chat/completions",
        post(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "90")]) }),
    );
    let server = serve(router).await;
    let begun = std::time::Instant::now();
    let error = writer(&format!("http://{server}/v1"), "m", TIMEOUT).write(&brief(english(), 1)).await.unwrap_err();
    assert_eq!(error, WriteError::RateLimited { retry_after_s: Some(90) });
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_provider_that_fails_again_and_again_is_left_alone() {
    let stub = StubLlm::start().await.unwrap();
    stub.misbehave(Some(Fault::Status(500)));
    let writer = writer(&stub.base_url(), "m", TIMEOUT);
    for _ in 0..2 {
        assert!(writer.write(&brief(english(), 1)).await.is_err());
    }
    let asked = stub.asked().len();
    let error = writer.write(&brief(english(), 1)).await.unwrap_err();
    assert!(matches!(error, WriteError::Resting { retry_after_s: 1..=61 }), "{error:?}");
    assert!(error.is_transient());
    assert_eq!(stub.asked().len(), asked, "nothing is sent while it rests");
}

/// What a subscriber at the finest level writes.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_key_is_in_no_log_and_no_debug_output() {
    let captured = Captured::default();
    let sink = captured.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || sink.clone()).finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let stub = StubLlm::start().await.unwrap();
            for model in ["m", "fault/401", "fault/500", "fault/429", "fault/html", "fault/cut", "fault/redirect"] {
                let log = WritingLog::default();
                let result = writer(&stub.base_url(), model, TIMEOUT).write_noting(&brief(english(), 1), &log).await;
                tracing::info!(?result, ?log, "written");
            }
            let seen = stub.asked()[0].authorization.clone();
            assert_eq!(seen.as_deref(), Some("Bearer key-of-the-test"), "the key is sent");
        });
    });
    let text = String::from_utf8_lossy(&captured.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    assert!(text.contains("written") && text.contains("asked again"), "the log was captured: {text}");
    assert!(!text.contains("key-of-the-test"), "the key stands in the log");
}
