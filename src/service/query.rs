//! Lists, filters, sorting and pages (RFC 7644 §3.4.2, §3.4.3).

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use super::represent::represent;
use super::{Call, Service, parse_document};
use crate::auth::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::filter::{self, BindOptions, Filter, Predicate};
use crate::resource::matches::matches;
use crate::resource::{Related, Resource};
use crate::schema::project::Projection;
use crate::schema::{
    AttributeDef, IndexKey, Kind, Relation, ResourceType, ResourceTypeId, Returned, Target,
    validate,
};
use crate::store::members::{self, Relative};
use crate::store::pages::{self, Sort, SortBy};
use crate::store::resources::{self, Stored};
use crate::store::{ResourceKey, Transaction};

/// How many candidates are read and tested in one go.
const CANDIDATES_PER_READ: usize = 500;

/// What a client asks for, by URL or by body.
#[derive(Debug, Default)]
pub struct Request {
    /// `filter`.
    pub filter: Option<String>,
    /// `sortBy`.
    pub sort_by: Option<String>,
    /// `sortOrder` is `descending`.
    pub is_descending: bool,
    /// `startIndex`, one-based.
    pub start_index: Option<i64>,
    /// `count`.
    pub count: Option<i64>,
    /// `attributes` or `excludedAttributes`.
    pub projection: Projection,
    /// Whether the filter stands in the URL, where secrets would be logged (RFC 7644 §7.5.2).
    pub is_in_url: bool,
}

/// Answers a query over the given resource types with the text of a `ListResponse`.
///
/// # Errors
/// `invalidFilter`, `invalidPath` for `sortBy`, `sensitive`, `tooMany`; 403.
pub async fn query(
    service: &Service,
    call: &Call<'_>,
    types: &[Arc<ResourceType>],
    request: &Request,
) -> Result<String> {
    call.caller.require(Scope::Read)?;
    let plan = Plan::new(types, request)?;
    let start_index = request.start_index.unwrap_or(1).max(1);
    let count = request
        .count
        .unwrap_or(service.limits.default_count)
        .clamp(0, service.limits.max_count);
    let mut tx = service.store.snapshot().await?;
    let found = plan
        .find(service, &mut tx, call, start_index - 1, count)
        .await?;
    let represented = represent(service, &mut tx, call, found.rows, &request.projection).await?;
    drop(tx);
    let mut body = String::with_capacity(
        200 + represented
            .iter()
            .map(|one| one.body.len() + 1)
            .sum::<usize>(),
    );
    _ = write!(
        body,
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":{},\"startIndex\":{start_index},\"itemsPerPage\":{},\"Resources\":[",
        found.total,
        represented.len()
    );
    for (position, one) in represented.iter().enumerate() {
        if position > 0 {
            body.push(',');
        }
        body.push_str(&one.body);
    }
    body.push_str("]}");
    Ok(body)
}

/// A query, checked against the types it asks.
struct Plan {
    branches: Vec<(Arc<ResourceType>, Option<Predicate>)>,
    order: Order,
    is_descending: bool,
}

/// By what the result is ordered.
enum Order {
    /// By what SQL knows; `None`: by age.
    Sql(Option<SortBy>),
    /// By an attribute that is not indexed: the one to index, and its definition in each type.
    Rust(HashMap<ResourceTypeId, Arc<AttributeDef>>),
}

struct Found {
    rows: Vec<Stored>,
    total: i64,
}

impl Plan {
    fn new(types: &[Arc<ResourceType>], request: &Request) -> Result<Self> {
        let filter = request.filter.as_deref().map(filter::parse).transpose()?;
        let options = BindOptions {
            absent_attributes: types.len() > 1,
            string_booleans: false,
        };
        let mut branches = Vec::with_capacity(types.len());
        for resource_type in types {
            let predicate = filter
                .as_ref()
                .map(|filter| bind(filter, resource_type, options, request.is_in_url))
                .transpose()?;
            branches.push((Arc::clone(resource_type), predicate));
        }
        let order = request
            .sort_by
            .as_deref()
            .map_or(Ok(Order::Sql(None)), |path| order(types, path))?;
        Ok(Self {
            branches,
            order,
            is_descending: request.is_descending,
        })
    }

    async fn find(
        &self,
        service: &Service,
        tx: &mut Transaction,
        call: &Call<'_>,
        offset: i64,
        count: i64,
    ) -> Result<Found> {
        let sort = match &self.order {
            Order::Sql(by) => by.clone().map(|by| Sort {
                by,
                is_descending: self.is_descending,
            }),
            Order::Rust(_) => None,
        };
        let branches = self
            .branches
            .iter()
            .map(|(resource_type, predicate)| (resource_type.id, predicate.as_ref()))
            .collect();
        let query = pages::Query { branches, sort };
        if query.is_exact() && matches!(self.order, Order::Sql(_)) {
            let total = pages::count(tx, call.caller.tenant, &query).await?;
            let rows = pages::page(tx, call.caller.tenant, &query, &total, offset, count).await?;
            return Ok(Found {
                rows,
                total: total.count(),
            });
        }
        let limit = service.limits.scan;
        let candidates = pages::candidates(tx, call.caller.tenant, &query, limit + 1).await?;
        if i64::try_from(candidates.len()).unwrap_or(i64::MAX) > limit {
            return Err(self.too_many(limit));
        }
        let matching = self.scan(service, tx, &candidates).await?;
        let total = i64::try_from(matching.len()).unwrap_or(i64::MAX);
        let page = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        let keys: Vec<ResourceKey> = matching
            .into_iter()
            .skip(page(offset))
            .take(page(count))
            .collect();
        let rows = resources::by_keys(tx, &keys).await?;
        Ok(Found { rows, total })
    }

    /// Tests every candidate in Rust, and sorts by what SQL does not know.
    async fn scan(
        &self,
        service: &Service,
        tx: &mut Transaction,
        candidates: &[ResourceKey],
    ) -> Result<Vec<ResourceKey>> {
        let mut matching: Vec<(Option<IndexKey>, ResourceKey)> = Vec::new();
        for portion in candidates.chunks(CANDIDATES_PER_READ) {
            let rows = resources::by_keys(tx, portion).await?;
            let mut related = self.related(service, tx, &rows).await?;
            for row in rows {
                let Some((resource_type, predicate)) = self
                    .branches
                    .iter()
                    .find(|(resource_type, _)| resource_type.id == row.resource_type)
                else {
                    continue;
                };
                let (members, groups) = related.remove(&row.key).unwrap_or_default();
                let resource = Resource {
                    id: row.id,
                    document: parse_document(&row.document)?,
                    meta: row.meta,
                    members: Some(members),
                    groups: Some(groups),
                };
                if predicate
                    .as_ref()
                    .is_none_or(|predicate| matches(predicate, &resource, resource_type))
                {
                    matching.push((self.sort_key(&resource, resource_type), row.key));
                }
            }
        }
        if matches!(self.order, Order::Rust(_)) {
            sort(&mut matching, self.is_descending);
        }
        Ok(matching.into_iter().map(|(_, key)| key).collect())
    }

    fn sort_key(&self, resource: &Resource, resource_type: &ResourceType) -> Option<IndexKey> {
        let Order::Rust(attributes) = &self.order else {
            return None;
        };
        let attribute = attributes.get(&resource_type.id)?;
        sort_value(resource, resource_type, attribute)
    }

    /// Members and groups of the candidates, where the filter asks about them.
    async fn related(
        &self,
        service: &Service,
        tx: &mut Transaction,
        rows: &[Stored],
    ) -> Result<HashMap<ResourceKey, (Vec<Related>, Vec<Related>)>> {
        let asks = |relation: Relation| {
            self.branches.iter().any(|(_, predicate)| {
                predicate
                    .as_ref()
                    .is_some_and(|predicate| predicate.asks_relation(relation))
            })
        };
        let keys: Vec<ResourceKey> = rows.iter().map(|row| row.key).collect();
        let mut related: HashMap<ResourceKey, (Vec<Related>, Vec<Related>)> = HashMap::new();
        let as_related = |relative: Relative, label: Option<&str>| {
            let resource_type = service.registry.resource_type(relative.resource_type);
            let name = resource_type.map(|resource_type| resource_type.name.as_str());
            Related {
                id: relative.id,
                label: label.or(name).unwrap_or_default().to_owned(),
                endpoint: resource_type
                    .map(|resource_type| resource_type.endpoint.clone())
                    .unwrap_or_default(),
                display: relative.display_name,
            }
        };
        if asks(Relation::Members) {
            let limit = service.limits.scan;
            let found = members::of_groups(tx, &keys, limit + 1).await?;
            if i64::try_from(found.len()).unwrap_or(i64::MAX) > limit {
                return Err(Error::too_many(format!(
                    "the filter looks at more than {limit} members; compare \"members.value\" with eq instead"
                )));
            }
            for (group, member) in found {
                related
                    .entry(group)
                    .or_default()
                    .0
                    .push(as_related(member, None));
            }
        }
        if asks(Relation::Groups) {
            for (member, groups) in members::groups_of(tx, &keys).await? {
                let groups = groups.into_iter().map(|(group, is_direct)| {
                    as_related(group, Some(if is_direct { "direct" } else { "indirect" }))
                });
                related.entry(member).or_default().1.extend(groups);
            }
        }
        Ok(related)
    }

    fn too_many(&self, limit: i64) -> Error {
        let unindexed = self.branches.iter().find_map(|(resource_type, predicate)| {
            let tests = predicate.as_ref().map(Predicate::tests).unwrap_or_default();
            let test = tests
                .into_iter()
                .find(|test| !test.attribute.is_indexed && test.attribute.relation.is_none());
            test.map(|test| format!("{}:{}", resource_type.name, test.attribute.path()))
        });
        let sorted = match &self.order {
            Order::Rust(attributes) => self.branches.iter().find_map(|(resource_type, _)| {
                Some(format!(
                    "{}:{}",
                    resource_type.name,
                    attributes.get(&resource_type.id)?.path()
                ))
            }),
            Order::Sql(_) => None,
        };
        let hint = unindexed.or(sorted).map_or_else(|| "narrow the filter".to_owned(), |path| format!("{path:?} is not indexed; narrow the filter, or add it to index.attributes and reindex"));
        Error::too_many(format!(
            "the query would look at more than {limit} resources one by one: {hint}"
        ))
    }
}

fn bind(
    filter: &Filter,
    resource_type: &ResourceType,
    options: BindOptions,
    is_in_url: bool,
) -> Result<Predicate> {
    Predicate::bind(filter, resource_type, options).map_err(|error| {
        if error.kind() == ErrorKind::Sensitive && !is_in_url {
            error.with_kind(ErrorKind::InvalidFilter)
        } else {
            error
        }
    })
}

/// What `sortBy` names (RFC 7644 §3.4.2.3).
fn order(types: &[Arc<ResourceType>], path: &str) -> Result<Order> {
    let parsed = filter::parse_attribute_path(path)?;
    let mut attributes = HashMap::new();
    for resource_type in types {
        if let Some(Target::Attribute(attribute)) = resource_type.resolve(
            parsed.schema.as_deref(),
            &parsed.name,
            parsed.sub.as_deref(),
        ) {
            attributes.insert(resource_type.id, sortable(attribute, path)?);
        }
    }
    let Some(first) = attributes.values().next() else {
        return Err(Error::invalid_path(format!(
            "sortBy: {path:?} is not an attribute"
        )));
    };
    let by = match first.path().as_str() {
        "id" => Some(SortBy::Id),
        "meta.created" => Some(SortBy::Created),
        "meta.lastModified" => Some(SortBy::LastModified),
        _ if attributes.values().all(|attribute| attribute.is_indexed) => Some(SortBy::Attribute(
            attributes.values().map(|attribute| attribute.id).collect(),
        )),
        _ => None,
    };
    Ok(by.map_or_else(|| Order::Rust(attributes), |by| Order::Sql(Some(by))))
}

fn sortable(attribute: &Arc<AttributeDef>, path: &str) -> Result<Arc<AttributeDef>> {
    let simple = match attribute.sub_attribute("value") {
        Some(value) if attribute.kind == Kind::Complex && attribute.multi_valued => value,
        _ => attribute,
    };
    if simple.kind == Kind::Complex {
        return Err(Error::invalid_path(format!(
            "sortBy: {path:?} is complex; name one of its sub-attributes"
        )));
    }
    if simple.returned == Returned::Never
        || simple.relation.is_some()
        || simple.path() == "meta.location"
    {
        return Err(Error::invalid_path(format!(
            "sortBy: {path:?} cannot be sorted by"
        )));
    }
    Ok(Arc::clone(simple))
}

/// The value to sort by: the only one, the primary one, or the first.
fn sort_value(
    resource: &Resource,
    resource_type: &ResourceType,
    attribute: &AttributeDef,
) -> Option<IndexKey> {
    match attribute.path().as_str() {
        "meta.resourceType" => return Some(IndexKey::exact(&resource_type.name)),
        "meta.version" => return Some(IndexKey::exact(&format!("{:020}", resource.meta.version))),
        "schemas" => return Some(IndexKey::exact(&resource_type.schema)),
        _ => {}
    }
    let object = match &attribute.extension {
        None => Some(&resource.document),
        Some(extension) => resource
            .document
            .get(&**extension)
            .and_then(serde_json::Value::as_object),
    }?;
    let value = match &attribute.parent {
        None => object.get(&attribute.name)?,
        Some(parent) => object.get(&**parent)?,
    };
    let element = match value {
        serde_json::Value::Array(values) => values
            .iter()
            .find(|value| validate::is_primary(value))
            .or_else(|| values.first())?,
        other => other,
    };
    let simple = if attribute.parent.is_some() {
        element.get(&attribute.name)?
    } else {
        element
    };
    IndexKey::of(attribute, simple)
}

/// Missing values last ascending and first descending; equal ones by age.
fn sort(found: &mut [(Option<IndexKey>, ResourceKey)], is_descending: bool) {
    found.sort_by(|(one, one_key), (other, other_key)| {
        let ascending = (one.is_none(), one).cmp(&(other.is_none(), other));
        let by_value = if is_descending {
            ascending.reverse()
        } else {
            ascending
        };
        by_value.then(one_key.cmp(other_key))
    });
}
