//! Images for the hero image's place: off unless asked for, priced before, made once, judged like every variant.

use crate::support::sign_up;
use async_trait::async_trait;
use domain::report::{JobView, SiteDetail};
use domain::{AssetId, JobKind, JobState, Op, PageModel, SiteId, SlotName, VariantStatus};
use service::ports::{Clock, ImageMaker, MadeImage, WriteError, WritingLog};
use service::{CopyRulesUpdate, Lane, ServiceError, Viewer};
use std::sync::Arc;
use std::time::Duration;
use store::jobs::Claim;
use testkit::fakes::{Camera, FakeMaker};
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use uuid::Uuid;

on_both_databases!(
    an_image_becomes_a_variant_that_waits,
    without_an_image_model_there_is_no_offer,
    the_limits_of_the_day_hold,
    a_failure_is_told_and_tried_again_when_that_may_help,
    a_model_that_is_too_slow_is_not_asked_again,
    an_image_is_paid_for_once_whatever_fails_afterwards,
    a_cancelled_call_counts_at_its_price,
);

/// A maker that says when it was asked, and answers when it may.
struct Slow {
    begun: Semaphore,
    permits: Semaphore,
}

#[async_trait]
impl ImageMaker for Slow {
    fn model(&self) -> &str {
        "slow painter"
    }

    fn prompt_version(&self) -> &str {
        "image.test"
    }

    fn price_micros(&self) -> i64 {
        40_000
    }

    async fn make(&self, page: &PageModel, log: &WritingLog) -> Result<MadeImage, WriteError> {
        self.begun.add_permits(1);
        self.permits.acquire().await.unwrap().forget();
        FakeMaker::new(vec![Ok(image())]).make(page, log).await
    }
}

/// A site whose image is being made, and who works on it.
async fn painting(database: TestDatabase) -> (TestService, Arc<Slow>, (Viewer, SiteId), JoinHandle<()>) {
    let maker = Arc::new(Slow { begun: Semaphore::new(0), permits: Semaphore::new(0) });
    let test =
        TestServiceBuilder::default().images(maker.clone()).public_url("https://evoloop.example").build(database);
    let (viewer, site_id) = site(&test).await;
    test.service.make_image(&viewer, site_id).await.unwrap();
    let service = test.service.clone();
    let working = tokio::spawn(async move {
        assert!(service.work_once(Lane::All).await.unwrap());
    });
    maker.begun.acquire().await.unwrap().forget();
    (test, maker, (viewer, site_id), working)
}

fn image() -> MadeImage {
    MadeImage { webp: b"RIFF....WEBP".to_vec(), width: 1_200, height: 800 }
}

fn with(answers: Vec<Result<MadeImage, WriteError>>) -> TestServiceBuilder {
    TestServiceBuilder::default().images(Arc::new(FakeMaker::new(answers))).public_url("https://evoloop.example")
}

async fn site(test: &TestService) -> (Viewer, SiteId) {
    let viewer = sign_up(test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    test.work().await;
    (viewer, site.id)
}

async fn detail(test: &TestService, viewer: &Viewer, site_id: SiteId) -> SiteDetail {
    test.service.site_detail(viewer, site_id).await.unwrap()
}

fn job(detail: &SiteDetail) -> JobView {
    detail.jobs.iter().find(|job| job.kind == JobKind::MakeImage).cloned().unwrap()
}

fn refused(result: Result<(), ServiceError>) -> String {
    let Err(ServiceError::Conflict(why)) = result else { panic!("{result:?}") };
    why
}

async fn an_image_becomes_a_variant_that_waits(database: TestDatabase) {
    let test = with(vec![Ok(image())]).build(database);
    test.reader.set_camera(Some(Camera::default()));
    let (viewer, site_id) = site(&test).await;
    let before = detail(&test, &viewer, site_id).await;
    let offer = before.image_offer.unwrap();
    assert_eq!((offer.model.as_str(), offer.price_micros, offer.refusal), ("fake painter", 40_000, None));
    let stranger = sign_up(&test, "stranger@example.com").await;
    let foreign = test.service.make_image(&stranger, site_id).await;
    assert!(matches!(foreign, Err(ServiceError::NotFound)), "{foreign:?}");

    test.service.make_image(&viewer, site_id).await.unwrap();
    assert_eq!(refused(test.service.make_image(&viewer, site_id).await), "An image is being made already.");
    test.work().await;
    let after = detail(&test, &viewer, site_id).await;
    assert_eq!(after.variants.len(), before.variants.len() + 1);
    let made = after.variants.iter().find(|it| it.variant.strategy == "hero image").unwrap();
    assert_eq!((made.variant.status, made.variant.author.as_str()), (VariantStatus::PendingReview, "fake painter"));
    assert_eq!(made.variant.provenance.cost_micros, Some(39_000));
    let [Op::Image { src, target, .. }] = made.variant.patch.ops.as_slice() else { panic!("{:?}", made.variant.patch) };
    assert_eq!(target.css, "#hero");
    let told: Vec<_> = made.changes.iter().map(|it| (it.place.as_str(), format!("{:?}", it.runs))).collect();
    assert!(told[0].0 == "Hero image" && told[0].1.contains("an image made for this page"), "{told:?}");
    let name = src.strip_prefix(&format!("https://evoloop.example/assets/{site_id}/")).unwrap();
    let id = AssetId::parse(name.strip_suffix(".webp").unwrap()).unwrap();
    let public = test.service.public_picture(site_id, &id).await.unwrap();
    assert_eq!((public.bytes, public.width, public.height), (image().webp, 1_200, 800));
    // Its own picture is taken with the image, which the browser is given.
    assert_eq!(made.pictures.len(), 2);
    let shown = AssetId::parse(made.pictures[0].path.rsplit('/').next().unwrap().trim_end_matches(".webp")).unwrap();
    let shown = test.service.own_picture(&viewer, site_id, &shown).await.unwrap();
    assert!(String::from_utf8(shown.bytes).unwrap().ends_with(" 1"));
    // What was spent is known to the job and counts for the day.
    let done = job(&after);
    assert_eq!((done.state, done.cost_micros), (JobState::Done, 39_000));
    assert_eq!((after.spent_today.calls, after.spent_today.cost_micros), (1, 39_000));
}

async fn without_an_image_model_there_is_no_offer(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = site(&test).await;
    assert_eq!(detail(&test, &viewer, site_id).await.image_offer, None);
    let why = refused(test.service.make_image(&viewer, site_id).await);
    assert_eq!(why, "No image can be made for this page.");
}

async fn the_limits_of_the_day_hold(database: TestDatabase) {
    let test = with(vec![Ok(image())]).build(database);
    let (viewer, site_id) = site(&test).await;
    let limit = async |daily_calls: u32, daily_dollars: &str| {
        let daily_dollars = daily_dollars.to_owned();
        let update = CopyRulesUpdate { daily_calls, daily_dollars, ..CopyRulesUpdate::default() };
        test.service.update_copy_rules(&viewer, site_id, update).await.unwrap();
    };
    // The price counts before it is paid.
    limit(50, "0.03").await;
    let why = refused(test.service.make_image(&viewer, site_id).await);
    assert_eq!(why, "An image costs about $0.04, and today $0.00 of $0.03 are spent for this site already.");
    assert_eq!(detail(&test, &viewer, site_id).await.image_offer.unwrap().refusal, Some(why));
    limit(0, "1").await;
    assert!(refused(test.service.make_image(&viewer, site_id).await).starts_with("The limit of 0 calls"));
    // A limit that is lowered while the job waits holds for it too.
    limit(50, "1").await;
    test.service.make_image(&viewer, site_id).await.unwrap();
    limit(50, "0.01").await;
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!((job(&found).state, found.spent_today.calls), (JobState::Dead, 0));
    assert!(job(&found).last_error.unwrap().starts_with("An image costs about"));
    assert_eq!(found.variants.len(), 4);
}

async fn a_failure_is_told_and_tried_again_when_that_may_help(database: TestDatabase) {
    let hostile = WriteError::BadAnswer("what it holds is no PNG, JPEG or WebP".to_owned());
    let test = with(vec![Err(WriteError::Provider(500)), Ok(image()), Err(hostile)]).build(database);
    let (viewer, site_id) = site(&test).await;
    test.service.make_image(&viewer, site_id).await.unwrap();
    test.work().await;
    let failed = job(&detail(&test, &viewer, site_id).await);
    let why = "The image model's provider failed with status 500. Try again later.";
    assert_eq!((failed.state, failed.last_error.as_deref()), (JobState::Queued, Some(why)));
    test.clock.advance(time::Duration::seconds(10));
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!((job(&found).state, found.variants.len(), found.spent_today.calls), (JobState::Done, 5, 2));
    // An answer that is no image is paid for, told, and not asked for again.
    test.service.make_image(&viewer, site_id).await.unwrap();
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    let why = "The image model's answer could not be used: what it holds is no PNG, JPEG or WebP.";
    assert_eq!((job(&found).state, job(&found).last_error.as_deref()), (JobState::Dead, Some(why)));
    assert_eq!((found.variants.len(), found.spent_today.calls), (5, 3));
}

async fn a_model_that_is_too_slow_is_not_asked_again(database: TestDatabase) {
    let test = with(vec![Err(WriteError::Timeout(60)), Ok(image())]).build(database);
    let (viewer, site_id) = site(&test).await;
    test.service.make_image(&viewer, site_id).await.unwrap();
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    let why = "The image model did not answer within 60 seconds.";
    assert_eq!((job(&found).state, job(&found).last_error.as_deref()), (JobState::Dead, Some(why)));
    assert_eq!(found.spent_today.calls, 1);
}

async fn an_image_is_paid_for_once_whatever_fails_afterwards(database: TestDatabase) {
    let (test, maker, (viewer, site_id), working) = painting(database).await;
    // The owner locks the place while the image is being made, so that it is refused once it is there.
    let lock = async |locked| {
        test.service.lock_slot(&viewer, site_id, SlotName::HeroImage, locked, true).await.unwrap();
    };
    lock(true).await;
    // Enough for a second call, which must not come.
    maker.permits.add_permits(2);
    working.await.unwrap();
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!((job(&found).state, found.variants.len()), (JobState::Dead, 4), "{:?}", job(&found).last_error);
    // Once it may be used, it is there still, even if the database fails on the way.
    lock(false).await;
    test.service.retry_job(&viewer, job(&found).id).await.unwrap();
    let now = test.clock.now();
    let write = test.database.store.begin().await.unwrap();
    let lease_end = now + Duration::from_secs(60);
    let claim = write.claim_job(&[JobKind::MakeImage], Uuid::new_v4(), now, lease_end).await.unwrap();
    let Claim::Taken(claimed) = claim else { panic!("{claim:?}") };
    assert!(write.fail_job(&claimed, "Something went wrong.", Some(now), now).await.unwrap());
    write.commit().await.unwrap();
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!((job(&found).state, found.variants.len()), (JobState::Done, 5), "{:?}", job(&found).last_error);
    assert_eq!((found.spent_today.calls, found.spent_today.cost_micros), (1, 39_000));
    assert_eq!(job(&found).cost_micros, 39_000);
}

async fn a_cancelled_call_counts_at_its_price(database: TestDatabase) {
    let (test, _maker, (viewer, site_id), working) = painting(database).await;
    let running = job(&detail(&test, &viewer, site_id).await);
    test.service.cancel_job(&viewer, running.id).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), working).await.expect("the work stops at once").unwrap();
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!((job(&found).state, job(&found).cost_micros), (JobState::Cancelled, 40_000));
    assert_eq!((found.spent_today.calls, found.spent_today.cost_micros), (1, 40_000));
}
