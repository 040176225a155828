//! The states of a variant, and who may leave them.

use domain::variant::{ImpossibleAction, VariantAction as A};
use domain::{Patch, Variant, VariantStatus as S};

#[test]
fn each_state_offers_exactly_its_actions() {
    let cases = [
        (S::PendingReview, vec![(A::Approve, S::Active), (A::Reject, S::Rejected)]),
        (S::Active, vec![(A::Pause, S::Paused), (A::Kill, S::Killed)]),
        (S::Paused, vec![(A::Resume, S::Active), (A::Kill, S::Killed)]),
        (S::Winner, vec![(A::Kill, S::Killed)]),
        (S::Killed, vec![]),
        (S::Rejected, vec![]),
    ];
    for (from, steps) in cases {
        assert_eq!(from.actions(), steps.iter().map(|(action, _)| *action).collect::<Vec<_>>());
        for action in A::ALL {
            let expected = steps.iter().find(|(offered, _)| offered == action).map(|(_, to)| *to);
            assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
        }
    }
    let served: Vec<S> = S::ALL.iter().copied().filter(|status| status.is_served()).collect();
    assert_eq!(served, [S::Active, S::Winner]);
    assert_eq!(
        S::Killed.after(A::Resume).unwrap_err().to_string(),
        "a variant that is killed cannot be changed by `resume`"
    );
}

#[test]
fn the_control_cannot_be_changed() {
    let id = "7b1f0a52-3c0e-4c8e-9d2e-0a6f3a1b2c3d";
    let mut variant = Variant {
        id: id.parse().unwrap(),
        site_id: id.parse().unwrap(),
        parent_variant_id: None,
        generation: 0,
        name: "Control".to_owned(),
        patch: Patch::empty(),
        status: S::Active,
        is_control: true,
        generation_reasoning: String::new(),
        strategy: String::new(),
        author: String::new(),
        provenance: domain::copy::Provenance::default(),
    };
    for action in A::ALL {
        assert_eq!(variant.status_after(*action), Err(ImpossibleAction::Control));
    }
    variant.is_control = false;
    assert_eq!(variant.status_after(A::Kill), Ok(S::Killed));
}
