//! Reading a page with its style sheets, for the job that analyses a site and for the command that analyses any page.

use crate::ServiceError;
use crate::ports::{PageReader, ResourceKind};
use domain::PageModel;
use page::Stylesheet;
use url::Url;

/// Reads the style sheets that can be read. A page is as readable without one of them; only colours or fonts may
/// be missed.
pub async fn stylesheets(reader: &dyn PageReader, addresses: Vec<Url>) -> Vec<Stylesheet> {
    let mut sheets = Vec::new();
    for address in addresses {
        if let Ok(sheet) = reader.read(&address, ResourceKind::StyleSheet).await {
            sheets.push(Stylesheet { url: Some(sheet.url), text: sheet.text });
        }
    }
    sheets
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
