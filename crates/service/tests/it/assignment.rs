//! Who sees what: for how long a variant is kept, what the control looks for, names for a day, and previews.

use crate::support::{another_site, assign, running_site, visitor};
use domain::variant::VariantAction;
use domain::{Op, Patch, Phase, SiteId, Target, Variant, VariantId, VariantStatus};
use service::{AssignRequest, Assignment, PreviewError};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use store::snapshot::ArmWeight;
use store::statistics::{Allocation, AllocationInputs};
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    ten_thousand_visitors_keep_their_variants,
    the_control_counts_where_the_next_in_line_would,
    a_preview_shows_any_state_until_it_expires,
    only_tokens_of_previews_show_previews,
);

/// Visitors who keep the token of their last answer.
const VISITORS: usize = 10_000;
/// Changes of the weights that they live through.
const UPDATES: i64 = 20;

fn ask(test: &TestService, site_id: SiteId, name: &str, current: Option<&String>) -> Assignment {
    let request = AssignRequest { site_id, visitor_id: visitor(name), current: current.cloned(), automated: false };
    test.service.assign(&request).unwrap()
}

async fn publish(test: &TestService, site_id: SiteId, epoch: i64, weights: Vec<ArmWeight>) {
    let store = &test.database.store;
    let site = store.site_for_operator(site_id).await.unwrap().unwrap();
    let inputs = AllocationInputs { phase: Phase::Bandit, phase_variant_id: None, posteriors: Vec::new() };
    let allocation = Allocation { epoch, weights, started_at: time::OffsetDateTime::UNIX_EPOCH };
    let write = store.begin().await.unwrap();
    write.publish_allocation(&site, &allocation, &inputs).await.unwrap();
    write.commit().await.unwrap();
    test.service.refresh_changed_sites().await.unwrap();
}

/// Nobody changes the variant while it is active, however the weights move, and a killed one moves its visitors alone.
async fn ten_thousand_visitors_keep_their_variants(database: TestDatabase) {
    let test = TestService::new(database);
    let seeded = test.service.seed(1, 4, 0.05).await.unwrap().remove(0);
    let site_id = seeded.site_id;
    let arms: Vec<VariantId> = seeded.variants.iter().map(|(id, _)| *id).collect();
    let names: Vec<String> = (0..VISITORS).map(|number| format!("visitor-{number}")).collect();
    let mut kept: Vec<Assignment> = names.iter().map(|name| ask(&test, site_id, name, None)).collect();
    let first: Vec<VariantId> = kept.iter().map(|shown| shown.variant_id).collect();
    let first_epoch = kept[0].epoch;
    let held_out = kept.iter().filter(|shown| shown.holdout).count();
    assert!((300..700).contains(&held_out), "{held_out} in the holdout");

    let mut switched = 0;
    for update in 1..=UPDATES {
        // Another arm has nearly all of the new visitors each time.
        let favourite = usize::try_from(update).unwrap() % arms.len();
        let weight = |place| if place == favourite { 0.92 } else { 0.02 };
        let weights = arms.iter().enumerate().map(|(place, id)| ArmWeight { variant_id: *id, weight: weight(place) });
        publish(&test, site_id, first_epoch + update, weights.collect()).await;
        let fresh = assign(&test, site_id, &format!("new-{update}"));
        assert_eq!(fresh.epoch, first_epoch + update, "the weights are in force");
        for ((name, shown), first) in names.iter().zip(&mut kept).zip(&first) {
            let again = ask(&test, site_id, name, shown.token.as_ref());
            switched += usize::from(again.variant_id != *first || again.holdout != shown.holdout);
            *shown = again;
        }
    }
    assert_eq!(switched, 0, "of {VISITORS} visitors over {UPDATES} updates");
    let moved_without =
        names.iter().zip(&first).filter(|(name, first)| assign(&test, site_id, name).variant_id != **first);
    assert!(moved_without.count() > VISITORS / 2, "without the token most would have been moved");

    let (killed, _) = *seeded.variants.iter().find(|(_, is_control)| !is_control).unwrap();
    let viewer = test.service.viewer_for_operator("seed@evoloop.invalid").await.unwrap();
    test.service.act_on_variant(&viewer, site_id, killed, VariantAction::Kill).await.unwrap();
    let after: Vec<Assignment> =
        names.iter().zip(&kept).map(|(name, shown)| ask(&test, site_id, name, shown.token.as_ref())).collect();
    let moved: HashSet<usize> = (0..VISITORS).filter(|place| after[*place].variant_id != first[*place]).collect();
    let of_killed: HashSet<usize> = (0..VISITORS).filter(|place| first[*place] == killed).collect();
    assert_eq!(moved, of_killed);
    assert!(moved.len() > VISITORS / 10, "{} visitors of the killed variant", moved.len());
    let to: HashSet<VariantId> = moved.iter().map(|place| after[*place].variant_id).collect();
    assert!(!to.contains(&killed) && to.is_subset(&arms.iter().copied().collect()), "{to:?}");
    // Where they were moved to they stay as well.
    for (name, shown) in names.iter().zip(&after) {
        assert_eq!(ask(&test, site_id, name, shown.token.as_ref()).variant_id, shown.variant_id);
    }
}

fn text_of(css: &str) -> Op {
    let target = Target { css: css.to_owned(), n: None, tag: None, text: None, alt: Vec::new() };
    Op::Text { target, value: "Something else".to_owned() }
}

/// Stores a variant with these operations, in this state.
async fn add_variant(test: &TestService, site_id: SiteId, status: VariantStatus, ops: Vec<Op>) -> VariantId {
    let variant = Variant {
        id: VariantId(uuid::Uuid::new_v4()),
        site_id,
        parent_variant_id: None,
        generation: 1,
        name: "By hand".to_owned(),
        patch: Patch { v: 1, ops },
        status: VariantStatus::PendingReview,
        is_control: false,
        generation_reasoning: String::new(),
        strategy: String::new(),
        author: String::new(),
        provenance: domain::copy::Provenance::default(),
    };
    let store = &test.database.store;
    let site = store.site_for_operator(site_id).await.unwrap().unwrap();
    let write = store.begin().await.unwrap();
    write.create_variant(&variant, None, time::OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert!(write.move_variant(&site, variant.id, VariantStatus::PendingReview, status).await.unwrap());
    write.commit().await.unwrap();
    test.service.refresh_changed_sites().await.unwrap();
    variant.id
}

fn targets(shown: &Assignment) -> Vec<String> {
    let targets: Vec<Target> = serde_json::from_str(&shown.targets_json).unwrap();
    targets.into_iter().map(|target| target.css).collect()
}

/// A visitor of the control looks for what the variant next in line changes, so one variant whose elements are gone
/// takes its share of the control's visits along, and not all.
async fn the_control_counts_where_the_next_in_line_would(database: TestDatabase) {
    let test = TestService::new(database);
    let site_id = test.service.seed(1, 1, 0.2).await.unwrap().remove(0).site_id;
    let control = (0..500).map(|number| assign(&test, site_id, &format!("c-{number}"))).find(|shown| shown.is_control);
    let control = control.unwrap().variant_id;
    // One of both changes an element twice.
    let both = ["#a", "h1", "#a"].map(text_of).to_vec();
    let [first, second] = [
        add_variant(&test, site_id, VariantStatus::Active, both).await,
        add_variant(&test, site_id, VariantStatus::Active, vec![text_of(".b")]).await,
    ];
    let weigh = |weights: [f64; 3]| {
        let arms = [control, first, second].into_iter().zip(weights);
        arms.map(|(variant_id, weight)| ArmWeight { variant_id, weight }).collect()
    };
    publish(&test, site_id, 2, weigh([0.4, 0.4, 0.2])).await;
    let wanted: HashMap<VariantId, Vec<&str>> = HashMap::from([(first, vec!["#a", "h1"]), (second, vec![".b"])]);

    let mut in_line = HashMap::new();
    let mut kinds = HashSet::new();
    for name in (0..600).map(|number| format!("v-{number}")) {
        let shown = assign(&test, site_id, &name);
        kinds.insert((shown.is_control, shown.holdout));
        if shown.is_control {
            let looked_for = targets(&shown);
            let next =
                wanted.iter().find(|(_, targets)| **targets == looked_for).unwrap_or_else(|| panic!("{looked_for:?}"));
            in_line.insert((name, shown.holdout), *next.0);
        } else {
            assert!(targets(&shown).is_empty(), "a variant has its own");
        }
    }
    assert_eq!(kinds.len(), 3, "a variant, the control and the holdout were asked");
    let share = in_line.values().filter(|id| **id == first).count() * 100 / in_line.len();
    assert!(
        (57..77).contains(&share),
        "{share} % of the control's visitors stand in for the first, which has two thirds"
    );

    // Another process, which reads the rows anew, says the same; and without the control they would have seen it.
    let other = test.another_process();
    publish(&test, site_id, 3, weigh([0.0, 0.4, 0.2])).await;
    other.refresh_changed_sites().await.unwrap();
    for ((name, holdout), next) in &in_line {
        let request = AssignRequest { site_id, visitor_id: visitor(name), current: None, automated: false };
        let shown = other.assign(&request).unwrap();
        assert_eq!((shown.holdout, shown.variant_id == *next), (*holdout, !holdout), "{name}");
    }

    // Who takes no part looks for nothing.
    let machine = AssignRequest { site_id, visitor_id: visitor("m"), current: None, automated: true };
    assert!(targets(&test.service.assign(&machine).unwrap()).is_empty());
}

#[tokio::test]
async fn a_visitor_who_keeps_nothing_has_one_name_a_day_and_site() {
    let test = TestService::new(TestDatabase::sqlite().await);
    let name = |site: u128, address: [u8; 4], agent: &str| {
        let site_id = SiteId(uuid::Uuid::from_u128(site));
        test.service.visitor_of_today(site_id, IpAddr::from(address), agent.as_bytes())
    };
    let one = name(1, [192, 0, 2, 1], "Browser/1");
    let same = test.another_process().visitor_of_today(
        SiteId(uuid::Uuid::from_u128(1)),
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        b"Browser/1",
    );
    assert_eq!(one, same, "in every process");
    let mapped = IpAddr::V6(Ipv6Addr::from_bits(0xffff_c000_0201));
    assert_eq!(one, test.service.visitor_of_today(SiteId(uuid::Uuid::from_u128(1)), mapped, b"Browser/1"));
    assert!(one.as_str().len() == 32 && !one.as_str().contains("192"), "{one}");
    let mut names = HashSet::from([
        one.clone(),
        name(2, [192, 0, 2, 1], "Browser/1"),
        name(1, [192, 0, 2, 2], "Browser/1"),
        name(1, [192, 0, 2, 1], "Browser/2"),
    ]);
    assert_eq!(names.len(), 4, "another site, address or agent is another visitor");
    // The test's clock stands at 08:00 UTC.
    test.clock.advance(Duration::hours(16) - Duration::seconds(1));
    assert_eq!(name(1, [192, 0, 2, 1], "Browser/1"), one, "until the day is over");
    test.clock.advance(Duration::seconds(1));
    assert!(names.insert(name(1, [192, 0, 2, 1], "Browser/1")), "another day, another name");
}

async fn a_preview_shows_any_state_until_it_expires(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    for status in VariantStatus::ALL.iter().filter(|status| **status != VariantStatus::PendingReview) {
        add_variant(&test, site_id, *status, vec![text_of("h1")]).await;
    }
    let variants = test.service.list_variants(&viewer, site_id).await.unwrap();
    for found in &variants {
        let token = token_of(&found.preview_link);
        let shown = test.service.preview(site_id, &token).await.unwrap();
        assert_eq!((shown.variant_id, shown.is_control), (found.variant.id, found.variant.is_control));
        assert_eq!(*shown.patch_json, serde_json::to_string(&found.variant.patch).unwrap());
        assert_eq!((shown.token, shown.is_preview, shown.ttl_s), (None, true, 0));
    }
    let token = token_of(&variants[1].preview_link);
    let by_operator = test.service.preview_link_for_operator(variants[1].variant.id).await.unwrap();
    assert_eq!((by_operator.site_id, &by_operator.token), (site_id, &token));
    test.clock.advance(Duration::days(7));
    assert!(test.service.preview(site_id, &token).await.is_ok());
    test.clock.advance(Duration::seconds(1));
    assert!(matches!(test.service.preview(site_id, &token).await, Err(PreviewError::Expired)));

    // A token outlives a variant only with its site.
    let fresh = test.service.preview_link_for_operator(variants[1].variant.id).await.unwrap().token;
    test.service.delete_site(&viewer, site_id).await.unwrap();
    assert!(matches!(test.service.preview(site_id, &fresh).await, Err(PreviewError::Gone)));
}

fn token_of(link: &str) -> String {
    let link = url::Url::parse(link).unwrap();
    link.query_pairs().find(|(name, _)| name == "evo_preview").unwrap().1.into_owned()
}

async fn only_tokens_of_previews_show_previews(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let (_, other_site) = another_site(&test).await;
    let variants = test.service.list_variants(&viewer, site_id).await.unwrap();
    let good = token_of(&variants[1].preview_link);
    let parts: Vec<&str> = good.split('.').collect();
    let &[version, variant, expires, code] = parts.as_slice() else { unreachable!("four parts") };
    let other_variant = variants[2].variant.id.to_string();
    let later = (expires.parse::<i64>().unwrap() + 1).to_string();
    let assigned = assign(&test, site_id, "v-1");
    let assigned_code = assigned.token.as_deref().unwrap().rsplit('.').next().unwrap();
    let forged = [
        [version, &other_variant, expires, code].join("."),
        [version, variant, &later, code].join("."),
        [version, variant, expires, assigned_code].join("."),
        [version, variant, expires, ""].join("."),
        [version, variant, expires].join("."),
        ["v1", variant, expires, code].join("."),
        assigned.token.clone().unwrap(),
        String::new(),
    ];
    for token in forged {
        let answer = test.service.preview(site_id, &token).await;
        assert!(matches!(answer, Err(PreviewError::Forged)), "{token}: {answer:?}");
    }
    assert!(matches!(test.service.preview(other_site, &good).await, Err(PreviewError::Forged)));
    // Nor does a preview's code stand for an assignment.
    let posed = format!("v1.1.1800000000.{variant}.{code}");
    let kept = ask(&test, site_id, "v-1", Some(&posed));
    assert_eq!(kept.token, assigned.token);
    assert!(test.service.preview(site_id, &good).await.is_ok());
}
