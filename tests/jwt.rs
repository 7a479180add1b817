//! Access tokens that are signed: ours and those of other issuers, good ones and all the others (RFC 7519, RFC 8725).

mod attacks;
mod claims;
mod foreign;
mod forms;
mod mapping;
mod own;
mod remote;

use attacks::{Attack, Target};

use crate::support::http::Response;
use crate::support::oauth::read_with;

/// Shows each of the tokens, and the good one after each: none may be let in, and none may spoil it for the good one.
async fn assert_all_refused(root: &str, target: &Target, attacks: &[Attack]) {
    read_with(root, &target.token).await.expect_status(200);
    let mut faults = Vec::new();
    for (what, token) in attacks {
        let answer = read_with(root, token).await;
        if !is_invalid_token(&answer) {
            let shown: String = answer.describe().chars().take(600).collect();
            faults.push(format!("{what}:\n{shown}"));
        }
        let good = read_with(root, &target.token).await;
        if good.status != 200 {
            faults.push(format!("the good one after {what}:\n{}", good.describe()));
        }
    }
    let (algorithm, count) = (target.signer.algorithm, attacks.len());
    println!("{algorithm}: {count} attacks, {} faults", faults.len());
    assert!(
        faults.is_empty(),
        "{} of {count} attacks on {algorithm} were not refused as they should be:\n\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}

/// 401 with the challenge of RFC 6750 §3.1 and a SCIM error.
fn is_invalid_token(answer: &Response) -> bool {
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    answer.status == 401
        && challenge.starts_with("Bearer ")
        && challenge.contains("error=\"invalid_token\"")
        && answer.json()["status"] == "401"
}
