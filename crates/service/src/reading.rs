//! Reading a page with its style sheets, for the job that analyses a site and for the command that analyses any page.

use crate::ServiceError;
use crate::ports::{Fetched, PageReader, ReadError, ResourceKind};
use domain::PageModel;
use page::Stylesheet;
use url::Url;

/// Reads a page; one that shows nothing before its scripts ran is read again by a browser.
///
/// # Errors
/// When it cannot be read, or needs a browser that is not there.
pub async fn page(reader: &dyn PageReader, url: &Url) -> Result<Fetched, ReadError> {
    let fetched = reader.read(url, ResourceKind::Html).await?;
    let html = fetched.text.clone();
    let asked = tokio::task::spawn_blocking(move || page::needs_javascript(&html)).await;
    // A page that cannot be judged is analysed as it is.
    if asked.unwrap_or(false) { reader.render(&fetched.url).await } else { Ok(fetched) }
}

/// Reads the style sheets that can be read. A page is as readable without one of them; only colours or fonts may
/// be missed.
pub async fn stylesheets(reader: &dyn PageReader, addresses: Vec<Url>) -> Vec<Stylesheet> {
    let mut sheets = Vec::new();
    let mut left = MOST_IMPORTS;
    for address in addresses {
        if let Ok(sheet) = reader.read(&address, ResourceKind::StyleSheet).await {
            let mut text = imported(reader, &sheet, &mut left).await;
            text.push_str(&sheet.text);
            sheets.push(Stylesheet { url: Some(sheet.url), text });
        }
    }
    sheets
}

/// Most style sheets of a page that others take in.
const MOST_IMPORTS: usize = 8;

/// What a style sheet takes in, as text that stands before its own.
async fn imported(reader: &dyn PageReader, sheet: &Fetched, left: &mut usize) -> String {
    let mut text = String::new();
    for reference in page::stylesheet_imports(&sheet.text) {
        let Ok(address) = sheet.url.join(&reference) else { continue };
        if *left == 0 || !matches!(address.scheme(), "http" | "https") {
            break;
        }
        *left -= 1;
        if let Ok(found) = reader.read(&address, ResourceKind::StyleSheet).await {
            text.push_str(&found.text);
            // A comment that never closes ends here.
            text.push_str("\n/**/\n");
        }
    }
    text
}

/// Analyses a page away from the threads that answer requests, because a large one takes a while.
///
/// # Errors
/// An internal one when the analysis ends in a fault of ours.
pub async fn page_model(
    html: String,
    base: Option<Url>,
    stylesheets: Vec<Stylesheet>,
) -> Result<PageModel, ServiceError> {
    let analysed = tokio::task::spawn_blocking(move || page::analyze(&html, base.as_ref(), &stylesheets)).await;
    analysed.map_err(ServiceError::internal)
}

/// As [`page_model`], and looks up what the page's owner chose by these selectors.
///
/// # Errors
/// As [`page_model`].
pub async fn page_model_for(
    html: String,
    stylesheets: Vec<Stylesheet>,
    selectors: Vec<String>,
) -> Result<PageModel, ServiceError> {
    let analysed = tokio::task::spawn_blocking(move || page::analyze_for(&html, &stylesheets, &selectors)).await;
    analysed.map_err(ServiceError::internal)
}
