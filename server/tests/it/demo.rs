//! The demonstration, on real sockets: a server, its site, its visitors.

use domain::{AutonomyMode, VariantStatus};
use server::config::Flags;
use server::demo::{Choices, Demo};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_gets_ready_and_counts_its_visitors() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let flags = Flags { addr: Some("127.0.0.1:0".to_owned()), ..Flags::default() };
    let mode = AutonomyMode::FullAuto;
    let choices = Choices { speed: 2880.0, seed: 7, mode, equal_rates: false, visitors_per_second: 50.0 };
    let demo = Demo::prepare(&flags, &choices).await.unwrap();
    demo.simulator.visit_all(0..40).await;
    let tally = demo.simulator.tally();
    assert_eq!(tally.failed, 0);
    let (seen, converted) =
        tally.variants.values().fold((0, 0), |sum, variant| (sum.0 + variant.visitors, sum.1 + variant.conversions));
    let service = demo.running.service.clone();
    let statistics = service.statistics(&demo.viewer, demo.site_id).await.unwrap();
    let holdout = statistics.holdout.unwrap();
    let counted: (i64, i64) = statistics
        .variants
        .iter()
        .fold((holdout.visitors, holdout.conversions), |sum, row| (sum.0 + row.visitors, sum.1 + row.conversions));
    assert_eq!(seen, 40);
    assert_eq!(counted, (i64::try_from(seen).unwrap(), i64::try_from(converted).unwrap()));
    let variants = service.list_variants(&demo.viewer, demo.site_id).await.unwrap();
    assert!(variants.iter().filter(|row| row.variant.status == VariantStatus::Active).count() >= 3);
    assert!(demo.rates.describe().contains("seed 7"));
    demo.stop().await;
}
