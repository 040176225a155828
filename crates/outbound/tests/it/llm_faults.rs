//! A network between the server and its language model that fails: the call ends in time, and the next one works.

use crate::llm::writer;
use crate::samples::{brief, english};
use service::ports::CopyWriter;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::stub_llm::StubLlm;
use testkit::{FaultProxy, NetworkFault};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

const TIMEOUT: Duration = Duration::from_secs(1);
const FAULTS: [NetworkFault; 5] = [
    NetworkFault::Delay(Duration::from_secs(2)),
    NetworkFault::Trickle(Duration::from_secs(1)),
    NetworkFault::Reset,
    NetworkFault::BlackHole,
    NetworkFault::HalfOpen,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_fails_ends_a_call_in_time_and_leaves_nothing_behind() {
    let stub = StubLlm::start().await.unwrap();
    let stub_address: SocketAddr =
        stub.base_url().trim_start_matches("http://").trim_end_matches("/v1").parse().unwrap();
    let proxy = FaultProxy::before(stub_address).await.unwrap();
    let model = writer(&format!("http://{}/v1", proxy.address()), "stub/model", TIMEOUT);
    assert_eq!(model.write(&brief(english(), 3)).await.unwrap().len(), 3);
    let at_rest = settled(1).await;
    for fault in FAULTS {
        proxy.set(fault);
        let begun = Instant::now();
        let answer = timeout(4 * TIMEOUT, model.write(&brief(english(), 3))).await;
        let took = begun.elapsed();
        assert!(matches!(answer, Ok(Err(_))), "{fault:?}: {answer:?}");
        assert!(took < TIMEOUT + Duration::from_secs(1), "{fault:?}: {took:?}");

        proxy.set(NetworkFault::None);
        assert_eq!(model.write(&brief(english(), 3)).await.unwrap().len(), 3, "{fault:?}: after it");
        let left = settled(at_rest).await;
        assert!(left <= at_rest, "{fault:?}: {left} tasks, {at_rest} before");
        assert!(proxy.open_connections() <= 1, "{fault:?}: {} connections", proxy.open_connections());
    }
    drop(model);
    let closing = Instant::now();
    while proxy.open_connections() > 0 {
        assert!(closing.elapsed() < Duration::from_secs(2), "{} connections stay open", proxy.open_connections());
        sleep(Duration::from_millis(20)).await;
    }
}

/// Tasks of the runtime, once there are no more than expected or some time has passed.
async fn settled(expected: usize) -> usize {
    let tasks = || Handle::current().metrics().num_alive_tasks();
    for _ in 0..40 {
        if tasks() <= expected {
            break;
        }
        sleep(Duration::from_millis(25)).await;
    }
    tasks()
}
