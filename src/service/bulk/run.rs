//! Carrying out the operations of a bulk request: portion by portion, each in one transaction.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use uuid::Uuid;

use super::{Done, Method, Operation, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::schema::ResourceType;
use crate::service::create::Create;
use crate::service::{Call, Service, create, delete, modify, replace, represent};
use crate::store::{Transaction, resources};

/// Operations in one transaction: enough to share its cost, few enough not to hold up other writers for long.
const OPERATIONS_PER_TRANSACTION: usize = 100;
/// After this long a transaction ends and another goes on: other writers are not to wait for the whole request.
const TRANSACTION_TIME: Duration = Duration::from_millis(250);
/// Operations that are validated, and whose passwords are hashed, at once.
const PREPARED_AT_ONCE: usize = 4;

/// An operation that needs nothing but the database.
enum Work<'a> {
    Create(&'a ResourceType, Box<create::Prepared>),
    Replace(&'a ResourceType, Box<replace::Prepared<'a>>),
    Modify(Box<modify::Patch<'a>>),
    Delete(&'a ResourceType, Uuid, &'a Preconditions),
}

/// A bulk request while it is carried out.
pub(super) struct Run<'a> {
    pub(super) service: &'a Service,
    pub(super) call: &'a Call<'a>,
    pub(super) parsed: &'a [Result<Operation<'a>>],
    pub(super) needs: &'a [BTreeSet<usize>],
    pub(super) fail_on_errors: usize,
}

/// The operations that have been validated and not yet carried out.
type Prepared<'a> = HashMap<usize, Result<Work<'a>>>;

impl<'a> Run<'a> {
    /// Carries out all operations; none for those that were not reached.
    pub(super) async fn all(&self, units: &[Vec<usize>]) -> Result<Vec<Option<Outcome>>> {
        let mut outcomes = Outcomes {
            all: self.parsed.iter().map(|_| None).collect(),
            errors: 0,
        };
        let (mut rest, mut prepared) = (units, Prepared::new());
        while !rest.is_empty() && outcomes.errors < self.fail_on_errors {
            let portion = rest.get(..portion(rest)).unwrap_or(rest);
            self.prepare(portion, &mut prepared).await;
            let done: Result<Vec<(usize, Outcome)>> =
                in_transaction!(self.service.store, alone, |tx| {
                    self.portion(tx, portion, &prepared, &outcomes).await
                });
            match done {
                Ok(done) => {
                    let done_indices: BTreeSet<usize> =
                        done.iter().map(|(index, _)| *index).collect();
                    let is_done = |unit: &&Vec<usize>| {
                        unit.first()
                            .is_some_and(|first| done_indices.contains(first))
                    };
                    let count = portion.iter().filter(is_done).count();
                    rest = rest.get(count..).unwrap_or_default();
                    outcomes.note(done);
                }
                // Nothing has been done yet: the request as a whole can be sent again.
                Err(error) if outcomes.all.iter().all(Option::is_none) => return Err(error),
                Err(error) => {
                    // Also where the schemas have changed meanwhile: what is left was validated by the old ones.
                    tracing::warn!(%error, "a bulk request could not be finished");
                    let failed = rest.iter().flatten().map(|index| {
                        let error = Error::unavailable(error.detail());
                        (*index, Err(error))
                    });
                    outcomes.note(failed.collect());
                    break;
                }
            }
        }
        Ok(outcomes.all)
    }

    /// Validates the operations of some units, and hashes their passwords, before a transaction is opened.
    async fn prepare(&self, units: &[Vec<usize>], prepared: &mut Prepared<'a>) {
        let indices: Vec<usize> = units
            .iter()
            .flatten()
            .copied()
            .filter(|index| !prepared.contains_key(index))
            .collect();
        let fresh: Vec<(usize, Result<Work<'a>>)> = stream::iter(indices)
            .map(|index| async move { (index, self.prepare_one(index).await) })
            .buffered(PREPARED_AT_ONCE)
            .collect()
            .await;
        prepared.extend(fresh);
    }

    async fn prepare_one(&self, index: usize) -> Result<Work<'a>> {
        let operation = match self.parsed.get(index) {
            Some(Ok(operation)) => operation,
            Some(Err(error)) => return Err(copy(error)),
            None => return Err(Error::internal("a bulk operation is missing")),
        };
        let (service, call) = (self.service, self.call);
        let (resource_type, id) = (operation.resource_type, operation.id.as_str());
        let (data, preconditions) = (&operation.data, &operation.preconditions);
        match operation.method {
            Method::Post => {
                let id = Uuid::try_parse(id)
                    .map_err(|error| Error::internal("an id is malformed").caused_by(error))?;
                let prepared = create::prepare(service, call, resource_type, id, data).await?;
                Ok(Work::Create(resource_type, Box::new(prepared)))
            }
            Method::Put => {
                let prepared =
                    replace::prepare(service, call, resource_type, id, data, preconditions).await?;
                Ok(Work::Replace(resource_type, Box::new(prepared)))
            }
            Method::Patch => {
                let prepared =
                    modify::prepare(service, call, resource_type, id, data, preconditions).await?;
                Ok(Work::Modify(Box::new(prepared)))
            }
            Method::Delete => {
                let id = delete::prepare(call, resource_type, id, preconditions)?;
                Ok(Work::Delete(resource_type, id, preconditions))
            }
        }
    }

    /// Carries out some units in one transaction: those that it gets to in its time, and at least one.
    async fn portion(
        &self,
        tx: &mut Transaction,
        units: &[Vec<usize>],
        prepared: &Prepared<'a>,
        before: &Outcomes,
    ) -> Result<Vec<(usize, Outcome)>> {
        let started = Instant::now();
        self.lock(tx, units, prepared).await?;
        let mut done: Vec<(usize, Outcome)> = Vec::new();
        let mut failed: BTreeSet<usize> = before.failed();
        let mut errors = before.errors;
        // Where creates could not be done together, they are tried one by one up to here.
        let mut singly = 0;
        let mut position = 0;
        while let Some(unit) = units.get(position) {
            let is_late = !done.is_empty() && started.elapsed() > TRANSACTION_TIME;
            if errors >= self.fail_on_errors || is_late {
                break;
            }
            if position >= singly {
                let ahead = units.get(position..).unwrap_or_default();
                let creates = self.creates(ahead, prepared, &failed);
                let most = self.fail_on_errors - errors;
                if let Some(created) = self.creates_at_once(tx, &creates, most).await? {
                    position += created.len();
                    for (index, outcome) in &created {
                        if outcome.is_err() {
                            failed.insert(*index);
                            errors += 1;
                        }
                    }
                    done.extend(created);
                    continue;
                }
                singly = position + creates.len();
            }
            position += 1;
            let outcomes = self.unit(tx, unit, prepared, &failed).await?;
            for (index, outcome) in &outcomes {
                if outcome.is_err() {
                    failed.insert(*index);
                    errors += 1;
                }
            }
            done.extend(outcomes);
        }
        Ok(done)
    }

    /// Locks the resources that will be changed, in the order of their keys: two requests that change the same ones in different
    /// orders would otherwise wait for each other.
    async fn lock(
        &self,
        tx: &mut Transaction,
        units: &[Vec<usize>],
        prepared: &Prepared<'a>,
    ) -> Result<()> {
        let id = |index: &usize| match prepared.get(index) {
            Some(Ok(Work::Replace(_, prepared))) => Some(prepared.id()),
            Some(Ok(Work::Modify(patch))) => Some(patch.id()),
            Some(Ok(Work::Delete(_, id, _))) => Some(*id),
            Some(Ok(Work::Create(..)) | Err(_)) | None => None,
        };
        let ids: BTreeSet<Uuid> = units.iter().flatten().filter_map(id).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        if ids.len() < 2 {
            return Ok(());
        }
        resources::lock_all(tx, self.call.caller.tenant, &ids).await
    }

    /// The creates at the beginning that need nothing that failed.
    fn creates<'p>(
        &self,
        units: &[Vec<usize>],
        prepared: &'p Prepared<'a>,
        failed: &BTreeSet<usize>,
    ) -> Vec<(usize, Create<'p>)> {
        let create = |unit: &Vec<usize>| {
            let [index] = unit.as_slice() else {
                return None;
            };
            let needs = self.needs.get(*index)?;
            match prepared.get(index)? {
                Ok(Work::Create(resource_type, prepared)) if needs.is_disjoint(failed) => {
                    let create = Create {
                        resource_type,
                        prepared,
                    };
                    Some((*index, create))
                }
                Ok(_) | Err(_) => None,
            }
        };
        units.iter().map_while(create).collect()
    }

    /// Creates many at once, but for those whose unique values are taken: up to as many failures as are allowed. None, if one of
    /// them cannot be created for another reason: then they are tried one by one.
    ///
    /// One by one, two requests that create the same users in different orders would wait for each other; the index takes the
    /// values of one statement in their order.
    async fn creates_at_once(
        &self,
        tx: &mut Transaction,
        creates: &[(usize, Create<'_>)],
        most_errors: usize,
    ) -> Result<Option<Vec<(usize, Outcome)>>> {
        if creates.len() < 2 {
            return Ok(None);
        }
        let (mut free, mut taken) = (creates.to_vec(), Vec::new());
        loop {
            if let Some(mut done) = self.batch(tx, &free).await? {
                done.extend(taken);
                return Ok(Some(done));
            }
            let known = taken.len();
            for (_, create) in creates {
                // Somebody who is brought back is not created together with others.
                if create::returning(tx, self.call, *create).await?.is_some() {
                    return Ok(None);
                }
            }
            (free, taken) = self.sift(tx, creates, most_errors).await?;
            if taken.len() <= known {
                return Ok(None);
            }
        }
    }

    /// Those whose unique values are free, and the errors of the others, up to the last failure that is allowed.
    async fn sift<'c>(
        &self,
        tx: &mut Transaction,
        creates: &[(usize, Create<'c>)],
        most_errors: usize,
    ) -> Result<(Vec<(usize, Create<'c>)>, Vec<(usize, Outcome)>)> {
        let (mut free, mut taken) = (Vec::with_capacity(creates.len()), Vec::new());
        for (index, create) in creates {
            if taken.len() >= most_errors {
                break;
            }
            match create::check(tx, self.call, *create).await {
                Ok(()) => free.push((*index, *create)),
                Err(error) if error.is_ours() => return Err(error),
                Err(error) => taken.push((*index, Err(error))),
            }
        }
        Ok((free, taken))
    }

    /// Creates all of them; `None` and nothing, if one of them cannot be created.
    async fn batch(
        &self,
        tx: &mut Transaction,
        creates: &[(usize, Create<'_>)],
    ) -> Result<Option<Vec<(usize, Outcome)>>> {
        let all: Vec<Create<'_>> = creates.iter().map(|(_, create)| *create).collect();
        tx.begin_part().await?;
        match create::execute(self.service, tx, self.call, &all).await {
            Ok(stored) => {
                tx.end_part(true).await?;
                let pairs = creates.iter().zip(stored);
                let done = pairs.map(|((index, create), stored)| {
                    let version = Some(stored.meta.version);
                    let done = self.done(201, create.resource_type, stored.id, version);
                    (*index, Ok(done))
                });
                Ok(Some(done.collect()))
            }
            Err((_, error)) if error.is_ours() => Err(error),
            Err(_) => {
                tx.end_part(false).await?;
                Ok(None)
            }
        }
    }

    /// Carries out one operation, or those that refer to each other in a circle; all of them or none.
    async fn unit(
        &self,
        tx: &mut Transaction,
        unit: &[usize],
        prepared: &Prepared<'a>,
        failed: &BTreeSet<usize>,
    ) -> Result<Vec<(usize, Outcome)>> {
        let mut works = Vec::with_capacity(unit.len());
        for index in unit {
            let needs = self.needs.get(*index);
            let refused = match prepared.get(index) {
                Some(Err(error)) => Some(copy(error)),
                _ if needs.is_some_and(|needs| !needs.is_disjoint(failed)) => Some(unresolved()),
                None => Some(Error::internal("a bulk operation was not prepared")),
                Some(Ok(work)) => {
                    works.push((*index, work));
                    None
                }
            };
            if let Some(error) = refused {
                return Ok(blamed(unit, *index, error));
            }
        }
        tx.begin_part().await?;
        match self.together(tx, &works).await {
            Ok(done) => {
                tx.end_part(true).await?;
                Ok(done
                    .into_iter()
                    .map(|(index, done)| (index, Ok(done)))
                    .collect())
            }
            // Another transaction was in the way, or the database is: the transaction as a whole is tried again.
            Err((_, error)) if error.is_ours() => Err(error),
            Err((index, error)) => {
                tx.end_part(false).await?;
                Ok(blamed(unit, index, as_version(error)))
            }
        }
    }

    /// Every row first, then what joins them. The error names the operation that failed.
    async fn together(
        &self,
        tx: &mut Transaction,
        works: &[(usize, &Work<'a>)],
    ) -> std::result::Result<Vec<(usize, Done)>, (usize, Error)> {
        let (service, call) = (self.service, self.call);
        let mut done = Vec::with_capacity(works.len());
        let mut creates = Vec::new();
        for (index, work) in works {
            let at = |error| (*index, error);
            let one = match work {
                Work::Create(resource_type, prepared) => {
                    let create = Create {
                        resource_type,
                        prepared,
                    };
                    let revived = create::revive(service, tx, call, create).await;
                    if let Some(stored) = revived.map_err(at)? {
                        let version = Some(stored.meta.version);
                        done.push((*index, self.done(201, resource_type, stored.id, version)));
                        continue;
                    }
                    create::check(tx, call, create).await.map_err(at)?;
                    creates.push((*index, create));
                    continue;
                }
                Work::Replace(resource_type, prepared) => {
                    let stored = replace::execute(service, tx, call, resource_type, prepared).await;
                    let stored = stored.map_err(at)?;
                    self.done(200, resource_type, stored.id, Some(stored.meta.version))
                }
                Work::Modify(patch) => {
                    let stored = patch.apply(tx).await.map_err(at)?;
                    let status = if patch.is_silent() { 204 } else { 200 };
                    let resource_type = patch.resource_type();
                    self.done(status, resource_type, stored.id, Some(stored.meta.version))
                }
                Work::Delete(resource_type, id, preconditions) => {
                    delete::execute(service, tx, call, resource_type, *id, preconditions)
                        .await
                        .map_err(at)?;
                    self.done(204, resource_type, *id, None)
                }
            };
            done.push((*index, one));
        }
        let all: Vec<Create<'_>> = creates.iter().map(|(_, create)| *create).collect();
        let stored = create::execute(service, tx, call, &all).await;
        let stored = stored.map_err(|(position, error)| {
            let index = creates.get(position).map_or(0, |(index, _)| *index);
            (index, error)
        })?;
        for ((index, create), stored) in creates.iter().zip(stored) {
            let version = Some(stored.meta.version);
            let one = self.done(201, create.resource_type, stored.id, version);
            done.push((*index, one));
        }
        Ok(done)
    }

    fn done(
        &self,
        status: u16,
        resource_type: &ResourceType,
        id: Uuid,
        version: Option<i64>,
    ) -> Done {
        Done {
            status,
            location: represent::location(&self.call.base_url, &resource_type.endpoint, id),
            version,
        }
    }
}

/// What is known of all operations so far.
struct Outcomes {
    all: Vec<Option<Outcome>>,
    errors: usize,
}

impl Outcomes {
    fn note(&mut self, done: Vec<(usize, Outcome)>) {
        for (index, outcome) in done {
            self.errors += usize::from(outcome.is_err());
            if let Some(place) = self.all.get_mut(index) {
                *place = Some(outcome);
            }
        }
    }

    fn failed(&self) -> BTreeSet<usize> {
        let all = self.all.iter().enumerate();
        all.filter(|(_, outcome)| matches!(outcome, Some(Err(_))))
            .map(|(index, _)| index)
            .collect()
    }
}

/// How many of the units go into one transaction.
fn portion(units: &[Vec<usize>]) -> usize {
    let mut operations = 0;
    for (count, unit) in units.iter().enumerate() {
        operations += unit.len();
        if operations > OPERATIONS_PER_TRANSACTION && count > 0 {
            return count;
        }
    }
    units.len()
}

/// The failure of one operation, and of those that are in a circle with it.
fn blamed(unit: &[usize], guilty: usize, error: Error) -> Vec<(usize, Outcome)> {
    let mut error = Some(error);
    let blame = |index: &usize| {
        let own = if *index == guilty { error.take() } else { None };
        (*index, Err(own.unwrap_or_else(unresolved)))
    };
    unit.iter().map(blame).collect()
}

/// In a bulk request the precondition is called `version`.
fn as_version(error: Error) -> Error {
    if error.kind() == ErrorKind::PreconditionFailed {
        return Error::precondition_failed(error.detail().replace("If-Match", "\"version\""));
    }
    error
}

fn unresolved() -> Error {
    Error::unresolved("this operation refers to another one of the request that failed")
}

/// The same error once more: each operation has its own.
fn copy(error: &Error) -> Error {
    Error::internal(error.detail()).with_kind(error.kind())
}
