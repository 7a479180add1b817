//! A query checked against the types it asks, and how it is carried out: by SQL alone, or by testing candidates in Rust.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::query::Request;
use super::{Call, Service, parse_document};
use crate::error::{Error, ErrorKind, Result};
use crate::filter::{self, BindOptions, Filter, Op, Predicate, Quotes};
use crate::resource::matches::matches;
use crate::resource::{Related, Resource, hide_private};
use crate::schema::{
    AttributeDef, IndexKey, Kind, MAX_KEY_BYTES, Relation, ResourceType, ResourceTypeId, Target,
    validate,
};
use crate::store::members::{self, Relative};
use crate::store::pages::{self, Course, Place, Sort, SortBy, Total, time_text};
use crate::store::resources::{self, Stored};
use crate::store::{ResourceKey, Transaction};

/// How many candidates are read and tested in one go.
const CANDIDATES_PER_READ: usize = 500;

/// A twentieth of what may be looked at one by one is few.
const SCANNED_PER_FEW: i64 = 20;

/// A query, checked against the types it asks.
pub(super) struct Plan {
    branches: Vec<(Arc<ResourceType>, Option<Predicate>)>,
    order: Order,
    is_descending: bool,
}

/// By what the result is ordered.
#[derive(Default)]
struct Order {
    /// How SQL says it; `None`: by age, or only Rust can.
    sql: Option<SortBy>,
    /// The attribute in each type; empty: by age.
    attributes: HashMap<ResourceTypeId, Arc<AttributeDef>>,
}

impl Order {
    fn is_by_rust(&self) -> bool {
        self.sql.is_none() && !self.attributes.is_empty()
    }
}

/// Which part of the result is wanted.
pub(super) enum Window {
    /// So many after the first `offset`.
    Numbered { offset: i64, count: i64 },
    /// So many beside a place.
    Beside {
        place: Option<Place>,
        is_backwards: bool,
        count: i64,
        /// What was counted for the first page.
        total: Option<i64>,
    },
}

/// A page.
pub(super) struct Found {
    pub(super) rows: Vec<Stored>,
    pub(super) total: i64,
    /// The places of the rows, where they were asked for by place.
    pub(super) places: Vec<Place>,
    /// Whether there are more in the direction in which was looked.
    pub(super) has_more: bool,
}

impl Found {
    fn numbered(rows: Vec<Stored>, total: i64) -> Self {
        Self {
            rows,
            total,
            places: Vec::new(),
            has_more: false,
        }
    }
}

impl Plan {
    pub(super) fn new(
        types: &[Arc<ResourceType>],
        request: &Request,
        quotes: Quotes,
    ) -> Result<Self> {
        let filter = request.filter.as_deref();
        let filter = filter
            .map(|text| filter::parse_as(text, quotes))
            .transpose()?;
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
            .map_or(Ok(Order::default()), |path| order(types, path))?;
        Ok(Self {
            branches,
            order,
            is_descending: request.is_descending,
        })
    }

    pub(super) async fn find(
        &self,
        service: &Service,
        tx: &mut Transaction,
        call: &Call<'_>,
        window: &Window,
    ) -> Result<Found> {
        let sort = self.order.sql.clone().map(|by| Sort {
            by,
            is_descending: self.is_descending,
        });
        let branches = self
            .branches
            .iter()
            .map(|(resource_type, predicate)| (resource_type.id, predicate.as_ref()))
            .collect();
        let mut query = pages::Query {
            branches,
            sort,
            connection: call.caller.connection,
            finds_one: self.finds_one(),
            course: Course::default(),
        };
        if self.is_wide() {
            let few = service.limits.scan / SCANNED_PER_FEW;
            pages::choose(tx, call.caller.tenant, &mut query, few).await?;
        }
        if query.is_exact() && !self.order.is_by_rust() {
            let is_wide = self.is_wide();
            return by_sql(tx, call, &query, is_wide, window).await;
        }
        let limit = service.limits.scan;
        let candidates = pages::candidates(tx, call.caller.tenant, &query, limit + 1).await?;
        if i64::try_from(candidates.len()).unwrap_or(i64::MAX) > limit {
            return Err(self.too_many(limit));
        }
        let matching = self.scan(service, tx, call, &candidates).await?;
        self.cut(tx, matching, window).await
    }

    /// The part of what was found in Rust that is wanted.
    async fn cut(
        &self,
        tx: &mut Transaction,
        mut matching: Vec<Place>,
        window: &Window,
    ) -> Result<Found> {
        let total = i64::try_from(matching.len()).unwrap_or(i64::MAX);
        let number = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        match window {
            Window::Numbered { offset, count } => {
                let page = matching.into_iter().skip(number(*offset));
                let keys: Vec<ResourceKey> =
                    page.take(number(*count)).map(|place| place.key).collect();
                let rows = resources::by_keys(tx, &keys).await?;
                Ok(Found::numbered(rows, total))
            }
            Window::Beside {
                place,
                is_backwards,
                count,
                total: counted,
            } => {
                let wanted = if *is_backwards {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
                if let Some(place) = place {
                    matching.retain(|other| compare(other, place, self.is_descending) == wanted);
                }
                if *is_backwards {
                    matching.reverse();
                }
                matching.truncate(number(*count).saturating_add(1));
                page_of(
                    tx,
                    matching,
                    *is_backwards,
                    *count,
                    counted.unwrap_or(total),
                )
                .await
            }
        }
    }

    /// Whether one statement finds all there is to find: a unique value of resources without members is looked for.
    pub(super) fn finds_one(&self) -> bool {
        let [(resource_type, Some(predicate))] = self.branches.as_slice() else {
            return false;
        };
        let is_unique = |predicate: &Predicate| matches!(predicate, Predicate::Test(test) if test.op == Op::Eq && test.attribute.is_unique());
        resource_type.relation(Relation::Members).is_none()
            && match predicate {
                Predicate::And(parts) => parts.iter().any(is_unique),
                single => is_unique(single),
            }
    }

    /// Whether it may have to look at much of what there is.
    pub(super) fn is_wide(&self) -> bool {
        let is_sorted = self.order.sql.is_some() || self.order.is_by_rust();
        let mut predicates = self.branches.iter().map(|(_, predicate)| predicate);
        predicates.any(|predicate| match predicate {
            Some(predicate) => !pages::is_narrow(predicate),
            None => is_sorted,
        })
    }

    /// What the first type is asked for.
    pub(super) fn predicate(&self) -> Option<&Predicate> {
        self.branches.first()?.1.as_ref()
    }

    /// Tests every candidate in Rust, and sorts as the query says.
    pub(super) async fn scan(
        &self,
        service: &Service,
        tx: &mut Transaction,
        call: &Call<'_>,
        candidates: &[ResourceKey],
    ) -> Result<Vec<Place>> {
        let mut matching: Vec<Place> = Vec::new();
        for portion in candidates.chunks(CANDIDATES_PER_READ) {
            let rows = resources::by_keys(tx, portion).await?;
            let mut related = self.related(service, tx, call, &rows).await?;
            for row in rows {
                let Some((resource_type, predicate)) = self
                    .branches
                    .iter()
                    .find(|(resource_type, _)| resource_type.id == row.resource_type)
                else {
                    continue;
                };
                let (members, groups) = related.remove(&row.key).unwrap_or_default();
                let mut document = parse_document(&row.document)?;
                if row.owner != call.caller.connection {
                    hide_private(resource_type, &mut document);
                }
                let resource = Resource {
                    id: row.id,
                    document,
                    meta: row.meta,
                    members: Some(members),
                    groups: Some(groups),
                };
                if predicate
                    .as_ref()
                    .is_none_or(|predicate| matches(predicate, &resource, resource_type))
                {
                    matching.push(Place {
                        value: self.sort_key(&resource, resource_type),
                        key: row.key,
                    });
                }
            }
        }
        matching.sort_by(|one, other| compare(one, other, self.is_descending));
        Ok(matching)
    }

    fn sort_key(&self, resource: &Resource, resource_type: &ResourceType) -> Option<String> {
        let attribute = self.order.attributes.get(&resource_type.id)?;
        let meta = resource.meta;
        match &self.order.sql {
            Some(SortBy::Id) => Some(resource.id.to_string()),
            Some(SortBy::Created) => Some(time_text(meta.created)),
            Some(SortBy::LastModified) => Some(time_text(meta.last_modified)),
            Some(SortBy::Attribute(_)) | None => {
                let key = sort_value(resource, resource_type, attribute)?;
                Some(beginning(key.as_str()).to_owned())
            }
        }
    }

    /// Members and groups of the candidates, where the filter asks about them.
    async fn related(
        &self,
        service: &Service,
        tx: &mut Transaction,
        call: &Call<'_>,
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
            let resource_type = call.registry.resource_type(relative.resource_type);
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
                .find(|test| !test.attribute.is_searchable && test.attribute.relation.is_none());
            test.map(|test| format!("{}:{}", resource_type.name, test.attribute.path()))
        });
        let sorted = self.branches.iter().find_map(|(resource_type, _)| {
            let attribute = self.order.attributes.get(&resource_type.id)?;
            let is_unsorted = self.order.is_by_rust();
            is_unsorted.then(|| format!("{}:{}", resource_type.name, attribute.path()))
        });
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
    let is_in_rows = |attribute: &Arc<AttributeDef>| {
        attribute.is_searchable && !attribute.scoped.is_some_and(|scoped| scoped.is_private)
    };
    let sql = match first.path().as_str() {
        "id" => Some(SortBy::Id),
        "meta.created" => Some(SortBy::Created),
        "meta.lastModified" => Some(SortBy::LastModified),
        _ if attributes.values().all(is_in_rows) => Some(SortBy::Attribute(
            attributes.values().map(|attribute| attribute.id).collect(),
        )),
        _ => None,
    };
    Ok(Order { sql, attributes })
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
    if simple.is_hidden() || simple.relation.is_some() || simple.path() == "meta.location" {
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

/// As much of a key as counts for the order: what an index would hold, and what fits into a cursor.
fn beginning(key: &str) -> &str {
    let end = key.floor_char_boundary(MAX_KEY_BYTES);
    key.get(..end).unwrap_or(key)
}

/// Missing values last ascending and first descending; equal ones by age.
fn compare(one: &Place, other: &Place, is_descending: bool) -> Ordering {
    let ascending = (one.value.is_none(), &one.value).cmp(&(other.value.is_none(), &other.value));
    let by_value = if is_descending {
        ascending.reverse()
    } else {
        ascending
    };
    by_value.then(one.key.cmp(&other.key))
}

async fn by_sql(
    tx: &mut Transaction,
    call: &Call<'_>,
    query: &pages::Query<'_>,
    is_wide: bool,
    window: &Window,
) -> Result<Found> {
    let tenant = call.caller.tenant;
    match window {
        Window::Numbered { offset, count } if is_wide && *count > 0 && query.finds_all_first() => {
            let (keys, total) = pages::found(tx, tenant, query, *offset, *count).await?;
            let rows = resources::by_keys(tx, &keys).await?;
            Ok(Found::numbered(rows, total))
        }
        Window::Beside {
            place: None,
            is_backwards: false,
            count,
            total: None,
        } if is_wide && *count > 0 && query.sort.is_none() && query.finds_all_first() => {
            let (keys, total) = pages::found(tx, tenant, query, 0, count + 1).await?;
            let places = keys.into_iter().map(|key| Place { value: None, key });
            page_of(tx, places.collect(), false, *count, total).await
        }
        Window::Numbered { offset, count } => {
            if *offset == 0 && *count > 0 {
                let rows = pages::page(tx, tenant, query, &Total::Unknown, 0, count + 1).await?;
                let found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
                if found <= *count {
                    return Ok(Found::numbered(rows, found));
                }
                let total = pages::total(tx, tenant, query).await?;
                let page = usize::try_from(*count).unwrap_or(usize::MAX);
                let rows = rows.into_iter().take(page).collect();
                return Ok(Found::numbered(rows, total));
            }
            if *count == 0 {
                let total = pages::total(tx, tenant, query).await?;
                return Ok(Found::numbered(Vec::new(), total));
            }
            let total = pages::count(tx, tenant, query).await?;
            let rows = pages::page(tx, tenant, query, &total, *offset, *count).await?;
            Ok(Found::numbered(rows, total.count()))
        }
        Window::Beside {
            place,
            is_backwards,
            count,
            total,
        } => {
            let total = match total {
                Some(total) => *total,
                None => pages::total(tx, tenant, query).await?,
            };
            let wanted = if *count == 0 { 0 } else { count + 1 };
            let places =
                pages::beside(tx, tenant, query, place.as_ref(), *is_backwards, wanted).await?;
            page_of(tx, places, *is_backwards, *count, total).await
        }
    }
}

/// The page of these places, nearest first; one more than was asked for tells that there are more.
async fn page_of(
    tx: &mut Transaction,
    mut places: Vec<Place>,
    is_backwards: bool,
    count: i64,
    total: i64,
) -> Result<Found> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let has_more = places.len() > count && count > 0;
    places.truncate(count);
    if is_backwards {
        places.reverse();
    }
    let keys: Vec<ResourceKey> = places.iter().map(|place| place.key).collect();
    let rows = resources::by_keys(tx, &keys).await?;
    Ok(Found {
        rows,
        total,
        places,
        has_more,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{AttributeId, Registry};

    #[test]
    fn what_may_look_at_much_is_wide() {
        let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
        let users = registry.at_endpoint("Users").unwrap();
        let is_wide = |filter: &str, sort_by: Option<&str>| {
            let request = Request {
                filter: Some(filter.to_owned()).filter(|filter| !filter.is_empty()),
                sort_by: sort_by.map(str::to_owned),
                ..Request::default()
            };
            let plan = Plan::new(&[Arc::clone(users)], &request, Quotes::Required);
            plan.unwrap().is_wide()
        };
        for filter in [
            "",
            r#"userName eq "b""#,
            r#"emails.value eq "b@example.com" and active eq true"#,
            r#"emails[type eq "work" and value eq "b@example.com"]"#,
            r#"externalId eq "1" or userName eq "b""#,
            r#"title co "x" and externalId eq "1""#,
        ] {
            assert!(!is_wide(filter, None), "{filter}");
        }
        for filter in [
            "active eq true",
            r#"userName sw "b""#,
            r#"userName co "b""#,
            "emails pr",
            r#"title eq "Guide""#,
            r#"externalId eq "1" or userName co "b""#,
            r#"meta.lastModified gt "2026-01-01T00:00:00Z""#,
            r#"groups.value eq "2819c223-7f76-453a-919d-413861904646""#,
        ] {
            assert!(is_wide(filter, None), "{filter}");
        }
        assert!(is_wide("", Some("userName")));
    }
}
