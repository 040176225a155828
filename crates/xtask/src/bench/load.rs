//! The load: many connections on one thread.
//!
//! The load generator shares the machine with what it measures, so it does as little as possible: requests
//! stand ready as bytes, and of an answer only status and length are read. What it costs is measured too.

use super::answer;
use super::process::cpu_seconds;
use super::requests::Requests;
use crate::failure::{About, Failure, Outcome};
use crate::measured::Measured;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long the last answers may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Room for an answer at first.
const ANSWER: usize = 8 * 1024;

/// When requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pace {
    /// Each connection asks again as soon as it is answered.
    Closed,
    /// So many a second over all connections, whether or not answers come.
    Open(f64),
}

/// Sends until the time is over or all requests are sent.
pub(super) fn measure(requests: &Arc<Requests>, connections: u32, time: Duration, pace: Pace) -> Outcome<Measured> {
    in_time(time + PATIENCE, async {
        let mut streams = Vec::new();
        for _ in 0..connections {
            streams.push(Connection::open(requests).await?);
        }
        let before = cpu_seconds(std::process::id())?;
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for (number, connection) in (0..connections).zip(streams) {
            let schedule = Schedule::new(pace, begun, number, connections);
            tasks.spawn(connection.ask(requests.clone(), begun + time, schedule));
        }
        let mut latencies = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            latencies.append(&mut ended??);
        }
        let took = begun.elapsed();
        Ok(Measured::new(latencies, took, cpu_seconds(std::process::id())? - before))
    })
}

/// Sends all requests and gives what `read` makes of each body, in the order of the requests.
pub(super) fn gather<T: Send + 'static>(
    requests: &Arc<Requests>,
    connections: u32,
    read: fn(&[u8]) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    let mut all = in_time(PATIENCE, async {
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let mut connection = Connection::open(requests).await?;
            let requests = requests.clone();
            tasks.spawn(async move {
                let mut found = Vec::new();
                while let Some((number, request)) = requests.take() {
                    found.push((number, read(connection.exchange(request).await?)?));
                }
                Outcome::Ok(found)
            });
        }
        let mut all = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            all.append(&mut ended??);
        }
        Outcome::Ok(all)
    })?;
    all.sort_unstable_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, found)| found).collect())
}

/// Runs on this thread, and not for ever.
fn in_time<T>(limit: Duration, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let late = || Failure::new(format!("the load was not through within {} s", limit.as_secs()));
    runtime.block_on(async { tokio::time::timeout(limit, work).await.map_err(|_| late())? })
}

/// How exact timers are.
const TICK: Duration = Duration::from_millis(1);

/// When a connection's next request is due.
struct Schedule {
    /// Time between two requests of the connection; none when it asks as soon as it is answered.
    period: Option<Duration>,
    next: Instant,
}

impl Schedule {
    /// The connections of an open load begin one after the other within a period.
    fn new(pace: Pace, begun: Instant, number: u32, connections: u32) -> Self {
        match pace {
            Pace::Closed => Self { period: None, next: begun },
            Pace::Open(per_second) => {
                let gap = Duration::from_secs_f64(per_second.recip());
                Self { period: Some(gap * connections), next: begun + gap * number }
            }
        }
    }

    /// Waits for the next turn; the moment from which its latency counts. A turn that came while the connection
    /// still waited for an answer counts from when it was due, because a visitor would have waited too. A turn that
    /// the timer was late for counts from now: that is no fault of the server. The last bit of a wait is spent
    /// looking at the clock: timers go by milliseconds, and would send the requests of one together.
    async fn turn(&mut self) -> Instant {
        let Some(period) = self.period else { return Instant::now() };
        let due = self.next;
        self.next += period;
        if Instant::now() > due {
            return due;
        }
        if due.saturating_duration_since(Instant::now()) > 2 * TICK {
            tokio::time::sleep_until((due - 2 * TICK).into()).await;
        }
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        Instant::now()
    }
}

/// One connection with what it received.
struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    /// Bytes of the answer that was read last.
    read: usize,
}

impl Connection {
    async fn open(requests: &Requests) -> Outcome<Self> {
        let stream = TcpStream::connect(requests.address()).await.about(requests.address())?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(ANSWER), read: 0 })
    }

    /// Asks until the time is over; the latencies in microseconds.
    async fn ask(mut self, requests: Arc<Requests>, until: Instant, mut schedule: Schedule) -> Outcome<Vec<u32>> {
        let mut latencies = Vec::new();
        loop {
            let counts_from = schedule.turn().await;
            if Instant::now() >= until {
                return Ok(latencies);
            }
            let Some((_, request)) = requests.take() else { return Ok(latencies) };
            self.exchange(request).await?;
            latencies.push(u32::try_from(counts_from.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }

    /// Sends a request; the body of its answer, which must be a good one.
    async fn exchange(&mut self, request: &[u8]) -> Outcome<&[u8]> {
        self.stream.write_all(request).await?;
        self.received.drain(..self.read);
        self.read = 0;
        loop {
            if let Some(head) = answer::head(&self.received)? {
                let end = head.length + head.body;
                if self.received.len() >= end {
                    self.read = end;
                    let body = self.received.get(head.length..end).unwrap_or_default();
                    return if head.status == 200 { Ok(body) } else { Err(refused(head.status, body)) };
                }
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(Failure::new("the server closed a connection"));
            }
        }
    }
}

fn refused(status: u16, body: &[u8]) -> Failure {
    Failure::new(format!("the server answered {status}: {}", String::from_utf8_lossy(body)))
}

#[cfg(test)]
mod tests {
    use super::super::constant;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_server_is_measured() -> Outcome {
        let address = constant::serve_on_a_thread(12)?;
        let mut requests = Requests::once(address);
        (0..300).for_each(|_| requests.get_path(constant::PATH));
        let requests = Arc::new(requests);
        let measured = measure(&requests, 4, 30 * SECOND, Pace::Closed)?;
        assert_eq!((measured.requests(), requests.taken()), (300, 300));
        assert!(measured.percentile(99) >= measured.percentile(50) && measured.percentile(50) > 0.0);
        let bodies = gather(&Arc::new(requests.to(address)), 3, |body| Ok(body.len()))?;
        assert_eq!(bodies, vec![12; 300]);
        Ok(())
    }

    #[test]
    fn an_open_load_keeps_its_rate() -> Outcome {
        let mut requests = Requests::endless(constant::serve_on_a_thread(12)?);
        requests.get_path(constant::PATH);
        let measured = measure(&Arc::new(requests), 4, SECOND, Pace::Open(200.0))?;
        assert!((150..=201).contains(&measured.requests()), "{} in a second", measured.requests());
        Ok(())
    }

    #[test]
    fn an_error_is_no_figure() -> Outcome {
        let mut requests = Requests::endless(constant::serve_on_a_thread(12)?);
        requests.get_path("/missing");
        let failure = measure(&Arc::new(requests), 1, SECOND, Pace::Closed).err().map(|failure| failure.to_string());
        assert!(failure.is_some_and(|text| text.contains("404")), "an error is no figure");
        Ok(())
    }

    #[test]
    fn a_turn_that_was_missed_counts_from_when_it_was_due() -> Outcome {
        let begun = Instant::now();
        let mut schedule = Schedule::new(Pace::Open(10.0), begun, 1, 2);
        in_time(10 * SECOND, async {
            assert!(schedule.turn().await >= begun + SECOND / 10);
            tokio::time::sleep(SECOND / 2).await;
            assert_eq!(schedule.turn().await, begun + SECOND * 3 / 10);
            Ok(())
        })
    }
}
