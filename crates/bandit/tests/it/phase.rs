//! The phases of a generation.

use bandit::BanditError;
use bandit::allocation::Floors;
use bandit::phase::{ArmProgress, BurnIn, Phase, next, phase_weights};

fn arms(visitors: u64, age_h: f64, prob_best: [f64; 3]) -> Vec<ArmProgress> {
    let arm = |(index, prob_best)| ArmProgress { is_control: index == 0, visitors, age_h, prob_best };
    prob_best.into_iter().enumerate().map(arm).collect()
}

#[test]
fn a_generation_goes_through_its_phases() {
    let (confirm, decided) = (Phase::Confirm { leader: 2 }, Phase::Decided { winner: 2 });
    let cases = [
        ("too few visitors", Phase::BurnIn, false, arms(299, 100.0, [0.0, 0.0, 1.0]), Phase::BurnIn),
        ("too young", Phase::BurnIn, false, arms(5000, 71.0, [0.0, 0.0, 1.0]), Phase::BurnIn),
        ("known enough", Phase::BurnIn, false, arms(300, 72.0, [0.3, 0.4, 0.3]), Phase::Bandit),
        ("a leader at once", Phase::BurnIn, false, arms(300, 72.0, [0.02, 0.02, 0.96]), confirm),
        ("a leader", Phase::Bandit, false, arms(300, 72.0, [0.02, 0.02, 0.96]), confirm),
        ("the control leads", Phase::Bandit, false, arms(300, 72.0, [0.96, 0.02, 0.02]), Phase::Bandit),
        ("an arm that joined", Phase::Bandit, false, arms(10, 1.0, [0.3, 0.4, 0.3]), Phase::BurnIn),
        ("an arm that joined, confirming", confirm, false, arms(10, 1.0, [0.0, 0.0, 1.0]), Phase::BurnIn),
        ("decided", decided, false, arms(10, 1.0, [0.9, 0.1, 0.0]), decided),
        ("a winner that is gone", Phase::Decided { winner: 9 }, false, arms(900, 90.0, [0.3, 0.3, 0.4]), Phase::Bandit),
        ("a wrong split after all", decided, true, arms(900, 90.0, [0.0, 0.0, 1.0]), Phase::Frozen),
        ("a leader that holds", confirm, false, arms(900, 90.0, [0.1, 0.09, 0.81]), confirm),
        ("a leader that falls", confirm, false, arms(900, 90.0, [0.2, 0.01, 0.79]), Phase::Bandit),
        ("another leader", confirm, false, arms(900, 90.0, [0.01, 0.97, 0.02]), Phase::Confirm { leader: 1 }),
        ("a leader that is gone", Phase::Confirm { leader: 7 }, false, arms(900, 90.0, [0.3, 0.3, 0.4]), Phase::Bandit),
        ("a wrong split", confirm, true, arms(900, 90.0, [0.0, 0.0, 1.0]), Phase::Frozen),
        ("a split that looks right again", Phase::Frozen, false, arms(900, 90.0, [0.3, 0.3, 0.4]), Phase::Frozen),
    ];
    for (name, before, frozen, arms, after) in cases {
        assert_eq!(next(BurnIn::default(), before, frozen, &arms), after, "{name}");
    }
}

#[test]
fn each_phase_has_its_weights() {
    let floors = Floors::default();
    let prob_best = [0.1, 0.2, 0.7];
    let of = |phase| phase_weights(phase, &prob_best, 0, floors).unwrap();
    let even = vec![1.0 / 3.0; 3];
    assert_eq!((of(Phase::BurnIn), of(Phase::Frozen)), (even.clone(), even));
    let close = |got: Vec<f64>, wanted: [f64; 3]| {
        assert!(got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-12), "{got:?}");
    };
    close(of(Phase::Bandit), [0.05 + 0.93 * 0.1, 0.01 + 0.93 * 0.2, 0.01 + 0.93 * 0.7]);
    close(of(Phase::Confirm { leader: 2 }), [0.495, 0.01, 0.495]);
    close(of(Phase::Decided { winner: 1 }), [0.05, 0.94, 0.01]);
    let refused = |phase, control| phase_weights(phase, &prob_best, control, floors).err();
    assert_eq!(refused(Phase::BurnIn, 3), Some(BanditError::Index));
    assert_eq!(refused(Phase::Confirm { leader: 0 }, 0), Some(BanditError::Index));
    assert_eq!(refused(Phase::Confirm { leader: 3 }, 0), Some(BanditError::Index));
    assert_eq!(refused(Phase::Decided { winner: 0 }, 0), Some(BanditError::Index));
    assert_eq!(refused(Phase::Decided { winner: 3 }, 0), Some(BanditError::Index));
}
