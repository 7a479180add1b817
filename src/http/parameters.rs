//! The parameters of a query string, and of a list above all.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::schema::project::Projection;
use crate::service::query;

/// Query parameters: names in any case, `+` and `%20` as blanks, empty parts passed over.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(query: &str) -> Result<Self> {
        let mut parameters = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            parameters.push((decode(name)?.to_ascii_lowercase(), decode(value)?));
        }
        Ok(Self(parameters))
    }

    /// The first value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.0
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.as_str())
    }

    /// As a query string again, without the parameters of these names.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()));
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = kept.map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let name = name.to_ascii_lowercase();
        self.0
            .iter()
            .filter(|(other, _)| *other == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// `attributes` and `excludedAttributes`.
    pub(super) fn projection(&self) -> Result<Projection> {
        Projection::new(&self.all("attributes"), &self.all("excludedAttributes"))
    }

    /// Everything a list can be asked for.
    pub(super) fn query(&self) -> Result<query::Request> {
        Ok(query::Request {
            filter: self.get("filter").map(str::to_owned),
            sort_by: self
                .get("sortBy")
                .filter(|path| !path.is_empty())
                .map(str::to_owned),
            is_descending: is_descending(self.get("sortOrder"))?,
            start_index: self.integer("startIndex")?,
            cursor: self.get("cursor").map(str::to_owned),
            count: self.integer("count")?,
            projection: self.projection()?,
            is_in_url: true,
        })
    }

    /// A whole number; one that does not fit 64 bits counts as the largest or smallest.
    fn integer(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.get(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Error::invalid_value(format!(
                "{name} must be a whole number"
            )));
        }
        let limit = if text.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        };
        Ok(Some(text.parse().unwrap_or(limit)))
    }
}

pub(super) fn is_descending(order: Option<&str>) -> Result<bool> {
    match order.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "ascending") => Ok(false),
        Some("descending") => Ok(true),
        Some(_) => Err(Error::invalid_value(
            "sortOrder must be \"ascending\" or \"descending\"",
        )),
    }
}

fn decode(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced)
        .decode_utf8()
        .map_err(|_| Error::invalid_value("the query string is not UTF-8"))?;
    Ok(decoded.into_owned())
}
