//! Pictures of the page and its variants: taken once each, bounded, gone with what they show.

use crate::support::sign_up;
use domain::asset::{PictureKind, View};
use domain::decision::{Decision, DecisionEvidence, DecisionKind, DecisionState, Undo};
use domain::report::SiteDetail;
use domain::variant::VariantAction;
use domain::{AssetId, AssetKind, DecisionId, JobKind, JobState, SiteId, SiteStatus, VariantStatus};
use service::ports::{Clock, Draft, ReadError};
use service::{Asset, Quota, ServiceError, Viewer};
use std::sync::Arc;
use store::assets::Kept;
use testkit::fakes::{Camera, FakeWriter};
use testkit::service::{PAGE, PAGE_URL};
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};

on_both_databases!(
    every_variant_is_photographed_once,
    without_a_browser_there_is_a_drawing,
    a_drawing_has_the_size_that_is_told,
    pictures_that_find_no_room_are_refused_with_a_sentence,
    a_page_that_cannot_be_photographed_fails_with_its_reason,
    unused_pictures_go,
    a_draft_that_breaks_the_layout_is_rejected_with_its_numbers,
);

async fn site(test: &TestService, email: &str) -> (Viewer, SiteId) {
    let viewer = sign_up(test, email).await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    test.work().await;
    (viewer, site.id)
}

async fn detail(test: &TestService, viewer: &Viewer, site_id: SiteId) -> SiteDetail {
    test.service.site_detail(viewer, site_id).await.unwrap()
}

fn kinds(detail: &SiteDetail) -> Vec<Vec<PictureKind>> {
    detail.variants.iter().map(|it| it.pictures.iter().map(|picture| picture.kind).collect()).collect()
}

fn id_of(path: &str) -> AssetId {
    AssetId::parse(path.rsplit('/').next().unwrap().trim_end_matches(".webp")).unwrap()
}

const BOTH: [PictureKind; 2] = [PictureKind::Screenshot(View::Desktop), PictureKind::Screenshot(View::Phone)];

async fn every_variant_is_photographed_once(database: TestDatabase) {
    let test = TestService::new(database);
    test.reader.set_camera(Some(Camera { note: "first".to_owned(), ..Camera::default() }));
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let before = detail(&test, &viewer, site_id).await;
    assert!(before.takes_pictures);
    assert_eq!(kinds(&before), vec![BOTH.to_vec(); 4]);
    // Drafts are measured in one visit more.
    assert!(test.reader.visits() >= 4, "{}", test.reader.visits());
    let picture = &before.variants[1].pictures[0];
    assert_eq!((picture.width, picture.height), (1_280, 900));
    let asset = test.service.own_picture(&viewer, site_id, &id_of(&picture.path)).await.unwrap();
    let text = String::from_utf8(asset.bytes).unwrap();
    assert!(text.starts_with("first 1280 [\""), "the variant's own texts: {text}");
    // Nobody else sees it, and it is not one for customers' pages.
    let stranger = sign_up(&test, "stranger@example.com").await;
    for refused in [
        test.service.own_picture(&stranger, site_id, &asset.id).await,
        test.service.public_picture(site_id, &asset.id).await,
    ] {
        assert!(matches!(refused, Err(ServiceError::NotFound)), "{refused:?}");
    }

    // A job that another process did already in part takes what is missing alone.
    let visits = test.reader.visits();
    let write = test.database.store.begin().await.unwrap();
    let owned = test.database.store.scope(&viewer).site(site_id).await.unwrap().unwrap();
    write.forget_screenshots(&owned, before.variants[2].variant.id).await.unwrap();
    write.commit().await.unwrap();
    let jobs = test.service.list_jobs(&viewer, Some(site_id)).await.unwrap();
    assert!(jobs.iter().all(|job| job.state == JobState::Done), "{jobs:?}");
    test.service.generate(&viewer, site_id).await.unwrap();
    test.work().await;
    let more = detail(&test, &viewer, site_id).await;
    assert!(kinds(&more).iter().all(|kinds| *kinds == BOTH));
    let added = more.variants.len() - before.variants.len();
    let taken = test.reader.visits() - visits;
    assert!((added + 1..=added + 4).contains(&taken), "{taken} visits for {added} variants and one that was missing");

    // Taken anew, the old ones go; what is killed keeps what it had.
    let killed = more.variants[1].variant.id;
    test.service.act_on_variant(&viewer, site_id, killed, VariantAction::Reject).await.unwrap();
    test.reader.set_camera(Some(Camera { note: "second".to_owned(), ..Camera::default() }));
    test.service.retake_screenshots(&viewer, site_id).await.unwrap();
    let again = test.service.retake_screenshots(&viewer, site_id).await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))), "{again:?}");
    test.work().await;
    let after = detail(&test, &viewer, site_id).await;
    for (old, new) in more.variants.iter().zip(&after.variants) {
        let is_killed = new.variant.id == killed;
        assert_eq!(old.pictures == new.pictures, is_killed, "{}", new.variant.name);
        let found = test.service.own_picture(&viewer, site_id, &id_of(&old.pictures[0].path)).await;
        assert_eq!(found.is_ok(), is_killed, "{}", new.variant.name);
    }
    // A site goes with its pictures.
    test.service.delete_site(&viewer, site_id).await.unwrap();
    assert_eq!(test.database.store.screenshots(&owned).await.unwrap(), []);
    let gone = test.database.store.asset(&owned, &id_of(&after.variants[0].pictures[0].path)).await.unwrap();
    assert_eq!(gone, None);
}

async fn without_a_browser_there_is_a_drawing(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let detail = detail(&test, &viewer, site_id).await;
    assert_eq!(kinds(&detail), vec![vec![PictureKind::Drawing]; 4]);
    assert!(!detail.takes_pictures);
    let jobs = test.service.list_jobs(&viewer, Some(site_id)).await.unwrap();
    assert!(jobs.iter().all(|job| job.kind != JobKind::TakeScreenshots));
    let variant = &detail.variants[1].variant;
    let svg = test.service.drawing(&viewer, site_id, variant.id).await.unwrap();
    let control = test.service.drawing(&viewer, site_id, detail.variants[0].variant.id).await.unwrap();
    assert!(control.contains("Boil water in") && svg != control, "{svg}");
    let size = format!(
        "width=\"{}\" height=\"{}\"",
        detail.variants[1].pictures[0].width, detail.variants[1].pictures[0].height
    );
    assert!(svg.contains(&size), "{size}: {svg}");
    let refused = test.service.retake_screenshots(&viewer, site_id).await;
    assert!(matches!(&refused, Err(ServiceError::Conflict(why)) if why.contains("EVOLOOP_CHROMIUM")), "{refused:?}");
    let stranger = sign_up(&test, "stranger@example.com").await;
    let refused = test.service.drawing(&stranger, site_id, variant.id).await;
    assert!(matches!(refused, Err(ServiceError::NotFound)), "{refused:?}");
}

async fn a_drawing_has_the_size_that_is_told(database: TestDatabase) {
    // Two lines below the headline, of which a variant leaves one, and no picture that is taller than both.
    let lead = "A kettle for one cup that uses 40 % less power than a pot. It is quiet, it stops by itself, and fits a drawer.";
    let (before, rest) = PAGE.split_once("<p class=\"lead\">").unwrap();
    let (old, rest) = rest.split_once("</p>").unwrap();
    assert!(old.len() < lead.len());
    let (button, rest) = rest.split_once("<img").unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    let shorter = "A kettle for one cup uses 40 % less power than a pot. It is quiet and fits a drawer.";
    let slots = domain::slots::SlotPatch { subheadline: Some(shorter.to_owned()), ..Default::default() };
    let (reasoning, strategy) = ("It is shorter.".to_owned(), "shorter".to_owned());
    let writer = FakeWriter::new(vec![Ok(vec![Draft { slots, reasoning, strategy, ..Draft::default() }])]);
    let test = TestServiceBuilder::default().writer(Arc::new(writer)).build(database);
    test.reader.put(PAGE_URL, Ok(&format!("{before}<p class=\"lead\">{lead}</p>{button}{rest}")));
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let found = detail(&test, &viewer, site_id).await;
    let mut heights = Vec::new();
    for it in &found.variants {
        let svg = test.service.drawing(&viewer, site_id, it.variant.id).await.unwrap();
        let picture = &it.pictures[0];
        assert!(svg.contains(&format!("width=\"{}\" height=\"{}\" role", picture.width, picture.height)), "{svg}");
        heights.push(picture.height);
    }
    assert!(heights.len() == 2 && heights[0] > heights[1], "{heights:?}");
}

async fn pictures_that_find_no_room_are_refused_with_a_sentence(database: TestDatabase) {
    // Room for the pictures of the page and of one variant, and for two sites of an account.
    let test = TestServiceBuilder::default().asset_quota(250, 400).build(database);
    test.reader.set_camera(Some(Camera { note: "x".repeat(40), ..Camera::default() }));
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let jobs = test.service.list_jobs(&viewer, Some(site_id)).await.unwrap();
    let job = jobs.iter().find(|job| job.kind == JobKind::TakeScreenshots).unwrap();
    let why = job.last_error.clone().unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Dead, 1));
    assert!(why.starts_with("The pictures of this site may take"), "{why}");
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!(found.summary.status, SiteStatus::Ready, "the site is none the worse");
    assert_eq!(kinds(&found)[0], BOTH, "what fits is there");
    // The account's other sites count together.
    let mut reasons = Vec::new();
    for _ in 0..3 {
        let other = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
        test.work().await;
        let jobs = test.service.list_jobs(&viewer, Some(other.id)).await.unwrap();
        reasons.extend(jobs.iter().find(|job| job.kind == JobKind::TakeScreenshots).unwrap().last_error.clone());
    }
    let last = reasons.last().unwrap();
    assert!(last.starts_with("The pictures of all your sites together may take"), "{reasons:?}");
}

async fn a_page_that_cannot_be_photographed_fails_with_its_reason(database: TestDatabase) {
    let test = TestService::new(database);
    let failure = Some(ReadError::Browser("the page uses too much memory".to_owned()));
    test.reader.set_camera(Some(Camera { failure, ..Camera::default() }));
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let found = detail(&test, &viewer, site_id).await;
    assert_eq!(found.variants.len(), 4, "variants are written all the same");
    let job = found.jobs.iter().find(|job| job.kind == JobKind::TakeScreenshots).unwrap();
    let why = "The browser on the server could not show the page: the page uses too much memory.";
    assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some(why)));
    // Mended, it is tried again; a variant that the page does not show is told of, and the others are not held up.
    let unfit = found.variants[2].changes[0].runs.clone();
    assert!(!unfit.is_empty());
    let text = found.variants[2].variant.patch.ops.iter().find_map(|op| match op {
        domain::Op::Text { value, .. } => Some(value.clone()),
        _ => None,
    });
    test.reader.set_camera(Some(Camera { unfit: vec![text.unwrap()], ..Camera::default() }));
    test.service.retry_job(&viewer, job.id).await.unwrap();
    test.work().await;
    let found = detail(&test, &viewer, site_id).await;
    let job = found.jobs.iter().find(|job| job.kind == JobKind::TakeScreenshots).unwrap();
    let name = &found.variants[2].variant.name;
    assert_eq!(job.state, JobState::Done);
    assert!(job.log.iter().any(|line| line.text.starts_with(&format!("{name} cannot be shown"))), "{:?}", job.log);
    let shown: Vec<bool> = kinds(&found).iter().map(|kinds| *kinds == BOTH).collect();
    assert_eq!(shown, [true, true, false, true]);
}

async fn unused_pictures_go(database: TestDatabase) {
    let test = TestService::new(database);
    test.reader.set_camera(Some(Camera::default()));
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let store = &test.database.store;
    let owned = store.scope(&viewer).site(site_id).await.unwrap().unwrap();
    let image = |number: u8| Asset {
        id: AssetId::of_digest(&[number; 32]),
        kind: AssetKind::Image,
        media_type: "image/webp".to_owned(),
        bytes: vec![number; 100],
        width: 10,
        height: 10,
    };
    let (used, unused, decided) = (image(1), image(2), image(3));
    let write = store.begin().await.unwrap();
    let quota = Quota { site: 1 << 20, account: 1 << 20 };
    for asset in [&used, &unused, &used, &decided] {
        assert_eq!(write.keep_asset(&owned, asset, quota, test.clock.now()).await.unwrap(), Kept::Here);
    }
    let control = write.variants(&owned).await.unwrap().remove(0);
    let target = domain::Target { css: "#hero".to_owned(), n: None, tag: None, text: None, alt: Vec::new() };
    let killed = |asset: &Asset| {
        let src = format!("http://localhost{}", asset.id.path(site_id));
        let patch = domain::Patch { v: 1, ops: vec![domain::Op::Image { target: target.clone(), src, alt: None }] };
        let id = domain::VariantId(uuid::Uuid::new_v4());
        domain::Variant { id, patch, is_control: false, status: VariantStatus::Killed, ..control.clone() }
    };
    let by_decision = killed(&decided);
    for variant in [&killed(&used), &by_decision] {
        write.create_variant(variant, None, test.clock.now()).await.unwrap();
    }
    let decision = Decision {
        id: DecisionId(uuid::Uuid::new_v4()),
        kind: DecisionKind::Kill,
        variant_id: Some(by_decision.id),
        sentence: "It is worse.".to_owned(),
        evidence: DecisionEvidence::Generation { variants: 2 },
        rule: Vec::new(),
        undo: Some(Undo { status: VariantStatus::Active }),
        state: DecisionState::Done,
        created_at: test.clock.now().unix_timestamp(),
        settled_at: None,
    };
    write.write_decision(&owned, &decision, test.clock.now()).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store.public_asset(site_id, &used.id).await.unwrap(), Some(used.clone()));

    test.service.keep_once().await.unwrap();
    assert!(store.asset(&owned, &unused.id).await.unwrap().is_some(), "a job may still be about to use it");
    test.clock.advance(time::Duration::days(2));
    test.service.keep_once().await.unwrap();
    assert_eq!(store.asset(&owned, &unused.id).await.unwrap(), None);
    assert!(store.asset(&owned, &used.id).await.unwrap().is_some(), "a variant shows it");
    let of_status = async |wanted: VariantStatus| {
        let found = detail(&test, &viewer, site_id).await;
        let (kinds, ids) = (kinds(&found), found.variants.iter().map(|it| (it.variant.id, it.variant.status)));
        ids.zip(kinds).filter(|((_, status), _)| *status == wanted).collect::<Vec<_>>()
    };
    let waiting = of_status(VariantStatus::PendingReview).await;
    assert!(waiting.len() == 3 && waiting.iter().all(|(_, kinds)| *kinds == BOTH), "{waiting:?}");
    // What ended a month ago is not shown with pictures any more.
    test.service.act_on_variant(&viewer, site_id, waiting[0].0.0, VariantAction::Reject).await.unwrap();
    test.clock.advance(time::Duration::days(40));
    test.service.keep_once().await.unwrap();
    assert_eq!(store.asset(&owned, &used.id).await.unwrap(), None, "its variant ended long ago");
    assert!(store.asset(&owned, &decided.id).await.unwrap().is_some(), "the decision can be taken back");
    let rejected = of_status(VariantStatus::Rejected).await;
    assert!(rejected.len() == 1 && rejected[0].1 == [PictureKind::Drawing], "{rejected:?}");
    let waiting = of_status(VariantStatus::PendingReview).await;
    assert!(waiting.len() == 2 && waiting.iter().all(|(_, kinds)| *kinds == BOTH), "{waiting:?}");
}

async fn a_draft_that_breaks_the_layout_is_rejected_with_its_numbers(database: TestDatabase) {
    let draft = |headline: &str| Draft {
        slots: domain::slots::SlotPatch { headline: Some(headline.to_owned()), ..Default::default() },
        reasoning: "It says what the page says.".to_owned(),
        strategy: "shorter".to_owned(),
        ..Draft::default()
    };
    let texts = ["It is quiet", "It fits into a drawer", "A small kettle for one cup", "It stops by itself"];
    let first = texts[..3].iter().map(|text| draft(text)).collect();
    let writer = FakeWriter::new(vec![Ok(first), Ok(vec![draft(texts[3])])]);
    let test = TestServiceBuilder::default().writer(Arc::new(writer)).build(database);
    let lines = vec![(texts[1].to_owned(), 9)];
    test.reader.set_camera(Some(Camera { lines, ..Camera::default() }));
    let (viewer, site_id) = site(&test, "owner@example.com").await;
    let found = detail(&test, &viewer, site_id).await;
    let written: Vec<String> = found.variants[1..]
        .iter()
        .flat_map(|it| &it.variant.patch.ops)
        .map(|op| match op {
            domain::Op::Text { value, .. } => value.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    // The copywriter was told and wrote another one.
    assert_eq!(written, [texts[0], texts[2], texts[3]]);
    let [rejected] = found.rejected.as_slice() else { panic!("{:?}", found.rejected) };
    assert_eq!(rejected.slots.headline.as_deref(), Some(texts[1]));
    assert_eq!(rejected.refusal.rule, domain::guard::Rule::Length);
    let why = "in a window of 390 px its headline takes 9 lines, where it took 1 and 3 fit";
    assert_eq!(rejected.refusal.reason, why);
}
