//! Images from a provider on loopback, and everything that one may answer in place of an image.

use crate::{install_crypto, serve};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::PageModel;
use image::{DynamicImage, ImageFormat};
use outbound::llm::LlmSettings;
use outbound::llm::images::{ImageApi, ImageSettings, OpenAiImageMaker};
use secrecy::SecretString;
use serde_json::{Value, json};
use service::ports::{ImageMaker, MadeImage, WriteError, WritingLog};
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const KEY: &str = "sk-a-secret-of-the-owner";
/// What an image costs by the settings.
const PRICE: i64 = 40_000;

type Asked = Arc<Mutex<Vec<(Value, Option<String>)>>>;

/// A provider that gives each request the same answer, and a maker that asks it.
async fn maker(
    api: ImageApi,
    answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> (OpenAiImageMaker, Asked) {
    install_crypto();
    let asked: Asked = Asked::default();
    let notes = asked.clone();
    let handler = post(move |headers: HeaderMap, body: Bytes| async move {
        let key = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        notes.lock().unwrap().push((serde_json::from_slice(&body).unwrap(), key));
        answer()
    });
    let routes = Router::new().route("/v1/images/generations", handler.clone()).route("/v1/chat/completions", handler);
    let server = serve(routes).await;
    let provider = LlmSettings {
        base_url: format!("http://{server}/v1").parse().unwrap(),
        api_key: Some(SecretString::from(KEY)),
        model: "painter".to_owned(),
        timeout: Duration::from_secs(3),
    };
    (OpenAiImageMaker::new(ImageSettings { provider, api, price_micros: PRICE }).unwrap(), asked)
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let byte = |number: u32| number.to_le_bytes()[0];
    let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([byte(x), byte(y), 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn json_answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn listed(bytes: &[u8]) -> Value {
    json!({ "data": [{ "b64_json": STANDARD.encode(bytes) }] })
}

fn shown(bytes: &[u8], claimed: &str) -> Value {
    let url = format!("data:{claimed};base64,{}", STANDARD.encode(bytes));
    json!({ "choices": [{ "message": { "content": "Here.", "images": [{ "image_url": { "url": url } }] } }],
        "usage": { "prompt_tokens": 11, "completion_tokens": 1290, "cost": 0.038 } })
}

async fn made(maker: &OpenAiImageMaker) -> (Result<MadeImage, WriteError>, Vec<(&'static str, Option<i64>)>) {
    let log = WritingLog::default();
    let page = PageModel { title: Some("Kettle".to_owned()), ..PageModel::default() };
    let result = maker.make(&page, &log).await;
    (result, log.take_calls().iter().map(|call| (call.outcome, call.cost_micros)).collect())
}

#[tokio::test]
async fn an_image_arrives_by_either_interface_and_is_written_anew() {
    let formats = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
    for format in formats {
        let bytes = picture(1_700, 850, format);
        let answer = listed(&bytes);
        let (maker_of_images, asked) = maker(ImageApi::Images, move || json_answer(&answer)).await;
        let (result, calls) = made(&maker_of_images).await;
        let made_image = result.unwrap();
        assert_eq!((made_image.width, made_image.height), (1_600, 800), "{format:?}");
        assert_eq!(image::guess_format(&made_image.webp).unwrap(), ImageFormat::WebP);
        let again = image::load_from_memory(&made_image.webp).unwrap();
        assert_eq!((again.width(), again.height()), (1_600, 800));
        assert!(made_image.webp.len() < 400_000, "{}", made_image.webp.len());
        // Nobody told what it cost, so it cost what the settings say.
        assert_eq!(calls, [("answered", Some(PRICE))]);
        let (body, key) = asked.lock().unwrap().remove(0);
        assert_eq!(
            (&body["model"], &body["n"], &body["response_format"]),
            (&json!("painter"), &json!(1), &json!("b64_json"))
        );
        assert!(body["prompt"].as_str().unwrap().contains("\"title\":\"Kettle\""));
        assert_eq!(key, Some(format!("Bearer {KEY}")));
    }
    // What an address claims to hold does not matter; the provider's own cost does.
    let answer = shown(&picture(600, 400, ImageFormat::Png), "text/html");
    let (maker_of_chat, asked) = maker(ImageApi::Chat, move || json_answer(&answer)).await;
    let (result, calls) = made(&maker_of_chat).await;
    assert_eq!(result.map(|it| (it.width, it.height)), Ok((600, 400)));
    assert_eq!(calls, [("answered", Some(38_000))]);
    assert_eq!(asked.lock().unwrap()[0].0["modalities"], json!(["image", "text"]));
    assert!(
        !format!(
            "{:?}",
            ImageSettings {
                provider: LlmSettings {
                    base_url: "http://127.0.0.1/v1".parse().unwrap(),
                    api_key: Some(SecretString::from(KEY)),
                    model: String::new(),
                    timeout: Duration::from_secs(1),
                },
                api: ImageApi::Chat,
                price_micros: 0,
            }
        )
        .contains(KEY)
    );
}

/// A PNG that says how large it is and then holds next to nothing.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = picture(256, 256, ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = u32::MAX;
    for byte in &bytes[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[tokio::test]
async fn what_is_no_image_is_refused_with_its_reason_and_still_accounted_for() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>".to_vec();
    let mut cut = picture(600, 400, ImageFormat::Jpeg);
    cut.truncate(cut.len() / 3);
    let mut disguised = picture(600, 400, ImageFormat::Png);
    disguised[30..].fill(0);
    let gif = b"GIF89a\x00\x04\x00\x04\x00\x00\x00;".to_vec();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("html", b"<!doctype html><script>alert(1)</script>".to_vec(), "what it holds is no PNG, JPEG or WebP"),
        ("svg", svg, "what it holds is no PNG, JPEG or WebP"),
        ("gif", gif, "what it holds is no PNG, JPEG or WebP"),
        ("empty", Vec::new(), "what it holds is no PNG, JPEG or WebP"),
        ("a bomb", bomb(60_000, 60_000), "the image in it has 60000 by 60000 pixels, where 256..=4096 are taken"),
        (
            "too small",
            picture(64, 64, ImageFormat::Png),
            "the image in it has 64 by 64 pixels, where 256..=4096 are taken",
        ),
        ("broken", disguised, "the image in it is broken"),
    ];
    for (name, bytes, why) in cases {
        let answer = listed(&bytes);
        let (maker, _) = maker(ImageApi::Images, move || json_answer(&answer)).await;
        let (result, calls) = made(&maker).await;
        assert_eq!(result, Err(WriteError::BadAnswer(why.to_owned())), "{name}");
        assert_eq!(calls, [("bad_answer", Some(PRICE))], "{name}");
    }
    // A picture that ends too early is shown as far as it came or refused, and never more.
    let answer = listed(&cut);
    let (cut_maker, _) = maker(ImageApi::Images, move || json_answer(&answer)).await;
    if let Ok(found) = made(&cut_maker).await.0 {
        assert_eq!((found.width, found.height), (600, 400));
    }
    let answers: Vec<(Value, &str)> = vec![
        (json!({ "data": [] }), "it holds no image"),
        (json!({ "data": [{ "url": "http://169.254.169.254/latest" }] }), "it is an address in place of an image"),
        (json!({ "data": [{ "b64_json": "no base64!" }] }), "the image in it is not base64"),
        (json!([1, 2]), "it has not the form of an image"),
        (json!({ "choices": [{ "message": { "content": "No.", "images": [] } }] }), "it holds no image"),
        (
            json!({ "choices": [{ "message": { "images": [{ "image_url": { "url": "file:///etc/passwd" } }] } }] }),
            "it is an address in place of an image",
        ),
    ];
    for (answer, why) in answers {
        for api in [ImageApi::Images, ImageApi::Chat] {
            let answer = answer.clone();
            let (maker, _) = maker(api, move || json_answer(&answer)).await;
            assert_eq!(made(&maker).await.0, Err(WriteError::BadAnswer(why.to_owned())));
        }
    }
}

#[tokio::test]
async fn a_provider_that_fails_or_floods_ends_in_bounded_time() {
    let html = || ([(header::CONTENT_TYPE, "text/html")], "<html>gateway</html>").into_response();
    let flood = || {
        let start = b"{\"data\":[{\"b64_json\":\"".to_vec();
        let chunks = (0..1_600).map(|_| vec![b'A'; 64 * 1024]);
        let chunks = std::iter::once(start).chain(chunks).map(|it| Ok::<_, std::io::Error>(Bytes::from(it)));
        let body = axum::body::Body::from_stream(futures::stream::iter(chunks));
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    let silent = || axum::body::Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
    let limited = || (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "7")], "{}").into_response();
    type Answer = Arc<dyn Fn() -> Response + Send + Sync>;
    let cases: Vec<(Answer, WriteError, Option<i64>)> = vec![
        (Arc::new(html), WriteError::BadAnswer("it is not JSON".to_owned()), Some(PRICE)),
        (Arc::new(flood), WriteError::BadAnswer("it is larger than 24 MiB".to_owned()), Some(PRICE)),
        (
            Arc::new(move || ([(header::CONTENT_TYPE, "application/json")], silent()).into_response()),
            WriteError::Timeout(3),
            Some(PRICE),
        ),
        (Arc::new(limited), WriteError::RateLimited { retry_after_s: Some(7) }, None),
        (Arc::new(|| StatusCode::INTERNAL_SERVER_ERROR.into_response()), WriteError::Provider(500), None),
        (Arc::new(|| StatusCode::UNAUTHORIZED.into_response()), WriteError::Refused(401), None),
        (Arc::new(|| json_answer(&json!({ "error": { "code": 503 } }))), WriteError::Provider(503), None),
    ];
    for (answer, expected, cost) in cases {
        let begun = Instant::now();
        let (maker, asked) = maker(ImageApi::Images, move || answer()).await;
        let (result, calls) = made(&maker).await;
        assert_eq!(result, Err(expected.clone()));
        assert!(begun.elapsed() < Duration::from_secs(10), "{expected} took {:?}", begun.elapsed());
        assert_eq!((calls.len(), calls[0].1), (1, cost), "{expected}");
        // An image may have been paid for, so nobody asks again without being told to.
        assert_eq!(asked.lock().unwrap().len(), 1, "{expected}");
    }
}
