//! The table of parts.

use super::found::{Extent, Found};
use super::{
    disk_full, failover, fsync_order, jobs, killed_database, killed_server, overload, replay, rolling_restart,
};
use crate::failure::Outcome;
use crate::project::Project;
use std::path::Path;

/// Does its work with a binary of the server.
pub(super) type Run = fn(&Project, &Path, Extent) -> Outcome<Found>;

/// How a part is seen to fail.
pub(super) enum Control {
    /// A build of the server with this Cargo feature, which is a deliberate fault.
    Feature(&'static str),
    /// The sound server, and a harness that does it harm.
    Harness(Run),
}

/// One kind of torture.
pub(super) struct Part {
    /// What `--only` calls it.
    pub(super) name: &'static str,
    /// What is done and what must hold, for the report.
    pub(super) does: &'static str,
    /// Does it.
    pub(super) run: Run,
    /// How it is seen to fail.
    pub(super) control: Control,
    /// What that control is, for the report.
    pub(super) fault: &'static str,
}

/// Everything there is, in the order in which it is done.
pub(super) const PARTS: [Part; 9] = [
    Part {
        name: "killed-server",
        does: "Six senders send exposures and conversions, singly and up to 50 in a request, and the server is killed \
               with SIGKILL again and again, each time after another while, on the same SQLite file. What was not \
               answered is sent again, as a page does; some of what was answered is sent again too. In the end the \
               counters of every arm must be what the senders were promised, the same as a recount of the raw rows; \
               every acknowledged event must be there, none twice; SQLite must call its file sound after each kill, \
               before the next; and the server must answer within 2 s of each start.",
        run: killed_server::run,
        control: Control::Feature("fault-answer-before-commit"),
        fault: "a server that answers 20 ms before it commits",
    },
    Part {
        name: "jobs",
        does: "Sites are added whose pages take up to 120 ms to answer, five jobs a life, and the server is killed with \
               SIGKILL again and again at a random moment of its work, on the same SQLite file. A site that was \
               acknowledged must be analysed once and get its variants once: as many as every other, all of them, and \
               none twice; no job may be given up, and none may be left over. What was interrupted must go on within \
               5 s after the end of its lease.",
        run: jobs::run,
        control: Control::Feature("fault-end-apart"),
        fault: "a server that commits what a job did 100 ms before the job's end, without its second net",
    },
    Part {
        name: "fsync-order",
        does: "The server runs under strace, which writes down its reads, writes and syncs in their order. Events are \
               sent one at a time on one connection, then on eight at once. Each answer must begin after the end of a \
               sync of the write-ahead log that began after the write that holds this very event, which is found by \
               the visitor's name in the bytes that were written.",
        run: fsync_order::run,
        control: Control::Feature("fault-no-fsync"),
        fault: "a server that commits without a sync (`synchronous = NORMAL`)",
    },
    Part {
        name: "disk-full",
        does: "The data lie on a disk of 32 MB, which is filled to the last byte while four senders are at work, and \
               freed again. While it is full events must be answered 503 or, when they still fit into the log, be \
               there for good; assignments must go on, each visitor with the same variant; when there is room the \
               same process must take events again within 5 s. In the end every counter must be what the senders \
               were promised.",
        run: disk_full::run,
        control: Control::Feature("fault-answer-before-commit"),
        fault: "a server that answers before a commit that then fails",
    },
    Part {
        name: "overload",
        does: "The most events a second that 64 connections get stored is measured; then 1,536 connections offer five \
               times as many, by the clock and not by the answers, beside 500 connections that send a byte every half \
               second. The server must stay under 512 MiB of memory and store at least 80 % of the peak; of 100 \
               answers 503 at least 99 must come within 50 ms, of 100 assignments 99 within 5 ms, and every one \
               must be answered. Load and server share the processor; the times are taken by connections on a thread \
               of their own, those of 503 by the load as well.",
        run: overload::run,
        control: Control::Harness(overload::run_with_pauses),
        fault: "the sound server, stopped by SIGSTOP for three quarters of the overload",
    },
    Part {
        name: "killed-database",
        does: "Four visitors at a time send exposures while Postgres is stopped hard again and again, alternately by \
               `pg_ctl stop -m immediate` and by SIGKILL. An event must be answered with 200 or 503 and nothing else, \
               in no more time than two writes may take, and is sent again until it is stored; assignments must not \
               notice; an event must be stored within 5 s of each start of Postgres. In the end every acknowledged \
               event must be there, and the counters must be what the raw rows say.",
        run: killed_database::run,
        control: Control::Feature("fault-answer-before-commit"),
        fault: "a server that answers 20 ms before it commits",
    },
    Part {
        name: "rolling-restart",
        does: "Three replicas start at the same time on one empty Postgres database, behind HAProxy with \
               `docs/haproxy.cfg`. Six visitors at a time, half of them on a new connection each, ask for assignments \
               and send exposures through the proxy while one replica after the other is ended by SIGTERM and started \
               again. Not one request may fail, each replica must end with exit code 0 within 10 s of the time that \
               it gives the proxy, and every acknowledged event must be there. In the end the replicas must assign a \
               visitor the same variant, take each other's sessions and show each other's changes within 5 s.",
        run: rolling_restart::run,
        control: Control::Harness(rolling_restart::killed),
        fault: "SIGKILL instead of SIGTERM, behind a proxy that never tries again",
    },
    Part {
        name: "replay",
        does: "Half an hour of visits around midnight, by a clock that the test sets: every event is sent one to five \
               times within twelve hours and in disorder, alone and up to 50 in a request, so that conversions overtake \
               their exposures and repeats come on another day; now and then the process starts anew. On SQLite and \
               on Postgres every counter must equal the distinct truth, and a recount of the raw rows.",
        run: replay::run,
        control: Control::Harness(replay::forgetful),
        fault: "senders that forget who the visitor is when they send an event again",
    },
    Part {
        name: "failover",
        does: "Two Postgres servers, one a synchronous standby of the other, behind one address. Four senders are at \
               work; the primary is killed with SIGKILL, the standby promoted, and a new standby made of it, again and \
               again. Every second time the standby is cut off 1.8 s before: then nothing may be acknowledged. In the \
               end every acknowledged event must be there, none twice, and every counter must be what the senders \
               were promised; the server must store events again within 5 s of each promotion.",
        run: failover::run,
        control: Control::Harness(failover::run_asynchronous),
        fault: "an asynchronous standby, cut off before the primary is lost",
    },
];
