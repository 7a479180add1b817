//! Sessions: begun by a password, looked up at every request, ended with whatever ends the account's use.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::acting::{Acting, Person, Request};
use super::{Intent, State, is_operators_document, owners, put, text};
use crate::auth::password::Place;
use crate::auth::{Caller, Operator, Role, Scope, Scopes, TenantFacts, bearer};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::schema::{Account, Family};
use crate::service::{Call, Service, parse_document};
use crate::store::changes::{Change, append};
use crate::store::credentials::{self, Credential};
use crate::store::resources::{self, PasswordUpdate};
use crate::store::sessions::{self, Session};
use crate::store::{Transaction, operators};

use super::letters::{self, About};
use super::second_factor::Factor;
use crate::language::Language;
use crate::mail::Kind;
use crate::resource::{called, display_name, timestamp};

/// The use of a session is noted once a minute.
const NOTED: i64 = 60_000_000;
/// How much of what a browser says of itself is kept.
const MAX_AGENT: usize = 200;
/// Why an account is locked that nobody locked by hand.
pub(super) const FAILED_ATTEMPTS: &str = "failedAttempts";

/// Where somebody signs in from.
#[derive(Debug, Clone, Copy, Default)]
pub struct From<'a> {
    /// The address.
    pub address: Option<IpAddr>,
    /// The browser, in its own words.
    pub agent: Option<&'a str>,
}

/// A session that has just begun; the only time its secret is known.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What the cookie holds.
    pub secret: String,
    /// Microseconds since 1970 UTC.
    pub expires: i64,
    /// The password is temporary: nothing can be done before it is changed.
    pub must_change: bool,
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The person, as somebody who acts.
    pub acting: Acting,
    /// The person's row and document.
    pub person: Person,
    /// The public name of the session.
    pub session: String,
    /// The password is temporary: nothing can be done before it is changed.
    pub must_change: bool,
    /// What an operator may do; none: a customer.
    pub operator: Option<Operator>,
    /// How the session stands to the operator's second factor.
    pub factor: Factor,
    /// When the person last proved who they are in this session. Microseconds since 1970 UTC.
    pub proven: Option<i64>,
    /// It is an operator's API token, and no session of a browser.
    pub is_token: bool,
}

/// The one answer to everybody who cannot sign in: it tells nobody why.
fn refused() -> Error {
    Error::invalid_token("the user name or the password is wrong, or the account cannot be used")
}

/// Begins a session of a person who shows a password. As much work is done for a person who does not exist. The place among those who
/// hash is taken before anything else is done, so that a flood of attempts costs next to nothing.
///
/// # Errors
/// 401, whatever is wrong; 503 when too many passwords are being compared.
pub async fn sign_in(
    service: &Service,
    place: Place,
    tenant: &TenantFacts,
    (username, password): (&str, &str),
    from: From<'_>,
    request: Request,
) -> Result<NewSession> {
    let caller = Caller::of_tenant(tenant, "muster".to_owned());
    let mut acting = Acting::of(service, caller, request).await?;
    let mut reader = service.store.reader();
    let person = acting.named(&mut reader, username).await?;
    let (hash, credential) = match &person {
        Some(person) => (
            resources::password_hash(&mut reader, person.stored.key).await?,
            credentials::get(&mut reader, person.stored.key).await?,
        ),
        None => (None, Credential::default()),
    };
    drop(reader);
    let verdict = place.verify(hash.clone(), password).await?;
    let Some(person) = person else {
        return Err(refused());
    };
    acting.caller.actor = format!("user {}", person.stored.id);
    if !verdict.is_right {
        fail(service, &mut acting, &person).await?;
        return Err(refused());
    }
    let renewed = if verdict.is_outdated {
        Some(service.passwords.hash(password).await?)
    } else {
        None
    };
    let secret = bearer::session_secret()?;
    let (_, account) = acting.people()?;
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let call = acting.call(Intent::default());
        let tenant = acting.caller.tenant;
        let locked = resources::lock(tx, tenant, person.stored.resource_type, person.stored.id);
        let Some((stored, _)) = locked.await? else {
            return Err(refused());
        };
        let known = credentials::get(tx, stored.key).await?;
        let document = parse_document(&stored.document)?;
        let is_expired = known.password_expires.is_some_and(|expires| expires <= now);
        // The password that was compared may be another one by now.
        if State::of(account, &document) != State::Active
            || known.password_version != credential.password_version
            || is_expired
        {
            return Err(refused());
        }
        if let Some(renewed) = &renewed {
            resources::renew_hash(tx, stored.key, hash.as_deref(), renewed).await?;
        }
        credentials::note_sign_in(tx, tenant, stored.key, now).await?;
        let expires = now + call.accounts.session_time;
        let session = Session {
            id: bearer::public_id(&secret),
            created: now,
            last_used: now,
            expires,
            name: None,
            address: from.address.map(|address| address.to_string()),
            agent: from
                .agent
                .map(|agent| agent.chars().take(MAX_AGENT).collect()),
            factor_shown: None,
            proven: Some(now),
        };
        sessions::insert(tx, tenant, stored.key, &session, &bearer::hash(&secret)).await?;
        Ok(NewSession {
            secret: secret.clone(),
            expires,
            must_change: must_change(account, &document),
        })
    })
}

fn must_change(account: &Account, document: &Map<String, Value>) -> bool {
    text(document, &account.password_state) == Some("temporary")
}

/// Counts a wrong password; after so many in a row the account is locked for a while.
async fn fail(service: &Service, acting: &mut Acting, person: &Person) -> Result<()> {
    loop {
        match count_failure(service, acting, person).await {
            Err(error) if error.kind() == ErrorKind::Stale => acting.refresh(service).await?,
            outcome => return outcome,
        }
    }
}

async fn count_failure(service: &Service, acting: &Acting, person: &Person) -> Result<()> {
    let (people, account) = acting.people()?;
    let intent = Intent {
        is_automatic: true,
        ..Intent::default()
    };
    let call = acting.call(intent);
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let tenant = call.caller.tenant;
        let locked = acting.lock(tx, &call, person.stored.id).await;
        let Ok(person) = locked else {
            return locked.map(|_| ());
        };
        if State::of(account, &person.document) != State::Active {
            return Ok(());
        }
        let key = person.stored.key;
        let failures = credentials::note_failure(tx, tenant, key, now).await?;
        if failures < call.accounts.lockout_failures {
            return Ok(());
        }
        let before = credentials::get(tx, key).await?.lockouts;
        let until = now + call.accounts.lockout(before);
        let mut document = person.document.clone();
        put(&mut document, &account.locked, Some(json!(true)));
        put(
            &mut document,
            &account.lock_reason,
            Some(json!(FAILED_ATTEMPTS)),
        );
        acting
            .write(service, tx, &call, &person, &document, PasswordUpdate::Keep)
            .await?;
        credentials::lock_until(tx, key, until).await?;
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id: person.stored.id,
            document: &document,
            now,
        };
        let further = [("until", timestamp(until))];
        letters::write(tx, about, Kind::LockedAutomatically, None, &further)
            .await
            .map(|_| ())
    })
}

/// A password that was shown to be the present one: its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented(i64);

/// Demands the password of somebody who has signed in; wrong ones count as everywhere.
///
/// # Errors
/// 401 for another password; 503 when too many passwords are being compared.
pub async fn check_password(
    service: &Service,
    signed_in: &SignedIn,
    password: &str,
) -> Result<Presented> {
    let place = service.passwords.place()?;
    let mut reader = service.store.reader();
    let key = signed_in.person.stored.key;
    let version = credentials::get(&mut reader, key).await?.password_version;
    let hash = resources::password_hash(&mut reader, key).await?;
    drop(reader);
    if place.verify(hash, password).await?.is_right {
        return Ok(Presented(version));
    }
    let mut acting = signed_in.acting.clone();
    acting.caller.subject = None;
    fail(service, &mut acting, &signed_in.person).await?;
    Err(Error::invalid_token("this is not your present password"))
}

/// Who a session belongs to, if it is good; its use is noted.
///
/// # Errors
/// 401.
pub async fn resume(service: &Service, secret: &str, request: Request) -> Result<SignedIn> {
    let ended = || Error::invalid_token("the session has ended; sign in again");
    let hash = bearer::hash(secret);
    let mut reader = service.store.reader();
    let found = sessions::by_hash(&mut reader, &hash).await?;
    let found = found.ok_or_else(ended)?;
    drop(reader);
    let facts = TenantFacts {
        key: found.tenant,
        name: found.tenant_name,
        schema_version: found.schema_version,
    };
    let mut caller = Caller::of_tenant(&facts, format!("user {}", found.subject));
    caller.subject = Some(found.subject);
    caller.scopes = Scopes::with(&[
        Scope::Read(Family::Users),
        Scope::Write(Family::Users),
        Scope::PasswordWrite,
    ]);
    let mut acting = Acting::of(service, caller, request).await?;
    let now = service.clock.now();
    let session = &found.session;
    let is_idle =
        session.name.is_none() && session.last_used + acting.accounts().session_idle <= now;
    if session.expires <= now || is_idle {
        return Err(ended());
    }
    let mut reader = service.store.reader();
    let person = acting.person(&mut reader, found.subject).await;
    let Ok(person) = person else {
        return Err(ended());
    };
    let (people, account) = acting.people()?;
    // Whatever takes the use of an account away ends its sessions; this is the second wall.
    if State::of(account, &person.document) != State::Active {
        return Err(ended());
    }
    let must_change = must_change(account, &person.document);
    if must_change {
        let known = credentials::get(&mut reader, person.stored.key).await?;
        if known.password_expires.is_some_and(|expires| expires <= now) {
            return Err(ended());
        }
    }
    let operator = if is_operators_document(people, &person.document) {
        Some(operator(&mut reader, &acting, &person).await?)
    } else {
        None
    };
    let factor = match (found.factor_confirmed, session.factor_shown) {
        (None, _) => Factor::None,
        // What was shown before was another one.
        (Some(confirmed), Some(shown)) if confirmed <= shown => Factor::Shown,
        (Some(_), _) => Factor::Due,
    };
    drop(reader);
    if session.last_used + NOTED <= now {
        in_transaction!(service.store, |tx| sessions::note_use(tx, &hash, now).await)?;
    }
    acting.caller.token_id = Some(session.id.clone());
    Ok(SignedIn {
        session: session.id.clone(),
        acting,
        person,
        must_change,
        operator,
        factor,
        proven: session.proven,
        is_token: session.name.is_some(),
    })
}

/// What an operator may do, by the groups of operators.
async fn operator(reader: &mut Transaction, acting: &Acting, person: &Person) -> Result<Operator> {
    let call = acting.call(Intent::default());
    let Some(numbers) = owners::numbers(&call) else {
        return Ok(Operator::with(Vec::new()));
    };
    let names = operators::roles(reader, person.stored.key, &numbers).await?;
    let roles = names.iter().filter_map(|name| Role::named(name));
    Ok(Operator::with(roles.collect()))
}

impl SignedIn {
    /// The same person at work as an operator.
    ///
    /// # Errors
    /// 403 for a customer, and for an operator without a role, with a password that must be changed first, or who owes a second factor.
    pub fn at_work(&self) -> Result<Acting> {
        let Some(operator) = &self.operator else {
            return Err(Error::forbidden("this is for operators"));
        };
        self.check_factor()?;
        if self.must_change {
            return Err(Error::forbidden(
                "your password is temporary; change it on your account's page first",
            ));
        }
        let mut acting = self.acting.clone();
        acting.caller.subject = None;
        acting.caller.actor = format!("operator {}", self.person.stored.id);
        acting.caller = acting.caller.as_operator(operator.clone());
        Ok(acting)
    }

    /// What the person is called.
    #[must_use]
    pub fn name(&self) -> String {
        let Ok((people, _)) = self.acting.people() else {
            return String::new();
        };
        let document = &self.person.document;
        let full_name = || {
            let account = people.account.as_ref()?;
            let parts = [&account.given_name, &account.family_name];
            let parts: Vec<&str> = parts
                .into_iter()
                .filter_map(|part| text(document, part))
                .collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        display_name(people, document)
            .or_else(full_name)
            .or_else(|| called(people, document))
            .unwrap_or_default()
    }

    /// The name the person signs in with.
    #[must_use]
    pub fn username(&self) -> String {
        let Ok((_, account)) = self.acting.people() else {
            return String::new();
        };
        let name = text(&self.person.document, &account.username);
        name.unwrap_or_default().to_owned()
    }

    /// The language that the person prefers, if one is said.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        let (_, account) = self.acting.people().ok()?;
        let preferred = text(&self.person.document, &account.language)?;
        Some(Language::negotiate(&[preferred]))
    }

    /// The name of the time zone that the person lives in, if it is known.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        let (_, account) = self.acting.people().ok()?;
        text(&self.person.document, &account.zone)
    }

    /// The sessions of the person.
    ///
    /// # Errors
    /// The database's.
    pub async fn sessions(&self, service: &Service) -> Result<Vec<Session>> {
        let mut reader = service.store.reader();
        sessions::of_person(&mut reader, self.person.stored.key).await
    }

    /// Makes an API token for an operator who shows the password; answers its public name, its secret, which is shown this once,
    /// and when it ends.
    ///
    /// # Errors
    /// 401 for another password; 403 for a customer; `invalidValue` for the name or the time.
    pub async fn make_token(
        &self,
        service: &Service,
        name: &str,
        days: i64,
        password: &str,
    ) -> Result<(String, String, i64)> {
        const DAY: i64 = 86_400_000_000;
        self.at_work()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Error::invalid_value(
                "name must have 1 to 100 characters, none of them a control character",
            ));
        }
        if !(1..=365).contains(&days) {
            return Err(Error::invalid_value(
                "days must be a whole number from 1 to 365",
            ));
        }
        let shown = check_password(service, self, password).await?;
        let secret = bearer::operator_secret()?;
        let now = service.clock.now();
        let session = Session {
            id: bearer::public_id(&secret),
            created: now,
            last_used: now,
            expires: now + days * DAY,
            name: Some(name.to_owned()),
            address: None,
            agent: None,
            // A token can show nothing itself: it is as good as the session that it was made in.
            factor_shown: (self.factor == Factor::Shown).then_some(now),
            proven: None,
        };
        let call = self.acting.call(Intent::default());
        let (tenant, key) = (call.caller.tenant, self.person.stored.key);
        in_transaction!(service.store, |tx| {
            self.confirm(tx, &call, shown, now).await?;
            sessions::insert(tx, tenant, key, &session, &bearer::hash(&secret)).await?;
            let change = Change {
                resource: Some((self.person.stored.resource_type, self.person.stored.id)),
                version: None,
                operation: "create-operator-token",
                detail: json!({"id": session.id, "name": name, "expires": session.expires})
                    .to_string(),
                at: now,
            };
            append(tx, tenant, &call.origin, vec![change]).await
        })?;
        Ok((session.id, secret, session.expires))
    }

    /// Ends one session of the person, or all but this one; answers how many.
    ///
    /// # Errors
    /// 403 for another session than this one while a second factor is owed.
    pub async fn end(&self, service: &Service, which: Which<'_>) -> Result<u64> {
        if !matches!(which, Which::This) {
            self.check_factor()?;
        }
        let key = self.person.stored.key;
        in_transaction!(service.store, |tx| {
            match which {
                Which::This => sessions::end(tx, key, &self.session).await.map(u64::from),
                Which::One(id) => sessions::end(tx, key, id).await.map(u64::from),
                Which::Others => sessions::end_all(tx, key, Some(&self.session)).await,
            }
        })
    }

    /// Makes sure, under the person's lock, that the session is still there and the password is the one that was shown.
    ///
    /// # Errors
    /// 401.
    pub(super) async fn confirm(
        &self,
        tx: &mut Transaction,
        call: &Call<'_>,
        shown: Presented,
        now: i64,
    ) -> Result<Person> {
        let ended = || Error::invalid_token("the session has ended; sign in again");
        let id = self.person.stored.id;
        let person = self.acting.lock(tx, call, id).await.map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                ended()
            } else {
                error
            }
        })?;
        let (_, account) = self.acting.people()?;
        let known = credentials::get(tx, person.stored.key).await?;
        let sessions = sessions::of_person(tx, person.stored.key).await?;
        let is_there = sessions.iter().any(|session| session.id == self.session);
        let is_expired = known.password_expires.is_some_and(|expires| expires <= now);
        if !is_there
            || is_expired
            || known.password_version != shown.0
            || State::of(account, &person.document) != State::Active
        {
            return Err(ended());
        }
        Ok(person)
    }
}

/// Which sessions to end.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// The one that asks.
    This,
    /// The one of that public name.
    One(&'a str),
    /// All but the one that asks.
    Others,
}
