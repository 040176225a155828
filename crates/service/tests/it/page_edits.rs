//! What an owner says about the page while jobs are at work, or after variants were written.

use crate::support::sign_up;
use async_trait::async_trait;
use domain::page_edits::fact_id;
use domain::slots::SlotPatch;
use domain::variant::VariantAction;
use domain::{JobKind, JobState, Op, SiteId, SlotName, VariantId};
use service::ports::{Brief, Clock, CopyWriter, Draft, WriteError, WritingLog};
use service::{Lane, ServiceError, SlotChange, Viewer};
use std::sync::Arc;
use std::time::Duration;
use store::jobs::Claim;
use testkit::fakes::FakeWriter;
use testkit::service::{PAGE, PAGE_URL};
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use tokio::sync::Semaphore;
use uuid::Uuid;

on_both_databases!(
    what_was_chosen_while_a_page_was_read_is_read_afterwards,
    drafts_are_judged_again_by_what_was_said_meanwhile,
    what_was_locked_or_taken_back_since_is_not_approved,
);

fn draft(slots: SlotPatch) -> Draft {
    Draft {
        slots,
        reasoning: "It says what the page says.".to_owned(),
        strategy: "short".to_owned(),
        ..Draft::default()
    }
}

fn headline(text: &str) -> Draft {
    draft(SlotPatch { headline: Some(text.to_owned()), ..SlotPatch::default() })
}

fn drafts() -> Vec<Draft> {
    let line = "A small kettle for one cup. It uses 40 % less power than a pot, and stops by itself.";
    let line = SlotPatch { subheadline: Some(line.to_owned()), ..SlotPatch::default() };
    vec![headline("It is quiet and fits a drawer"), draft(line), headline("A small kettle for one cup")]
}

/// A copywriter that says when it was asked, and answers when it may.
struct Slow {
    begun: Semaphore,
    permits: Semaphore,
}

#[async_trait]
impl CopyWriter for Slow {
    fn name(&self) -> &str {
        "slow"
    }

    async fn write_noting(&self, _brief: &Brief, _log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        self.begun.add_permits(1);
        self.permits.acquire().await.unwrap().forget();
        Ok(drafts())
    }
}

/// What each variant but the control changes.
async fn changed(test: &TestService, viewer: &Viewer, site_id: SiteId) -> Vec<(VariantId, String, String)> {
    let variants = test.service.list_variants(viewer, site_id).await.unwrap();
    let ops = variants.iter().flat_map(|it| it.variant.patch.ops.iter().map(|op| (it.variant.id, op.clone())));
    let texts = ops.map(|(id, op)| match op {
        Op::Text { target, value } => (id, target.css, value),
        other => panic!("{other:?}"),
    });
    texts.collect()
}

async fn what_was_chosen_while_a_page_was_read_is_read_afterwards(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    test.work().await;
    test.service.read_again(&viewer, site.id).await.unwrap();
    // A process has read the page when the owner chooses an element that it did not look up.
    let now = test.clock.now();
    let write = test.database.store.begin().await.unwrap();
    let lease_end = now + Duration::from_secs(60);
    let claim = write.claim_job(&[JobKind::AnalyzeSite], Uuid::new_v4(), now, lease_end).await.unwrap();
    let Claim::Taken(claimed) = claim else { panic!("{claim:?}") };
    let model = page::analyze(PAGE, None, &[]);
    assert!(write.keep_for_job(&claimed, serde_json::to_value(&model).unwrap()).await.unwrap());
    write.commit().await.unwrap();
    let choice =
        SlotChange { choice: "selector".to_owned(), selector: "section:nth-of-type(2) > h2:nth-of-type(1)".to_owned() };
    test.service.choose_slot(&viewer, site.id, SlotName::Headline, choice).await.unwrap();
    let before = test.reader.reads(PAGE_URL);
    test.clock.advance(time::Duration::seconds(61));
    // The end of the reading asks for the next one itself, whatever becomes of this process then.
    assert!(test.service.work_once(Lane::All).await.unwrap());
    let jobs = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap();
    let readings: Vec<JobState> = jobs.iter().filter(|it| it.kind == JobKind::AnalyzeSite).map(|it| it.state).collect();
    assert!(readings.contains(&JobState::Queued), "{readings:?}");
    test.work().await;
    assert_eq!(test.reader.reads(PAGE_URL), before + 1);
    let owned = test.database.store.scope(&viewer).site(site.id).await.unwrap().unwrap();
    let record = test.database.store.site_record(&owned).await.unwrap().unwrap();
    assert_eq!(record.page_model().unwrap().headline.as_ref().unwrap().text, "Why people keep it");
}

async fn drafts_are_judged_again_by_what_was_said_meanwhile(database: TestDatabase) {
    let writer = Arc::new(Slow { begun: Semaphore::new(0), permits: Semaphore::new(0) });
    let test = TestServiceBuilder::default().writer(writer.clone()).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    assert!(test.service.work_once(Lane::All).await.unwrap(), "the analysis");
    let service = test.service.clone();
    let working = tokio::spawn(async move {
        assert!(service.work_once(Lane::All).await.unwrap());
    });
    writer.begun.acquire().await.unwrap().forget();
    test.service.lock_slot(&viewer, site.id, SlotName::Headline, true, true).await.unwrap();
    writer.permits.add_permits(1);
    working.await.unwrap();
    assert_eq!(changed(&test, &viewer, site.id).await, [], "nothing is stored that was judged before");
    test.work().await;
    let changed = changed(&test, &viewer, site.id).await;
    assert!(changed.len() == 1 && changed[0].1.ends_with("> p"), "{changed:?}");
    let jobs = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap();
    let written = jobs.iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
    assert_eq!((written.state, written.attempts), (JobState::Done, 1));
    assert_eq!(writer.begun.available_permits(), 0, "nothing was written a second time");
}

async fn what_was_locked_or_taken_back_since_is_not_approved(database: TestDatabase) {
    let writer = FakeWriter::new(vec![Ok(drafts())]);
    let test = TestServiceBuilder::default().writer(Arc::new(writer)).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    test.work().await;
    let found = changed(&test, &viewer, site.id).await;
    assert_eq!(found.len(), 3, "{found:?}");
    let approve = async |place: usize| {
        test.service.act_on_variant(&viewer, site.id, found[place].0, VariantAction::Approve).await
    };
    let why = |result: Result<(), ServiceError>| {
        let Err(ServiceError::Conflict(why)) = result else { panic!("{result:?}") };
        why
    };
    approve(2).await.unwrap();
    test.service.lock_slot(&viewer, site.id, SlotName::Headline, true, true).await.unwrap();
    let locked = "The headline is locked by now, and this variant changes it. Unlock it, or reject the variant.";
    assert_eq!(why(approve(0).await), locked);
    test.service.lock_slot(&viewer, site.id, SlotName::Headline, false, true).await.unwrap();
    approve(0).await.unwrap();

    let owned = test.database.store.scope(&viewer).site(site.id).await.unwrap().unwrap();
    let record = test.database.store.site_record(&owned).await.unwrap().unwrap();
    let facts = record.page_model().unwrap().facts.clone();
    let fact = facts.iter().find(|fact| fact.text.contains("40")).unwrap();
    test.service.edit_fact(&viewer, site.id, &fact_id(fact), None).await.unwrap();
    let taken_back = why(approve(1).await);
    assert!(taken_back.contains("40") && taken_back.ends_with("which is not to be said any more. Reject it."));
    test.service.act_on_variant(&viewer, site.id, found[1].0, VariantAction::Reject).await.unwrap();
}
