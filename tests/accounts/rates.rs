//! How often passwords may be wrong and letters may be asked for, at the limit and one beyond.

use std::time::Duration;

use muster::server::Server;
use serde_json::json;

use super::browser::{Browser, text_of};
use super::world::{CORE_USER, OTHER, PASSWORD};
use crate::support::http::Response;
use crate::support::server::{TestTenant, config_for, fresh_tenant_on};
use crate::support::{Db, fresh_database};

on_both_databases!(
    wrong_passwords_from_an_address,
    letters_for_an_account,
    letters_from_an_address,
    another_spelling_of_a_name_is_no_other_account,
);

const ATTEMPTS: u32 = 6;
const LETTERS: u32 = 2;

struct Limited {
    server: Server,
    tenant: TestTenant,
    folder: tempfile::TempDir,
    _database: crate::support::server::TestDatabase,
}

/// A server with these limits that files its letters, and somebody who can sign in.
async fn limited(db: Db, attempts: u32) -> Limited {
    let database = fresh_database(db).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config_for(&database.url);
    config.limits.address_attempts = attempts;
    config.limits.account_letters = LETTERS;
    config.mail.folder = Some(folder.path().display().to_string());
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    for name in ["a@example.com", "b@example.com"] {
        let body = json!({"schemas": [CORE_USER], "userName": name, "password": PASSWORD});
        tenant.post("/Users", &body).await.expect_status(201);
    }
    Limited {
        server,
        tenant,
        folder,
        _database: database,
    }
}

impl Limited {
    fn browser(&self) -> Browser {
        Browser::new(&self.tenant.root, &format!("/t/{}", self.tenant.name))
    }

    fn letters(&self) -> usize {
        std::fs::read_dir(self.folder.path()).unwrap().count()
    }

    /// Waits until so many letters have been sent.
    async fn until_letters(&self, count: usize) {
        let waited = tokio::time::timeout(Duration::from_secs(20), async {
            while self.letters() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(
            waited.await.is_ok(),
            "{} of {count} letters",
            self.letters()
        );
        assert_eq!(self.letters(), count);
    }
}

fn expect_pause(refused: &Response) {
    assert_eq!(refused.status, 429, "{}", refused.describe());
    let pause: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&pause), "{pause}");
    assert!(text_of(refused).contains("<h1"));
}

async fn wrong_passwords_from_an_address(db: Db) {
    let limited = limited(db, ATTEMPTS).await;
    let browser = limited.browser();
    for number in 0..ATTEMPTS {
        let name = format!("unknown{number}@example.com");
        assert_eq!(browser.sign_in(&name, OTHER).await.status, 401);
    }
    expect_pause(&browser.sign_in("unknown@example.com", OTHER).await);
    // Others are not concerned.
    let other = limited.browser();
    other
        .sign_in("b@example.com", PASSWORD)
        .await
        .expect_status(303);
    // Beyond the limit nothing is looked at: otherwise a right guess could be told from a wrong one.
    expect_pause(&browser.sign_in("a@example.com", PASSWORD).await);
    limited.server.stop().await;
}

async fn letters_for_an_account(db: Db) {
    let limited = limited(db, 100).await;
    for _ in 0..LETTERS {
        let answer = limited
            .browser()
            .post("/forgot", &[("username", "a@example.com")])
            .await;
        answer.expect_status(200);
    }
    expect_pause(
        &limited
            .browser()
            .post("/forgot", &[("username", "a@example.com")])
            .await,
    );
    // Whether there is such an account is not told.
    for _ in 0..LETTERS {
        let answer = limited
            .browser()
            .post("/forgot", &[("username", "no@example.com")])
            .await;
        answer.expect_status(200);
    }
    expect_pause(
        &limited
            .browser()
            .post("/forgot", &[("username", "no@example.com")])
            .await,
    );
    let answer = limited
        .browser()
        .post("/forgot", &[("username", "b@example.com")])
        .await;
    answer.expect_status(200);
    limited.until_letters(LETTERS as usize + 1).await;
    limited.server.stop().await;
}

async fn letters_from_an_address(db: Db) {
    let limited = limited(db, ATTEMPTS).await;
    let browser = limited.browser();
    for number in 0..ATTEMPTS {
        let name = format!("p{number}@example.com");
        let answer = browser.post("/forgot", &[("username", &name)]).await;
        answer.expect_status(200);
    }
    expect_pause(
        &browser
            .post("/forgot", &[("username", "a@example.com")])
            .await,
    );
    assert_eq!(limited.letters(), 0);
    limited.server.stop().await;
}

async fn another_spelling_of_a_name_is_no_other_account(db: Db) {
    let limited = limited(db, 100).await;
    let spellings = [
        "a@example.com",
        "A@EXAMPLE.COM",
        "\u{ff41}@example.com",
        "a\u{200b}@example.com",
        "a@\u{200b}example.com",
        "a@example.co\u{feff}m",
        " a@example.com ",
    ];
    let mut answers = Vec::new();
    for spelling in spellings {
        let answer = limited
            .browser()
            .post("/forgot", &[("username", spelling)])
            .await;
        answers.push(answer.status);
    }
    let mut wanted = vec![429; spellings.len()];
    wanted[..LETTERS as usize].fill(200);
    assert_eq!(answers, wanted);
    limited.until_letters(LETTERS as usize).await;
    limited.server.stop().await;
}
