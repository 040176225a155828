//! What the proxy adds to a page: the site behind it beside the same pages with each visitor's variant in them.

use super::load::{self, Pace};
use super::report::Figure;
use super::requests::Requests;
use super::sites::{self, Random};
use crate::evoloop::{free_address, is_healthy};
use crate::failure::{Failure, Outcome};
use crate::measured::Measured;
use crate::project::Project;
use crate::shell;
use axum::Router;
use axum::response::Html;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Length of the page.
const PAGE: usize = 100 * 1024;
const VISITORS: usize = 20_000;
const ROUNDS: usize = 5;
/// One after the other, as the pages of one visitor: under load the wait for a processor would be measured.
const CONNECTIONS: u32 = 1;
const START: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);
/// Milliseconds that the proxy may add.
const AIM: f64 = 2.0;

/// The middle latency of both.
pub(super) fn measure(project: &Project, binary: &Path, time: Duration) -> Outcome<Vec<Figure>> {
    println!("==> measuring: pages through the proxy");
    let seed = sites::start(project, binary, &[], 1)?;
    let site = seed.sites.first().ok_or_else(|| Failure::new("`evoloop seed` made no site"))?;
    let origin = serve(page())?;
    let address = free_address()?;
    let mut command = seed.server.command(&[
        "proxy",
        "--site",
        site,
        "--origin",
        &format!("http://{origin}"),
        "--addr",
        &address.to_string(),
    ]);
    let (child, _guard) = shell::start(&mut command, "TERM")?;
    let _proxy = Ended(child);
    wait_for(address)?;
    let straight = Arc::new(visits(origin));
    let through = Arc::new(straight.to(address));
    check(&through)?;
    sites::settle(&seed.server)?;
    sites::warm_up(&straight, CONNECTIONS)?;
    sites::warm_up(&through, CONNECTIONS)?;
    let (mut without, mut with) = (Measured::default(), Measured::default());
    for _ in 0..ROUNDS {
        without.add(&load::measure(&straight, CONNECTIONS, time, Pace::Closed)?);
        with.add(&load::measure(&through, CONNECTIONS, time, Pace::Closed)?);
    }
    seed.server.stop()?;
    let figure = |percent: usize, most: Option<f64>| Figure {
        what: format!("a page of 100 KiB through the proxy, p{percent}; the ceiling is the origin alone"),
        unit: "ms",
        ceiling: without.percentile(percent),
        value: with.percentile(percent),
        most,
    };
    Ok(vec![figure(50, Some(without.percentile(50) + AIM)), figure(99, None)])
}

/// Ends with the value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for(address: SocketAddr) -> Outcome {
    let begun = Instant::now();
    while begun.elapsed() < START {
        if is_healthy(address) {
            return Ok(());
        }
        thread::sleep(LOOK);
    }
    Err(Failure::new(format!("the proxy did not answer within {} s", START.as_secs())))
}

/// A landing page with more below.
fn page() -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Kettle</title></head><body>\
         <header><nav><a href=\"/\">Home</a></nav></header><main><section><h1>Hot water in a minute</h1></section>",
    );
    let mut number = 0;
    while page.len() < PAGE - 200 {
        number += 1;
        page.push_str(&format!(
            "<section class=\"part odd\" id=\"part-{number}\"><h2>Part {number}</h2><p>Words &amp; more words, as \
             pages have them.</p><a class=\"button\" href=\"/part/{number}\">Read on</a></section>\n"
        ));
    }
    page.push_str("</main></body></html>");
    page
}

/// Navigations of many visitors, without end.
fn visits(address: SocketAddr) -> Requests {
    let mut random = Random(5);
    let mut requests = Requests::endless(address);
    for _ in 0..VISITORS {
        requests.open_page("/", &random.uuid());
    }
    requests
}

/// Visitors see variants, or there is nothing to measure.
fn check(through: &Arc<Requests>) -> Outcome {
    let one = Arc::new(through.first_alone());
    let has_tag = load::gather(&one, 1, |body| Ok(String::from_utf8_lossy(body).contains("data-site=")))?;
    if has_tag == [true] { Ok(()) } else { Err(Failure::new("the proxy does not change the page")) }
}

/// Serves the page until the process ends.
fn serve(page: String) -> Outcome<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let page: &'static str = page.leak();
    thread::spawn(move || {
        runtime.block_on(async {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                let _ = axum::serve(listener, Router::new().fallback(move || async move { Html(page) })).await;
            }
        });
    });
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_as_long_as_it_is_said_to_be() -> Outcome {
        assert!((PAGE - 400..=PAGE).contains(&page().len()), "{}", page().len());
        let asked = Arc::new(visits(serve(page())?).first_alone());
        assert_eq!(load::gather(&asked, 1, |body| Ok(body.len()))?, [page().len()]);
        Ok(())
    }
}
