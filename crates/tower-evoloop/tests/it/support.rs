//! An origin out of a table, and an assignment that says what it is told.

use bytes::Bytes;
use encoding_rs::Encoding;
use futures::stream;
use http::response::Parts;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::{Layer, ServiceExt, service_fn};
use tower_evoloop::{Assign, Assigned, BoxError, EvoloopLayer, Patch, Question, Rewriter, Settings, Verdict, compile};

pub(crate) const SITE: &str = "0190b9a4-0000-7000-8000-000000000001";
pub(crate) const PAGE: &str =
    "<!doctype html><html><head><meta charset=utf-8><title>a</title></head><body><h1>OLD</h1></body></html>";
pub(crate) const SHEET: &str = "[data-evo~=\"0\"]{display:none!important}";

const REAL: &str = r#"{"v":1,"ops":[
    {"op":"text","target":{"css":"h1"},"value":"REAL"},{"op":"hide","target":{"css":"p"}}]}"#;

/// The tag as it is added to a page.
pub(crate) fn tag() -> String {
    format!("<script async src=\"/evoloop.js\" data-site=\"{SITE}\"></script>")
}

/// What the page above becomes.
pub(crate) fn changed(page: &str) -> String {
    let page = page.replacen("<head>", &format!("<head>{}", tag()), 1).replacen("OLD", "NEW", 1);
    format!("{page}<!--evoloop variant-1 1-->")
}

/// What the assignment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Variant,
    VariantWithSheet,
    /// A patch of the language: the only `h1` says `REAL`, and the only `p` is hidden.
    Real,
    /// A patch of the language.
    Json(&'static str),
    Control,
    Paused,
    Fails,
}

/// What it was asked: visitor, current token, user agent.
pub(crate) type Asked = Arc<Mutex<Vec<(String, Option<String>, Option<String>)>>>;

pub(crate) struct Fixed {
    says: Says,
    asked: Asked,
}

impl Assign for Fixed {
    async fn assign(&self, question: Question<'_>) -> Result<Assigned, BoxError> {
        let user_agent = question.user_agent.map(|value| value.to_str().unwrap().to_owned());
        let seen = (question.visitor.to_owned(), question.current.map(str::to_owned), user_agent);
        self.asked.lock().unwrap().push(seen);
        let patch: Option<Arc<dyn Patch>> = match self.says {
            Says::Fails => return Err("nobody is there".into()),
            Says::Variant => Some(Arc::new(Replace { sheet: false })),
            Says::VariantWithSheet => Some(Arc::new(Replace { sheet: true })),
            Says::Real => compile(REAL)?,
            Says::Json(patch) => compile(patch)?,
            Says::Control | Says::Paused => None,
        };
        let token = (self.says != Says::Paused).then(|| "token.1".to_owned());
        Ok(Assigned { variant_id: "variant-1".to_owned(), token, patch })
    }
}

/// Makes the first `OLD` of a page `NEW`.
struct Replace {
    sheet: bool,
}

impl Patch for Replace {
    fn begin(&self, _: &'static Encoding) -> Box<dyn Rewriter> {
        Box::new(Replacing { sheet: self.sheet, seen: Vec::new() })
    }
}

struct Replacing {
    sheet: bool,
    seen: Vec<u8>,
}

impl Rewriter for Replacing {
    fn write(&mut self, piece: &[u8], _: &mut Vec<u8>) {
        self.seen.extend_from_slice(piece);
    }

    fn finish(self: Box<Self>, output: &mut Vec<u8>) -> Verdict {
        let Some(at) = self.seen.windows(3).position(|bytes| bytes == b"OLD") else {
            output.extend_from_slice(&self.seen);
            return Verdict::Untouched { reason: "it has no such words".to_owned() };
        };
        let mut page = self.seen.clone();
        page.splice(at..at + 3, *b"NEW");
        if self.sheet {
            let end = page.windows(7).position(|bytes| bytes == b"</head>").unwrap();
            page.splice(end..end, format!("<style data-evo>{SHEET}</style>").into_bytes());
        }
        output.extend_from_slice(&page);
        Verdict::Applied { operations: 1, sheet: self.sheet.then(|| SHEET.to_owned()) }
    }
}

/// What the origin answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Length of the pieces in which the body comes.
    pub(crate) piece: usize,
    /// Wait before each piece but the first.
    pub(crate) pause: Duration,
    pub(crate) trailers: Option<HeaderMap>,
    /// The body breaks off in place of its end.
    pub(crate) breaks: bool,
}

impl Reply {
    pub(crate) fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::of("text/html; charset=utf-8", body)
    }

    pub(crate) fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
            piece: usize::MAX,
            pause: Duration::ZERO,
            trailers: None,
            breaks: false,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn pieces(mut self, length: usize) -> Self {
        self.piece = length;
        self
    }
}

/// What came of a request.
pub(crate) struct Came {
    pub(crate) parts: Parts,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
    /// The body broke off.
    pub(crate) broke: bool,
    /// The headers that the origin saw.
    pub(crate) seen: HeaderMap,
    pub(crate) asked: Vec<(String, Option<String>, Option<String>)>,
}

impl Came {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values = self.parts.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then(|| values.join(" | "))
    }
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new(SITE);
    settings.hold = Duration::from_millis(300);
    settings
}

/// A browser's request for a page.
pub(crate) fn navigation() -> http::request::Builder {
    Request::get("http://shop.example/").header("host", "shop.example").header("accept", "text/html,*/*")
}

pub(crate) async fn open(reply: Reply) -> Came {
    through(settings(), Says::Variant, navigation(), reply).await
}

pub(crate) async fn through(settings: Settings, says: Says, request: http::request::Builder, reply: Reply) -> Came {
    let seen = Arc::new(Mutex::new(HeaderMap::new()));
    let asked = Asked::default();
    let noticed = seen.clone();
    let origin = service_fn(move |request: Request<()>| {
        *noticed.lock().unwrap() = request.headers().clone();
        let reply = reply.clone();
        async move { Ok::<_, Infallible>(answer(reply)) }
    });
    let layer = EvoloopLayer::new(settings, Fixed { says, asked: asked.clone() });
    let response = layer.layer(origin).oneshot(request.body(()).unwrap()).await.unwrap();
    let (parts, mut response) = response.into_parts();
    let (mut body, mut trailers, mut broke) = (Vec::new(), None, false);
    while let Some(frame) = response.frame().await {
        match frame {
            Ok(frame) => match frame.into_data() {
                Ok(data) => body.extend_from_slice(&data),
                Err(frame) => trailers = frame.into_trailers().ok(),
            },
            Err(_) => broke = true,
        }
    }
    let seen = seen.lock().unwrap().clone();
    let asked = asked.lock().unwrap().clone();
    Came { parts, body, trailers, broke, seen, asked }
}

type Frames = Vec<Result<Frame<Bytes>, BoxError>>;

fn answer(reply: Reply) -> Response<impl http_body::Body<Data = Bytes, Error = BoxError> + Send + 'static> {
    let pieces = reply.body.chunks(reply.piece.min(reply.body.len()).max(1));
    let mut frames: Frames = pieces.map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect();
    if let Some(trailers) = reply.trailers {
        frames.push(Ok(Frame::trailers(trailers)));
    }
    if reply.breaks {
        frames.push(Err("broken".into()));
    }
    let pause = reply.pause;
    let frames = stream::unfold((frames.into_iter(), true), move |(mut frames, is_first)| async move {
        if !is_first && !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        frames.next().map(|frame| (frame, (frames, false)))
    });
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(StreamBody::new(Box::pin(frames))).unwrap()
}
