//! The second factor of operators, and proof again, shortly before something dangerous, of who somebody is.
//!
//! An operator enrols an authenticator ([`begin`], [`confirm`]) and shows a code of it in every session ([`show`]). Recovery codes
//! stand in for an authenticator that is lost, each once. Until the code is shown, the session is good for nothing else.

use serde_json::{Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::letters::{self, About};
use super::sessions::{SignedIn, check_password};
use super::{Intent, State, people, qr, rules};
use crate::auth::tenant_settings::AccountSettings;
use crate::auth::{Permission, bearer, totp};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::mail::Kind;
use crate::service::{Call, Service, parse_document};
use crate::store::changes::{Change, append};
use crate::store::second_factors::{self, SecondFactor};
use crate::store::{Transaction, resources, sessions};

/// For how long somebody who has proved who they are may do what is dangerous, in microseconds.
pub const PROOF_LIFE: i64 = 5 * 60_000_000;
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// After how many wrong codes in a row there is a pause.
const MAX_FAILURES: i64 = 10;

/// How a session stands to its owner's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// The person has none.
    None,
    /// The person has one that was not shown in this session.
    Due,
    /// It was shown in this session.
    Shown,
}

/// What an authenticator is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in groups of four characters, to be typed.
    pub secret: String,
    /// The address that holds it.
    pub uri: String,
    /// The address as a picture: SVG without style.
    pub qr: String,
}

/// Nothing is shown: all of it is secret.
impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolment").finish_non_exhaustive()
    }
}

/// What somebody sees of their own second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Since when there is one. Microseconds since 1970 UTC.
    pub since: i64,
    /// How many recovery codes are left.
    pub codes_left: i64,
}

fn ended() -> Error {
    Error::invalid_token("the session has ended; sign in again")
}

/// The one answer to every code that is not good: it tells nobody why.
fn wrong_code() -> Error {
    Error::invalid_value("the code is wrong, or it has been used already")
}

impl SignedIn {
    /// Whether the owner of the session has proved who they are within [`PROOF_LIFE`].
    #[must_use]
    pub fn is_proven(&self, now: i64) -> bool {
        self.proven
            .is_some_and(|proven| (0..PROOF_LIFE).contains(&(now - proven)))
    }

    /// Whether an operator must set up a second factor before anything else.
    #[must_use]
    pub fn must_enrol(&self) -> bool {
        self.operator.is_some()
            && self.factor == Factor::None
            && self.acting.accounts().needs_second_factor
    }

    /// Demands that nothing of a second factor is owed.
    ///
    /// # Errors
    /// 403: [`ErrorKind::FactorNeeded`](crate::error::ErrorKind::FactorNeeded).
    pub fn check_factor(&self) -> Result<()> {
        if self.factor == Factor::Due {
            return Err(Error::factor_needed(
                "show your second factor first, on the page that follows the sign-in",
            ));
        }
        if self.must_enrol() {
            return Err(Error::factor_needed(
                "operators need a second factor here; set one up on your account's page first",
            ));
        }
        Ok(())
    }

    /// Demands that the owner has proved who they are within [`PROOF_LIFE`].
    ///
    /// # Errors
    /// 403: [`ErrorKind::ProofNeeded`](crate::error::ErrorKind::ProofNeeded).
    pub fn check_proof(&self, now: i64) -> Result<()> {
        if self.is_proven(now) {
            return Ok(());
        }
        Err(Error::proof_needed(
            "prove again who you are: by your password, or by a code of your second factor",
        ))
    }

    /// Demands an operator in a browser's session: a token changes nothing of a second factor.
    fn check_operator(&self) -> Result<()> {
        if self.operator.is_none() {
            return Err(Error::forbidden("second factors are for operators"));
        }
        if self.is_token {
            return Err(Error::forbidden("a token cannot do this; sign in"));
        }
        Ok(())
    }

    /// The person, whom nobody else changes until the transaction ends, in a session that is still there.
    async fn hold(&self, tx: &mut Transaction) -> Result<Person> {
        let (_, account) = self.acting.people()?;
        let (tenant, known) = (self.acting.caller.tenant, &self.person.stored);
        let found = resources::lock(tx, tenant, known.resource_type, known.id).await?;
        let (stored, _) = found.ok_or_else(ended)?;
        let document = parse_document(&stored.document)?;
        let sessions = sessions::of_person(tx, stored.key).await?;
        let is_there = sessions.iter().any(|session| session.id == self.session);
        if !is_there || State::of(account, &document) != State::Active {
            return Err(ended());
        }
        Ok(Person { stored, document })
    }
}

fn none() -> Error {
    Error::not_found("there is no second factor")
}

async fn confirmed(tx: &mut Transaction, person: &Person) -> Result<SecondFactor> {
    let found = second_factors::get(tx, person.stored.key).await?;
    found
        .filter(|factor| factor.confirmed.is_some())
        .ok_or_else(none)
}

async fn note(
    tx: &mut Transaction,
    call: &Call<'_>,
    person: &Person,
    (operation, detail): (&'static str, Value),
    now: i64,
) -> Result<()> {
    let change = Change {
        resource: Some((person.stored.resource_type, person.stored.id)),
        version: None,
        operation,
        detail: detail.to_string(),
        at: now,
    };
    append(tx, call.caller.tenant, &call.origin, vec![change]).await
}

/// What the operator's authenticator is to be told; the same until a first code is confirmed. It counts for nothing before.
///
/// # Errors
/// 403 for others than operators, and where the proof of who it is is too old; `invalidValue` when there is a second factor already.
pub async fn begin(service: &Service, signed_in: &SignedIn) -> Result<Enrolment> {
    signed_in.check_operator()?;
    // Whoever finds a session open must not add a factor of their own to it.
    signed_in.check_proof(service.clock.now())?;
    let new = totp::secret()?;
    let secret = in_transaction!(service.store, |tx| {
        let key = signed_in.hold(tx).await?.stored.key;
        let (tenant, now) = (signed_in.acting.caller.tenant, service.clock.now());
        second_factors::insert(tx, tenant, key, &new, now).await?;
        let factor = second_factors::get(tx, key).await?.ok_or_else(none)?;
        if factor.confirmed.is_some() {
            return Err(there_is_one());
        }
        Ok(factor.secret)
    })?;
    let (issuer, name) = (signed_in.acting.organization(), signed_in.username());
    let uri = totp::uri(&secret, issuer, &name);
    let qr = qr::svg(&uri)?;
    let text: Vec<char> = totp::base32(&secret).chars().collect();
    let groups: Vec<String> = text.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(Enrolment {
        secret: groups.join(" "),
        uri,
        qr,
    })
}

fn there_is_one() -> Error {
    Error::invalid_value("there is a second factor already; remove it first")
}

/// Makes the second factor count, by a first code of the authenticator; answers the recovery codes, which are shown this once.
///
/// # Errors
/// 403 for others than operators; 404 before [`begin`]; `invalidValue` for a wrong code, or when there is a second factor already.
pub async fn confirm(service: &Service, signed_in: &SignedIn, code: &str) -> Result<Vec<String>> {
    signed_in.check_operator()?;
    let typed = totp::plain(code);
    let (codes, hashes) = recovery_codes()?;
    let call = signed_in.acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = signed_in.hold(tx).await?;
        let (key, now) = (person.stored.key, service.clock.now());
        let factor = second_factors::get(tx, key).await?.ok_or_else(none)?;
        if factor.confirmed.is_some() {
            return Err(there_is_one());
        }
        let step = totp::step_of(&factor.secret, &typed, now)?;
        let step = step.ok_or_else(wrong_code)?;
        second_factors::take_step(tx, key, step).await?;
        second_factors::confirm(tx, key, now).await?;
        second_factors::replace_codes(tx, key, &hashes).await?;
        sessions::forget_factor(tx, key).await?;
        sessions::note_proof(tx, key, &signed_in.session, true, now).await?;
        note(tx, &call, &person, ("add-second-factor", json!({})), now).await?;
        Ok(codes.clone())
    })
}

/// New recovery codes, and their hashes.
fn recovery_codes() -> Result<(Vec<String>, Vec<Vec<u8>>)> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    while codes.len() < RECOVERY_CODES {
        let code = totp::recovery_code()?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let hashes = codes.iter().map(|code| bearer::hash(&totp::plain(code)));
    let hashes = hashes.collect();
    Ok((codes, hashes))
}

/// Shows a code of the authenticator, or a recovery code, which is used up. It proves who it is as well.
///
/// # Errors
/// `invalidValue` for a wrong or used code, 429 after ten in a row; 404 without a second factor; 403 for others than operators.
pub async fn show(service: &Service, signed_in: &SignedIn, code: &str) -> Result<()> {
    signed_in.check_operator()?;
    let typed = totp::plain(code);
    let call = signed_in.acting.call(Intent::default());
    let is_right = in_transaction!(service.store, |tx| {
        let person = signed_in.hold(tx).await?;
        let (key, now) = (person.stored.key, service.clock.now());
        let factor = confirmed(tx, &person).await?;
        check_pause(signed_in.acting.accounts(), &factor, now)?;
        let is_right = match totp::step_of(&factor.secret, &typed, now)? {
            Some(step) => second_factors::take_step(tx, key, step).await?,
            None => use_recovery_code(tx, &call, &person, &typed, now).await?,
        };
        // The count of a wrong code is to stay: that is no failure of the transaction.
        if is_right {
            sessions::note_proof(tx, key, &signed_in.session, true, now).await?;
        } else {
            second_factors::note_failure(tx, key, now).await?;
        }
        Ok(is_right)
    })?;
    if is_right { Ok(()) } else { Err(wrong_code()) }
}

async fn use_recovery_code(
    tx: &mut Transaction,
    call: &Call<'_>,
    person: &Person,
    typed: &str,
    now: i64,
) -> Result<bool> {
    let key = person.stored.key;
    if !second_factors::take_code(tx, key, &bearer::hash(typed)).await? {
        return Ok(false);
    }
    let left = second_factors::count_codes(tx, key).await?;
    let told = ("use-recovery-code", json!({"left": left}));
    note(tx, call, person, told, now).await?;
    Ok(true)
}

/// Until when no code is taken, after wrong ones.
fn paused_until(settings: &AccountSettings, factor: &SecondFactor) -> Option<i64> {
    let beyond = factor.failures - MAX_FAILURES;
    let last = factor.last_failure?;
    (beyond >= 0).then(|| last + settings.lockout(beyond))
}

fn check_pause(settings: &AccountSettings, factor: &SecondFactor, now: i64) -> Result<()> {
    let Some(until) = paused_until(settings, factor).filter(|until| now < *until) else {
        return Ok(());
    };
    let seconds = (until - now).div_euclid(1_000_000) + 1;
    let error = Error::rate_limited("too many wrong codes; try again later");
    Err(error.after_seconds(u64::try_from(seconds).unwrap_or(1)))
}

/// Proves again who has signed in, by the password; wrong ones count as everywhere.
///
/// # Errors
/// 401 for another password; 403 in a session of a token; 503 when too many passwords are being compared.
pub async fn prove(service: &Service, signed_in: &SignedIn, password: &str) -> Result<()> {
    if signed_in.is_token {
        return Err(Error::forbidden("a token proves nothing; sign in"));
    }
    let shown = check_password(service, signed_in, password).await?;
    let call = signed_in.acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let person = signed_in.confirm(tx, &call, shown, now).await?;
        let key = person.stored.key;
        sessions::note_proof(tx, key, &signed_in.session, false, now).await
    })
}

/// What somebody sees of their own second factor; none: there is none.
///
/// # Errors
/// The database's.
pub async fn standing(service: &Service, signed_in: &SignedIn) -> Result<Option<Standing>> {
    let mut reader = service.store.reader();
    let key = signed_in.person.stored.key;
    let factor = second_factors::get(&mut reader, key).await?;
    let Some(since) = factor.and_then(|factor| factor.confirmed) else {
        return Ok(None);
    };
    let codes_left = second_factors::count_codes(&mut reader, key).await?;
    Ok(Some(Standing { since, codes_left }))
}

/// New recovery codes in the place of all there were; they are shown this once.
///
/// # Errors
/// 403 before the second factor is shown, and where the proof of who it is is too old; 404 without a second factor.
pub async fn new_codes(service: &Service, signed_in: &SignedIn) -> Result<Vec<String>> {
    signed_in.check_operator()?;
    signed_in.check_factor()?;
    signed_in.check_proof(service.clock.now())?;
    let (codes, hashes) = recovery_codes()?;
    let call = signed_in.acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = signed_in.hold(tx).await?;
        confirmed(tx, &person).await?;
        second_factors::replace_codes(tx, person.stored.key, &hashes).await?;
        let now = service.clock.now();
        note(tx, &call, &person, ("new-recovery-codes", json!({})), now).await?;
        Ok(codes.clone())
    })
}

/// Removes the operator's own second factor.
///
/// # Errors
/// 403 before it is shown, and where the proof of who it is is too old; 404 without a second factor.
pub async fn remove(service: &Service, signed_in: &SignedIn) -> Result<()> {
    signed_in.check_operator()?;
    signed_in.check_factor()?;
    signed_in.check_proof(service.clock.now())?;
    let call = signed_in.acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = signed_in.hold(tx).await?;
        confirmed(tx, &person).await?;
        take_away(tx, &call, &person, service.clock.now()).await?;
        sessions::forget_factor(tx, person.stored.key).await
    })
}

/// Removes the second factor of another operator, who has lost it; all their sessions end.
///
/// # Errors
/// 403 without the permission, and for one's own; 404.
pub async fn reset(service: &Service, acting: &Acting, id: Uuid) -> Result<()> {
    people::require_operator(acting, Permission::ManageOperators)?;
    // One's own takes a proof of who one is.
    if acting.caller.actor == format!("operator {id}") {
        return Err(Error::forbidden(
            "remove your own second factor on your account's page",
        ));
    }
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        if !rules::is_operators(people, &person.document) {
            return Err(none());
        }
        take_away(tx, &call, &person, service.clock.now()).await?;
        sessions::end_all(tx, person.stored.key, None)
            .await
            .map(|_| ())
    })
}

/// Removes a second factor, with what tells of it.
async fn take_away(tx: &mut Transaction, call: &Call<'_>, person: &Person, now: i64) -> Result<()> {
    if !second_factors::remove(tx, person.stored.key).await? {
        return Err(none());
    }
    note(tx, call, person, ("remove-second-factor", json!({})), now).await?;
    let mut types = call.registry.resource_types().iter();
    let Some((resource_type, account)) = types.find_map(|one| Some((one, one.account.as_ref()?)))
    else {
        return Ok(());
    };
    let about = About {
        call,
        resource_type,
        account,
        id: person.stored.id,
        document: &person.document,
        now,
    };
    letters::write(tx, about, Kind::SecondFactorRemoved, None, &[])
        .await
        .map(|_| ())
}
