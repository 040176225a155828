//! One page in the browser: opening it, waiting until it stands, taking its markup or its picture.

use super::pipe::{Broken, Pipe, Seen};
use super::{BrowserSettings, View};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use service::ports::{OwnPicture, Screenshot};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// How often a page is looked at while it settles.
const EVERY: Duration = Duration::from_millis(150);
/// So many looks in a row must find the same.
const SAME_LOOKS: u32 = 4;
/// Quality of the pictures, of 100.
const QUALITY: u32 = 80;
/// A page's scripts get no dialogs, which would hold them up, and no connections that speak UDP.
const PREPARE: &str = "for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => null;
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[name];";
/// What changes while a page builds itself up.
const SIZE: &str =
    "document.readyState + document.getElementsByTagName('*').length + ' ' + (document.body?.innerText.length ?? 0)";

/// A page that can be driven.
pub(super) struct Tab<'a> {
    pipe: &'a mut Pipe,
    session: String,
    settings: &'a BrowserSettings,
}

impl<'a> Tab<'a> {
    pub(super) async fn new(pipe: &'a mut Pipe, settings: &'a BrowserSettings) -> Result<Self, Broken> {
        pipe.call(None, "Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
        let target = pipe.call(None, "Target.createTarget", json!({ "url": "about:blank" })).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = pipe.call(None, "Target.attachToTarget", attach).await?;
        let session = attached["sessionId"].as_str().ok_or(Broken::Gone)?.to_owned();
        let mut tab = Self { pipe, session, settings };
        tab.call("Page.enable", json!({})).await?;
        tab.call("Network.enable", json!({})).await?;
        tab.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PREPARE })).await?;
        Ok(tab)
    }

    /// Gives the browser these pictures when the page asks for their addresses, and no others of an earlier page.
    pub(super) async fn supply(&mut self, pictures: &[OwnPicture]) -> Result<(), Broken> {
        self.pipe.supplied = pictures.to_vec();
        if pictures.is_empty() {
            return Ok(());
        }
        // Signs that have a meaning in a pattern stand for themselves.
        let escaped = |url: &Url| url.as_str().replace('\\', "\\\\").replace('*', "\\*").replace('?', "\\?");
        let patterns: Vec<Value> = pictures.iter().map(|it| json!({ "urlPattern": escaped(&it.url) })).collect();
        self.call("Fetch.enable", json!({ "patterns": patterns })).await?;
        Ok(())
    }

    async fn call(&mut self, method: &'static str, parameters: Value) -> Result<Value, Broken> {
        self.pipe.call(Some(&self.session), method, parameters).await
    }

    /// Opens a page and waits until it stands.
    pub(super) async fn open(&mut self, url: &Url, view: View) -> Result<(), Broken> {
        self.resize(view).await?;
        self.pipe.seen = Seen::default();
        let opened = self.call("Page.navigate", json!({ "url": url.as_str() })).await?;
        if let Some(error) = opened["errorText"].as_str().filter(|error| !error.is_empty()) {
            tracing::info!(host = url.host_str(), error, "browser cannot reach the page");
            return Err(Broken::Unreachable);
        }
        self.settle().await
    }

    /// Makes the window as large as a view.
    pub(super) async fn resize(&mut self, view: View) -> Result<(), Broken> {
        let metrics = json!({
            "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": view.is_phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Waits until the page has loaded, asks for nothing and looks the same for a while, or the
    /// time is over.
    async fn settle(&mut self) -> Result<(), Broken> {
        let end = Instant::now() + self.settings.settle_timeout;
        let (mut last, mut same) = (String::new(), 0);
        while Instant::now() < end && same < SAME_LOOKS {
            tokio::time::sleep(EVERY).await;
            let size = self.evaluated(SIZE).await?;
            let is_quiet = self.pipe.seen.has_loaded && self.pipe.seen.under_way.is_empty() && size == last;
            same = if is_quiet { same + 1 } else { 0 };
            last = size;
        }
        Ok(())
    }

    async fn evaluated(&mut self, expression: &str) -> Result<String, Broken> {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", asked).await?;
        Ok(answer["result"]["value"].as_str().unwrap_or_default().to_owned())
    }

    /// Makes a world beside the page's scripts, which see nothing of it; its number.
    pub(super) async fn own_world(&mut self) -> Result<i64, Broken> {
        let frames = self.call("Page.getFrameTree", json!({})).await?;
        let asked = json!({ "frameId": frames["frameTree"]["frame"]["id"], "worldName": "evoloop" });
        let world = self.call("Page.createIsolatedWorld", asked).await?;
        world["executionContextId"].as_i64().ok_or(Broken::Gone)
    }

    /// The text that an expression comes to in such a world, at its end if it promises one.
    pub(super) async fn evaluated_in(&mut self, world: i64, expression: &str) -> Result<String, Broken> {
        let asked =
            json!({ "expression": expression, "contextId": world, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", asked).await?;
        if let Some(thrown) = answer["exceptionDetails"]["exception"]["description"].as_str() {
            return Err(Broken::Refused("Runtime.evaluate", thrown.chars().take(300).collect()));
        }
        Ok(answer["result"]["value"].as_str().unwrap_or_default().to_owned())
    }

    /// The page's markup as it stands, and its address.
    pub(super) async fn html(&mut self) -> Result<(String, Url), Broken> {
        let document = self.call("DOM.getDocument", json!({ "depth": 0 })).await?;
        let whole = json!({ "nodeId": document["root"]["nodeId"] });
        let mut answer = self.call("DOM.getOuterHTML", whole).await?;
        let Some(Value::String(html)) = answer.get_mut("outerHTML").map(Value::take) else { return Err(Broken::Gone) };
        if html.len() > self.settings.max_html_mib as usize * 1024 * 1024 {
            return Err(Broken::TooLarge(self.settings.max_html_mib));
        }
        let frames = self.call("Page.getFrameTree", json!({})).await?;
        let address = frames["frameTree"]["frame"]["url"].as_str().and_then(|address| Url::parse(address).ok());
        let address = address.filter(|address| matches!(address.scheme(), "http" | "https"));
        Ok((html, address.ok_or(Broken::Unreachable)?))
    }

    /// A picture of the page from its top.
    pub(super) async fn picture(&mut self, view: View) -> Result<Screenshot, Broken> {
        let metrics = self.call("Page.getLayoutMetrics", json!({})).await?;
        // A height can have a fraction, which a picture cannot.
        let content = metrics["cssContentSize"]["height"].to_string();
        let content: u32 = content.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default();
        let height = content.min(self.settings.max_picture_height).max(view.height);
        let clip = json!({ "x": 0, "y": 0, "width": view.width, "height": height, "scale": 1 });
        let asked = json!({ "format": "webp", "quality": QUALITY, "captureBeyondViewport": true, "clip": clip });
        let answer = self.call("Page.captureScreenshot", asked).await?;
        let webp = answer["data"].as_str().and_then(|data| STANDARD.decode(data).ok()).ok_or(Broken::Gone)?;
        Ok(Screenshot { width: view.width, height, webp })
    }
}
