//! Copy that keeps every rule: what is rejected, what goes to review, and what a day may cost.

use crate::support::sign_up;
use async_trait::async_trait;
use domain::copy::ModelCall;
use domain::guard::Rule;
use domain::slots::SlotPatch;
use domain::{AutonomyMode, JobKind, JobState, SiteId, VariantStatus};
use service::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use service::{CopyRulesUpdate, ServiceError, SiteUpdate, Viewer};
use std::sync::{Arc, Mutex};
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};

on_both_databases!(
    a_rejected_draft_is_kept_and_the_writer_told_at_most_twice,
    a_claim_waits_for_the_owner_or_is_rejected,
    a_day_has_a_limit,
    the_playbook_writes_when_the_owner_wants_it,
    forbidden_words_hold,
    limits_that_cannot_be_are_refused,
    what_was_written_long_ago_goes,
    who_would_answer_the_same_is_asked_once,
    a_model_that_gives_too_few_is_asked_again,
);

/// A model that costs a cent a call, says what it was told to, and remembers what it was asked.
#[derive(Default)]
struct Model {
    answers: Mutex<Vec<Vec<Draft>>>,
    asked: Mutex<Vec<Brief>>,
    deterministic: bool,
}

impl Model {
    fn saying(answers: Vec<Vec<Draft>>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers), ..Self::default() })
    }

    fn asked(&self) -> Vec<Brief> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl CopyWriter for Model {
    fn name(&self) -> &str {
        "test/model"
    }

    fn is_model(&self) -> bool {
        true
    }

    fn is_deterministic(&self) -> bool {
        self.deterministic
    }

    async fn write_noting(&self, brief: &Brief, log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        self.asked.lock().unwrap().push(brief.clone());
        log.progress(100);
        log.call(ModelCall {
            model: "test/model".to_owned(),
            prompt_version: "variants.v2".to_owned(),
            tokens_in: Some(100),
            tokens_out: None,
            cost_micros: Some(10_000),
            duration_ms: 5,
            outcome: "answered",
        });
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { Ok(Vec::new()) } else { Ok(answers.remove(0)) }
    }
}

fn headline(text: &str) -> Draft {
    Draft {
        slots: SlotPatch { headline: Some(text.to_owned()), ..SlotPatch::default() },
        reasoning: "It is shorter.".to_owned(),
        strategy: "shorter".to_owned(),
        hypothesis: "More visitors order.".to_owned(),
        prompt_version: Some("variants.v2".to_owned()),
    }
}

async fn site_of(test: &TestService, viewer: &Viewer, mode: AutonomyMode) -> SiteId {
    let site = test.service.create_site(viewer, PAGE_URL).await.unwrap();
    let update = SiteUpdate { autonomy_mode: Some(mode), ..SiteUpdate::default() };
    test.service.update_site(viewer, site.id, update).await.unwrap();
    site.id
}

fn service_with(model: &Arc<Model>, database: TestDatabase) -> TestService {
    TestServiceBuilder::default().writer(model.clone()).job_attempts(1).build(database)
}

async fn generation(test: &TestService, viewer: &Viewer, site_id: SiteId) -> (JobState, Option<String>) {
    let jobs = test.service.list_jobs(viewer, Some(site_id)).await.unwrap();
    let job = jobs.into_iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
    (job.state, job.last_error)
}

async fn a_rejected_draft_is_kept_and_the_writer_told_at_most_twice(database: TestDatabase) {
    let model = Model::saying(vec![
        vec![headline("The best kettle in the world"), headline("Tea in two minutes")],
        vec![headline("Loved by 9,000 people"), headline("Tea in two minutes!")],
        vec![headline("<b>Boil water</b>")],
        vec![headline("Never asked for")],
    ]);
    let test = service_with(&model, database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site_id = site_of(&test, &viewer, AutonomyMode::FullAuto).await;
    test.work().await;
    assert_eq!(generation(&test, &viewer, site_id).await, (JobState::Done, None));

    let asked = model.asked();
    assert_eq!(asked.len(), 3, "once, and twice again");
    let told: Vec<usize> = asked.iter().map(|brief| brief.refused.len()).collect();
    assert_eq!(told, [0, 1, 3]);
    assert_eq!(asked.iter().map(|brief| brief.count).collect::<Vec<_>>(), [3, 2, 2]);
    assert!(asked[1].refused[0].refusal.reason.contains("best"), "{:?}", asked[1].refused);

    let detail = test.service.site_detail(&viewer, site_id).await.unwrap();
    let mut rules: Vec<Rule> = detail.rejected.iter().map(|rejected| rejected.refusal.rule).collect();
    rules.sort();
    assert_eq!(rules, [Rule::Unsafe, Rule::Claim, Rule::Claim, Rule::Duplicate]);
    assert!(detail.rejected.iter().all(|rejected| rejected.author == "test/model"));
    let [_, written] = detail.variants.as_slice() else { unreachable!("{:?}", detail.variants) };
    let provenance = &written.variant.provenance;
    assert_eq!(written.variant.author, "test/model");
    assert_eq!((provenance.hypothesis.as_str(), provenance.cost_micros), ("More visitors order.", Some(30_000)));
    assert_eq!(provenance.prompt_version.as_deref(), Some("variants.v2"));
    assert_eq!((detail.spent_today.calls, detail.spent_today.cost_micros), (3, 30_000));
}

async fn a_claim_waits_for_the_owner_or_is_rejected(database: TestDatabase) {
    let answer = || vec![headline("The best kettle for one cup"), headline("<i>Tea</i>")];
    let answers = vec![answer(), vec![], vec![], answer(), vec![], vec![]];
    let test = service_with(&Model::saying(answers), database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let supervised = site_of(&test, &viewer, AutonomyMode::Supervised).await;
    test.work().await;
    let detail = test.service.site_detail(&viewer, supervised).await.unwrap();
    let [_, kept] = detail.variants.as_slice() else { unreachable!("{:?}", detail.variants) };
    let review = kept.variant.provenance.review.as_ref().unwrap();
    assert_eq!((review.rule, kept.variant.status), (Rule::Claim, VariantStatus::PendingReview));
    assert!(review.reason.contains("“best”"), "{}", review.reason);
    assert_eq!(detail.rejected.len(), 1, "what is unsafe is for nobody to approve");

    let automatic = site_of(&test, &viewer, AutonomyMode::FullAuto).await;
    test.work().await;
    let detail = test.service.site_detail(&viewer, automatic).await.unwrap();
    assert_eq!((detail.variants.len(), detail.rejected.len()), (1, 2));
    let (state, error) = generation(&test, &viewer, automatic).await;
    assert_eq!(state, JobState::Dead);
    assert!(error.as_ref().unwrap().contains("which the page does not say"), "{error:?}");
}

async fn a_day_has_a_limit(database: TestDatabase) {
    let model = Model::saying(vec![vec![headline("Tea in two minutes")], vec![]]);
    let test = service_with(&model, database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site_id = site_of(&test, &viewer, AutonomyMode::Supervised).await;
    let rules = CopyRulesUpdate { daily_calls: 2, daily_dollars: "0.50".to_owned(), ..CopyRulesUpdate::default() };
    test.service.update_copy_rules(&viewer, site_id, rules).await.unwrap();
    test.work().await;
    // What was good before the limit is kept.
    assert_eq!(test.service.list_variants(&viewer, site_id).await.unwrap().len(), 2);
    assert_eq!(model.asked().len(), 2);

    test.clock.advance(time::Duration::minutes(1));
    test.service.generate(&viewer, site_id).await.unwrap();
    test.work().await;
    let (state, error) = generation(&test, &viewer, site_id).await;
    assert_eq!((state, model.asked().len()), (JobState::Dead, 2));
    let expected =
        "The limit of 2 calls of the language model a day is reached for this site. It begins anew at midnight UTC.";
    assert_eq!(error.as_deref(), Some(expected));

    let rules = CopyRulesUpdate { daily_calls: 50, daily_dollars: "0.02".to_owned(), ..CopyRulesUpdate::default() };
    test.service.update_copy_rules(&viewer, site_id, rules).await.unwrap();
    test.clock.advance(time::Duration::minutes(1));
    test.service.generate(&viewer, site_id).await.unwrap();
    test.work().await;
    let (_, error) = generation(&test, &viewer, site_id).await;
    assert!(error.as_ref().unwrap().starts_with("The limit of $0.02 for"), "{error:?}");

    // Another day, another limit.
    test.clock.advance(time::Duration::days(1));
    test.clock.advance(time::Duration::minutes(1));
    test.service.generate(&viewer, site_id).await.unwrap();
    test.work().await;
    assert!(model.asked().len() > 2);
}

async fn the_playbook_writes_when_the_owner_wants_it(database: TestDatabase) {
    let model = Model::saying(vec![]);
    let test = service_with(&model, database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site_id = site_of(&test, &viewer, AutonomyMode::Supervised).await;
    let rules = CopyRulesUpdate { playbook_when_capped: true, ..CopyRulesUpdate::default() };
    test.service.update_copy_rules(&viewer, site_id, rules).await.unwrap();
    test.work().await;
    let detail = test.service.site_detail(&viewer, site_id).await.unwrap();
    assert!(model.asked().is_empty());
    assert_eq!(detail.variants.len(), 4);
    assert!(detail.variants[1..].iter().all(|found| found.variant.author == "playbook"));
    let job = detail.jobs.iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
    assert!(job.log.iter().any(|line| line.text.ends_with("The playbook writes instead.")), "{:?}", job.log);
}

async fn forbidden_words_hold(database: TestDatabase) {
    let model = Model::saying(vec![vec![headline("Tea in two minutes"), headline("Boil one cup of water")]]);
    let test = service_with(&model, database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site_id = site_of(&test, &viewer, AutonomyMode::Supervised).await;
    let rules = CopyRulesUpdate {
        forbidden_words: " Tea \n\nchai latte\nTea".to_owned(),
        daily_calls: 9,
        ..CopyRulesUpdate::default()
    };
    test.service.update_copy_rules(&viewer, site_id, rules).await.unwrap();
    test.work().await;
    let detail = test.service.site_detail(&viewer, site_id).await.unwrap();
    assert_eq!(detail.brand.forbidden_words, ["Tea", "chai latte"]);
    assert_eq!(model.asked()[0].brand.forbidden_words, ["Tea", "chai latte"]);
    assert_eq!(detail.variants.len(), 2);
    assert_eq!(detail.rejected[0].refusal.rule, Rule::ForbiddenWord);
}

async fn limits_that_cannot_be_are_refused(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    let wrong = [
        CopyRulesUpdate { daily_calls: 10_001, ..CopyRulesUpdate::default() },
        CopyRulesUpdate { daily_dollars: "-1".to_owned(), ..CopyRulesUpdate::default() },
        CopyRulesUpdate { daily_dollars: "NaN".to_owned(), ..CopyRulesUpdate::default() },
        CopyRulesUpdate { daily_dollars: "much".to_owned(), ..CopyRulesUpdate::default() },
        CopyRulesUpdate { forbidden_words: "long ".repeat(50), ..CopyRulesUpdate::default() },
        CopyRulesUpdate {
            forbidden_words: (0..300).map(|n| format!("word{n}\n")).collect(),
            ..CopyRulesUpdate::default()
        },
    ];
    for update in wrong {
        let result = test.service.update_copy_rules(&viewer, site.id, update.clone()).await;
        assert!(matches!(result, Err(ServiceError::Invalid { .. })), "{update:?}: {result:?}");
    }
    let stranger = sign_up(&test, "stranger@example.com").await;
    let result = test.service.update_copy_rules(&stranger, site.id, CopyRulesUpdate::default()).await;
    assert!(matches!(result, Err(ServiceError::NotFound)), "{result:?}");
}

async fn what_was_written_long_ago_goes(database: TestDatabase) {
    let answer = || vec![headline("The best kettle in the world"), headline("Tea in two minutes")];
    let model = Model::saying(vec![answer(), vec![], vec![], answer(), vec![], vec![]]);
    let test = service_with(&model, database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site_id = site_of(&test, &viewer, AutonomyMode::FullAuto).await;
    test.work().await;
    test.clock.advance(time::Duration::days(60));
    let rules = CopyRulesUpdate { daily_calls: 3, ..CopyRulesUpdate::default() };
    test.service.update_copy_rules(&viewer, site_id, rules).await.unwrap();
    test.service.generate(&viewer, site_id).await.unwrap();
    test.work().await;
    let kept = async || {
        let detail = test.service.site_detail(&viewer, site_id).await.unwrap();
        let owned = test.database.store.site_for_operator(site_id).await.unwrap().unwrap();
        let all = test.database.store.spending(&owned, time::OffsetDateTime::UNIX_EPOCH).await.unwrap();
        (all.calls, detail.rejected.len(), detail.spent_today.calls)
    };
    let before = kept().await;
    assert!(before.0 == 6 && before.1 >= 3 && before.2 == 3, "{before:?}");
    assert_eq!(test.service.keep_events().await.unwrap().copy, 0, "nothing is older than 90 days");
    test.clock.advance(time::Duration::days(29));
    assert_eq!(test.service.keep_events().await.unwrap().copy, 0);
    test.clock.advance(time::Duration::days(2));
    let pruned = test.service.keep_events().await.unwrap();
    let after = kept().await;
    assert_eq!((after.0, after.2), (3, 0), "the calls of the first day went");
    assert!(after.1 >= 1 && after.1 < before.1, "{after:?}");
    assert_eq!(pruned.copy, 3 + u64::try_from(before.1 - after.1).unwrap());
    assert_eq!(test.service.keep_events().await.unwrap().copy, 0, "once is enough");
}

async fn who_would_answer_the_same_is_asked_once(database: TestDatabase) {
    let reason = "1 of the 3 drafts that were asked for: this page's own words give no more that keep every rule.";
    assert_eq!(rounds(database, true, reason).await, 1);
}

async fn a_model_that_gives_too_few_is_asked_again(database: TestDatabase) {
    let reason = "1 of the 3 drafts that were asked for: the others broke a rule, or were not written.";
    assert_eq!(rounds(database, false, reason).await, 3);
}

/// How often a writer that has one good draft is asked; the job's log must say this.
async fn rounds(database: TestDatabase, deterministic: bool, reason: &str) -> usize {
    let answers = Mutex::new(vec![vec![headline("Tea in two minutes")]]);
    let model = Arc::new(Model { answers, deterministic, ..Model::default() });
    let test = service_with(&model, database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site_id = site_of(&test, &viewer, AutonomyMode::FullAuto).await;
    test.work().await;
    assert_eq!(generation(&test, &viewer, site_id).await, (JobState::Done, None));
    let detail = test.service.site_detail(&viewer, site_id).await.unwrap();
    let job = detail.jobs.iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
    let lines: Vec<&str> = job.log.iter().map(|line| line.text.as_str()).collect();
    assert!(lines.contains(&reason), "{lines:?}");
    let asked = model.asked().len();
    assert_eq!(lines.iter().filter(|line| line.contains("asking again")).count(), asked - 1, "{lines:?}");
    asked
}
