//! E-mail addresses and passwords.

use domain::Email;
use domain::account::{WeakPassword, check_new_password};

#[test]
fn an_address_is_accepted_or_refused() {
    let cases = [
        ("ada@example.com", Some("ada@example.com")),
        ("  Ada.Byron+news@Example.COM ", Some("ada.byron+news@example.com")),
        ("ada@localhost", None),
        ("ada", None),
        ("@example.com", None),
        ("ada@@example.com", None),
        ("\"a b\"@example.com", None),
        ("ada@exa mple.com", None),
        ("", None),
    ];
    for (text, expected) in cases {
        let email = text.parse::<Email>().ok();
        assert_eq!(email.as_ref().map(Email::as_str), expected, "{text:?}");
        assert_eq!(email.map(|email| email.to_string()).as_deref(), expected);
    }
    let long = format!("{}@example.com", "a".repeat(250));
    assert!(long.parse::<Email>().is_err());
}

#[test]
fn a_new_password_is_long_and_not_trivial() {
    let email: Email = "somebody@example.com".parse().unwrap();
    let cases = [
        ("four words are enough", Ok(())),
        ("short", Err(WeakPassword::TooShort)),
        ("eleven char", Err(WeakPassword::TooShort)),
        ("aaaaaaaaaaaaaaaa", Err(WeakPassword::Guessable)),
        ("Somebody@Example.com", Err(WeakPassword::Guessable)),
        ("пароль из слов", Ok(())),
    ];
    for (password, expected) in cases {
        assert_eq!(check_new_password(password, &email), expected, "{password:?}");
    }
    assert_eq!(check_new_password(&"ab".repeat(65), &email), Err(WeakPassword::TooLong));
}
