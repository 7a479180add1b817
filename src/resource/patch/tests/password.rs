//! The password.

use super::*;

fn password_of(operations: &[Value]) -> Option<PasswordChange> {
    outcome(users(), &bare(), operations, STRICT)
        .unwrap()
        .password
}

/// Every way to set a password.
fn password_settings(password: &str) -> [Value; 5] {
    [
        replace("password", password),
        add("PASSWORD", password),
        replace(&format!("{CORE}:password"), password),
        pathless("replace", json!({"password": password, "nickName": "Babs"})),
        pathless("add", json!({format!("{CORE}:Password"): password})),
    ]
}

#[test]
fn a_password_stays_out_of_the_document() {
    for operation in password_settings("t1meMa$heen") {
        let outcome = outcome(users(), &bare(), &[operation], STRICT).unwrap();
        assert_eq!(
            outcome.password,
            Some(PasswordChange::Set("t1meMa$heen".to_owned()))
        );
        assert_eq!(outcome.document.get("password"), None);
    }
    assert_eq!(
        password_of(&[remove("password")]),
        Some(PasswordChange::Clear)
    );
    assert_eq!(
        password_of(&[replace("password", Value::Null)]),
        Some(PasswordChange::Clear)
    );
    assert_eq!(password_of(&[remove("nickName")]), None);
}

fn assert_last_password_is_known(operations: &[Value]) {
    let parsed = parse(&message(operations), STRICT).unwrap();
    if let Some(PasswordChange::Set(password)) = password_of(operations) {
        let last = last_password(&parsed, users());
        assert_eq!(last, Some(password.as_str()), "{operations:?}");
    }
}

#[test]
fn the_last_password_is_known_beforehand() {
    for first in password_settings("first") {
        for second in password_settings("second") {
            assert_last_password_is_known(&[first.clone(), remove("password"), second]);
        }
    }
}

#[test]
fn a_password_inside_the_core_schema_is_known_beforehand() {
    assert_last_password_is_known(&[pathless("add", json!({CORE: {"password": "t1meMa$heen"}}))]);
}
