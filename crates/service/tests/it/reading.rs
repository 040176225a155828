//! Pages that show nothing before their scripts ran.

use crate::support::sign_up;
use domain::{JobState, SiteStatus};
use service::ports::ReadError;
use testkit::service::PAGE;
use testkit::{TestDatabase, TestService, on_both_databases};

on_both_databases!(a_page_that_needs_its_scripts_is_read_by_a_browser_or_says_so);

const SHELL: &str = "<!doctype html><title>App</title><div id=root></div><script src=/app.js></script>";

async fn a_page_that_needs_its_scripts_is_read_by_a_browser_or_says_so(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let url = "https://app.example/";
    test.reader.put(url, Ok(SHELL));
    let site = test.service.create_site(&viewer, url).await.unwrap();
    test.work().await;
    let job = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap().remove(0);
    // Another try would find the same page, so there is none.
    assert_eq!((job.state, job.attempts), (JobState::Dead, 1));
    assert_eq!(job.last_error.unwrap(), ReadError::NeedsJavaScript.to_string());

    // A browser was set up, and the owner tries again.
    test.reader.put_rendered(url, PAGE);
    test.service.retry_job(&viewer, job.id).await.unwrap();
    test.work().await;
    let detail = test.service.site_detail(&viewer, site.id).await.unwrap();
    assert_eq!(detail.summary.status, SiteStatus::Ready);
    assert!(!detail.variants.is_empty());
}
