//! What can be answered to a decision, and where it leads.

use domain::decision::DecisionAnswer as A;
use domain::{DecisionKind as K, DecisionState as S, VariantStatus};

#[test]
fn only_proposals_are_accepted_and_only_acts_are_taken_back() {
    let steps =
        [(S::Proposed, A::Accept, S::Done), (S::Proposed, A::Dismiss, S::Dismissed), (S::Done, A::Undo, S::Undone)];
    for from in S::ALL {
        for answer in A::ALL {
            let expected = steps.iter().find(|(start, given, _)| (start, given) == (from, answer)).map(|(.., to)| *to);
            assert_eq!(from.after(*answer), expected, "{from} {answer}");
        }
    }
}

#[test]
fn a_decision_leads_to_a_state_of_its_variant() {
    let found: Vec<Option<VariantStatus>> = K::ALL.iter().map(|kind| kind.status_after()).collect();
    let (winner, killed) = (Some(VariantStatus::Winner), Some(VariantStatus::Killed));
    assert_eq!(found, [winner, killed, killed, None, None]);
}
