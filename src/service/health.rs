//! How connections are: when they were heard last, how much of what they ask fails, how long their tokens last.

use super::Service;
use super::account::acting::Acting;
use super::account::people::require_operator;
use super::admin::{Connection, Token};
use crate::auth::Permission;
use crate::error::Result;
use crate::store::log::{LogStore, Tally};

const DAY: i64 = 86_400_000_000;
/// How many entries of the provisioning log are looked at for one connection.
const COUNTED: i64 = 10_000;
/// A token that ends so soon is to be rotated, in days.
pub const SOON: i64 = 30;
/// A connection that was heard before, and not for so many days, is silent.
const SILENT_DAYS: i64 = 3;
/// So many requests per hundred that fail are many, of at least [`FEW`].
const MANY: i64 = 10;
const FEW: i64 = 5;

/// In one word, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// An operator has made it read-only.
    Frozen,
    /// Its tokens have ended.
    Expired,
    /// Many of its requests fail.
    Failing,
    /// Its token ends soon.
    Expiring,
    /// It was heard before, and not lately.
    Silent,
    /// It has never been heard.
    New,
    /// Nothing is wrong.
    Healthy,
}

/// How a connection is.
#[derive(Debug, Clone)]
pub struct Health {
    /// Its name.
    pub name: String,
    /// Its profile.
    pub profile: String,
    /// In one word.
    pub state: State,
    /// What it asked within a day.
    pub tally: Tally,
    /// How many days its last token lasts; none: it has none that ends.
    pub token_days: Option<i64>,
}

/// How connections are, in their order. Without a provisioning log, what tokens tell.
///
/// # Errors
/// 403.
pub async fn of(
    service: &Service,
    log: Option<&LogStore>,
    acting: &Acting,
    connections: &[Connection],
    tokens: &[Token],
) -> Result<Vec<Health>> {
    require_operator(acting, Permission::ReadConnections)?;
    let now = service.clock.now();
    let mut all = Vec::with_capacity(connections.len());
    for connection in connections {
        let own = tokens
            .iter()
            .filter(|token| token.connection == connection.name);
        let own: Vec<&Token> = own.collect();
        let mut tally = match log {
            Some(log) => {
                let tenant = acting.caller.tenant;
                log.tally(tenant, connection.key, now - DAY, COUNTED)
                    .await?
            }
            None => Tally::default(),
        };
        let used = own.iter().filter_map(|token| token.last_used).max();
        tally.last = tally.last.max(used);
        let ends = last_end(&own, now);
        let token_days = ends.map(|ends| (ends - now) / DAY);
        let state = state(connection, &own, &tally, token_days, now);
        all.push(Health {
            name: connection.name.clone(),
            profile: connection.profile.clone(),
            state,
            tally,
            token_days,
        });
    }
    Ok(all)
}

fn is_good(token: &Token, now: i64) -> bool {
    token.revoked.is_none() && token.expires.is_none_or(|expires| expires > now)
}

/// When the last of the tokens that are good ends; none: there is none, or one that does not end.
fn last_end(tokens: &[&Token], now: i64) -> Option<i64> {
    let good = tokens.iter().filter(|token| is_good(token, now));
    let ends: Option<Vec<i64>> = good.map(|token| token.expires).collect();
    ends?.into_iter().max()
}

fn state(
    connection: &Connection,
    tokens: &[&Token],
    tally: &Tally,
    token_days: Option<i64>,
    now: i64,
) -> State {
    let is_failing = tally.failures >= FEW && tally.failures * 100 >= tally.requests * MANY;
    let has_ended = !tokens.is_empty() && !tokens.iter().any(|token| is_good(token, now));
    match tally.last {
        _ if connection.frozen.is_some() => State::Frozen,
        _ if has_ended => State::Expired,
        _ if is_failing => State::Failing,
        _ if token_days.is_some_and(|days| days < SOON) => State::Expiring,
        None => State::New,
        Some(last) if now - last > SILENT_DAYS * DAY => State::Silent,
        Some(_) => State::Healthy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ConnectionKey, TenantKey};

    fn connection() -> Connection {
        Connection {
            key: ConnectionKey(1),
            tenant: TenantKey(1),
            name: "okta".to_owned(),
            profile: "okta".to_owned(),
            settings: "{}".to_owned(),
            created: 0,
            frozen: None,
        }
    }

    fn token(expires: Option<i64>) -> Token {
        Token {
            id: String::new(),
            connection: "okta".to_owned(),
            scopes: String::new(),
            created: 0,
            expires,
            revoked: None,
            subject: None,
            last_used: None,
            last_address: None,
        }
    }

    #[test]
    fn the_gravest_is_said() {
        let now = 100 * DAY;
        let good = token(Some(now + 90 * DAY));
        let ended = token(Some(now - 1));
        let tally = |last, requests, failures| Tally {
            last,
            requests,
            failures,
            is_more: false,
        };
        let say = |tokens: &[&Token], tally| {
            let days = last_end(tokens, now).map(|ends| (ends - now) / DAY);
            state(&connection(), tokens, &tally, days, now)
        };
        assert_eq!(say(&[&good], tally(None, 0, 0)), State::New);
        assert_eq!(say(&[&good], tally(Some(now), 100, 9)), State::Healthy);
        assert_eq!(say(&[&good], tally(Some(now), 100, 10)), State::Failing);
        assert_eq!(say(&[&good], tally(Some(now), 4, 4)), State::Healthy);
        assert_eq!(
            say(&[&good], tally(Some(now - 4 * DAY), 0, 0)),
            State::Silent
        );
        assert_eq!(say(&[&ended], tally(Some(now), 9, 0)), State::Expired);
        assert_eq!(
            say(&[&ended, &good], tally(Some(now), 9, 0)),
            State::Healthy
        );
        let soon = token(Some(now + 9 * DAY));
        assert_eq!(say(&[&soon], tally(Some(now), 9, 0)), State::Expiring);
        assert_eq!(say(&[&soon, &good], tally(Some(now), 9, 0)), State::Healthy);
        let endless = token(None);
        assert_eq!(
            say(&[&soon, &endless], tally(Some(now), 9, 0)),
            State::Healthy
        );
    }
}
