//! What Chromium is told at its start.

use super::BrowserSettings;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;

/// Quiet, alone, and without a way around the filter.
const ALWAYS: [&str; 30] = [
    // It says that it is automated: a page with our snippet is then read untouched, and this visit is none.
    "--enable-blink-features=AutomationControlled",
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--mute-audio",
    "--hide-scrollbars",
    "--password-store=basic",
    "--metrics-recording-only",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--disable-features=DialMediaRouteProvider,MediaRouter,OptimizationHints,Translate",
    "--block-new-web-contents",
    "--deny-permission-prompts",
    // A proxy is asked for everything but loopback by default; this asks it for loopback too.
    "--proxy-bypass-list=<-loopback>",
    // Whatever does not ask the proxy finds no name.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    // These speak UDP, which no proxy sees.
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=384",
];

pub(super) fn all(settings: &BrowserSettings, user_agent: &str, filter: SocketAddr, profile: &Path) -> Vec<OsString> {
    let mut flags: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    let mut folder = OsString::from("--user-data-dir=");
    folder.push(profile);
    flags.push(folder);
    flags.push(format!("--proxy-server=http://{filter}").into());
    flags.push(format!("--user-agent={user_agent}").into());
    if !settings.sandbox {
        flags.push("--no-sandbox".into());
    }
    flags.push("about:blank".into());
    flags
}
