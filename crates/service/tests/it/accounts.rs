//! Accounts and sessions.

use crate::support::{PASSWORD, sign_up};
use domain::Plan;
use service::ServiceError;
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(the_way_in_and_out, who_is_refused, sessions_end);

async fn the_way_in_and_out(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "Ada@Example.com").await;
    let account = test.service.me(&viewer).await.unwrap();
    assert_eq!((account.email.as_str(), account.plan), ("ada@example.com", Plan::Pro));

    let session = test.service.log_in("ada@example.com", PASSWORD).await.unwrap();
    assert_eq!(test.service.authenticate(&session.token).await.unwrap(), viewer);
    test.service.update_plan(&viewer, Plan::Free).await.unwrap();
    assert_eq!(test.service.me(&viewer).await.unwrap().plan, Plan::Free);
    test.service.log_out(&session.token).await.unwrap();
    assert!(matches!(test.service.authenticate(&session.token).await, Err(ServiceError::SignedOut)));
    test.service.log_out(&session.token).await.unwrap();
}

async fn who_is_refused(database: TestDatabase) {
    let test = TestService::new(database);
    sign_up(&test, "ada@example.com").await;
    let again = test.service.sign_up("ADA@example.com", PASSWORD).await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))));
    let malformed = test.service.sign_up("ada", PASSWORD).await.err().unwrap();
    assert_eq!(malformed.to_string(), "enter an e-mail address like name@example.com.");
    let weak = test.service.sign_up("eve@example.com", "short").await.err().unwrap();
    assert!(matches!(weak, ServiceError::Invalid { field: Some("password"), .. }), "{weak}");
    for (email, password) in
        [("ada@example.com", "not the password"), ("nobody@example.com", PASSWORD), ("malformed", PASSWORD)]
    {
        let refused = test.service.log_in(email, password).await;
        assert!(matches!(refused, Err(ServiceError::WrongCredentials)), "{email}");
    }
    assert!(matches!(test.service.authenticate("made up").await, Err(ServiceError::SignedOut)));
}

async fn sessions_end(database: TestDatabase) {
    let test = TestService::new(database);
    let session = test.service.sign_up("ada@example.com", PASSWORD).await.unwrap();
    // Used every six days a session lives on, until its thirty days are over.
    for _ in 0..4 {
        test.clock.advance(Duration::days(6));
        test.service.authenticate(&session.token).await.unwrap();
    }
    test.clock.advance(Duration::days(6) + Duration::SECOND);
    assert!(matches!(test.service.authenticate(&session.token).await, Err(ServiceError::SignedOut)));
    let idle = test.service.log_in("ada@example.com", PASSWORD).await.unwrap();
    test.clock.advance(Duration::days(7) + Duration::SECOND);
    assert!(matches!(test.service.authenticate(&idle.token).await, Err(ServiceError::SignedOut)));
}
