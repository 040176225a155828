//! Traces as strace 6.1 writes them, shortened.

use super::*;

const SOCKET: &str = "22<TCP:[127.0.0.1:3999->127.0.0.1:42346]>";
const OTHER: &str = "23<TCP:[127.0.0.1:3999->127.0.0.1:42348]>";
const LOG: &str = "12</tmp/a b/evoloop.db-wal>";

fn ask(socket: &str, visitor: &str) -> String {
    format!(
        r#"71 recvfrom({socket}, "POST /v1/event HTTP/1.1\r\n\r\n{{\"site_id\":\"s\",\"visitor_id\":\"{visitor}\"}}", 8192, 0, NULL, NULL) = 99"#
    )
}

fn answer(socket: &str, status: &str) -> String {
    format!(r#"71 writev({socket}, [{{iov_base="HTTP/1.1 {status}\r\n", iov_len=17}}], 1) = 17"#)
}

fn write(visitor: &str) -> String {
    format!(r#"73 pwrite64({LOG}, "\1\0{visitor}\377", 4096, 56) = 4096"#)
}

fn sync() -> String {
    format!("73 fsync({LOG}) = 0")
}

fn order(lines: &[String]) -> Order {
    let mut order = Order::default();
    for line in lines {
        order.line(line);
    }
    order
}

#[test]
fn lines_become_calls() {
    let whole = Some(("fsync", "/tmp/a b/evoloop.db-wal", ") = 0", Some(0)));
    let cases = [
        (sync().split_off(3), whole),
        (
            format!(r#"recvfrom({SOCKET}, "a > b", 8192, 0, NULL, NULL) = 5"#),
            Some((
                "recvfrom",
                "TCP:[127.0.0.1:3999->127.0.0.1:42346]",
                r#", "a > b", 8192, 0, NULL, NULL) = 5"#,
                Some(5),
            )),
        ),
        (
            r#"pwrite64(12</a-wal>, "x = y", 4096, 56) = -1 ENOSPC (No space left on device)"#.to_owned(),
            Some(("pwrite64", "/a-wal", r#", "x = y", 4096, 56) = -1 ENOSPC (No space left on device)"#, Some(-1))),
        ),
        ("fsync(12</a-wal> <unfinished ...>".to_owned(), Some(("fsync", "/a-wal", " <unfinished ...>", None))),
        ("+++ exited with 0 +++".to_owned(), None),
        ("--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER} ---".to_owned(), None),
        ("read(3, \"\", 32) = 0".to_owned(), None),
    ];
    for (text, expected) in cases {
        let call = begun(&text, 7);
        let found =
            call.as_ref().map(|call| (call.name.as_str(), call.file.as_str(), call.rest.as_str(), call.result()));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_visitor_is_in_the_body() {
    assert_eq!(visitor(&ask(SOCKET, "alone-1-")), "alone-1-");
    assert_eq!(visitor("POST /v1/event HTTP/1.1"), "");
}

#[test]
fn an_answer_needs_a_sync_after_the_write() {
    let (asked, answered) = (ask(SOCKET, "alone-1-"), answer(SOCKET, "200 OK"));
    let unfinished = format!("73 fsync({LOG} <unfinished ...>");
    let resumed = "73 <... fsync resumed>) = 0".to_owned();
    let failed = format!("73 fsync({LOG}) = -1 EIO (Input/output error)");
    let elsewhere = "73 fsync(11</tmp/a b/evoloop.db>) = 0".to_owned();
    let cases = [
        ("in order", vec![write("alone-1-"), sync(), answered.clone()], 1, 0),
        ("cut in two", vec![write("alone-1-"), unfinished.clone(), resumed.clone(), answered.clone()], 1, 0),
        (
            "before the sync is over",
            vec![write("alone-1-"), unfinished.clone(), answered.clone(), resumed.clone()],
            0,
            1,
        ),
        ("no sync", vec![write("alone-1-"), answered.clone()], 0, 1),
        ("no write", vec![sync(), answered.clone()], 0, 1),
        ("the write of another", vec![write("alone-2-"), sync(), answered.clone()], 0, 1),
        ("sync before the write", vec![sync(), write("alone-1-"), answered.clone()], 0, 1),
        (
            "sync begins before the write",
            vec![unfinished.clone(), write("alone-1-"), resumed.clone(), answered.clone()],
            0,
            1,
        ),
        ("a failed sync", vec![write("alone-1-"), failed, answered.clone()], 0, 1),
        ("another file", vec![write("alone-1-"), elsewhere, answered.clone()], 0, 1),
        ("a second write after it", vec![write("alone-1-"), sync(), write("alone-1-"), answered.clone()], 0, 1),
        ("and a second sync", vec![write("alone-1-"), sync(), write("alone-1-"), sync(), answered.clone()], 1, 0),
        ("refused", vec![answer(SOCKET, "503 Service Unavailable")], 0, 0),
        ("not answered", vec![write("alone-1-"), sync()], 0, 0),
    ];
    for (name, mut lines, in_order, too_early) in cases {
        lines.insert(0, asked.clone());
        let order = order(&lines);
        assert_eq!((order.in_order, order.too_early.len()), (in_order, too_early), "{name}: {:?}", order.too_early);
    }
}

#[test]
fn an_answer_may_begin_while_the_sync_is_not_over_and_end_later() {
    let cut = format!(r#"71 writev({SOCKET}, [{{iov_base="HTTP/1.1 200 OK\r\n", iov_len=17}}], 1 <unfinished ...>"#);
    let resumed = "71 <... writev resumed>) = 17".to_owned();
    let lines = [ask(SOCKET, "alone-1-"), write("alone-1-"), cut.clone(), sync(), resumed.clone()];
    assert_eq!(order(&lines).too_early.len(), 1, "what counts is where the answer begins");
    // Upkeep commits something else while the answer goes out: the sync of the event was the one before.
    let lines = [ask(SOCKET, "alone-1-"), write("alone-1-"), sync(), cut, sync(), resumed];
    let order = order(&lines);
    assert_eq!((order.in_order, order.too_early.len()), (1, 0), "{:?}", order.too_early);
}

#[test]
fn requests_share_a_sync() {
    let (one, two) = ("together-0-1-", "together-1-1-");
    let lines = [
        ask(SOCKET, one),
        ask(OTHER, two),
        write(&format!("{one} {two}")),
        sync(),
        // The next commit writes the page again, before the answers are out.
        write(&format!("{one} {two} together-2-1-")),
        answer(SOCKET, "200 OK"),
        answer(OTHER, "200 OK"),
    ];
    let order = order(&lines);
    assert_eq!((order.in_order, order.in_order_together, order.too_early.len(), order.syncs), (2, 2, 0, 1));
}
