//! Versions as entity tags, and the preconditions that name them (RFC 7644 §3.14, RFC 9110 §13).

use crate::error::{Error, Result};

/// The entity tag of a version: `W/"7"`.
#[must_use]
pub fn of(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// `If-Match` and `If-None-Match` of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// `If-Match`.
    pub if_match: Option<Tags>,
    /// `If-None-Match`.
    pub if_none_match: Option<Tags>,
}

/// The value of one of the two headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any version.
    Any,
    /// The opaque parts of the listed tags. Weak and strong are not told apart: SCIM sends weak tags in `If-Match`.
    These(Vec<String>),
}

impl Tags {
    /// Reads a header value.
    ///
    /// # Errors
    /// `invalidValue` for anything but `*` or a list of entity tags.
    pub fn parse(header: &str, value: &str) -> Result<Self> {
        if value.trim() == "*" {
            return Ok(Self::Any);
        }
        let mut rest = value.trim();
        let mut tags = Vec::new();
        loop {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"');
            let Some((tag, after)) = opaque.and_then(|opaque| opaque.split_once('"')) else {
                return Err(Error::bad_request(format!(
                    "{header} must be * or a list of entity tags such as W/\"1\""
                )));
            };
            tags.push(tag.to_owned());
            rest = after.trim_start();
            match rest.strip_prefix(',') {
                Some(next) => rest = next.trim_start(),
                None if rest.is_empty() => return Ok(Self::These(tags)),
                None => {
                    return Err(Error::bad_request(format!(
                        "{header}: entity tags are separated by commas"
                    )));
                }
            }
        }
    }

    /// Whether the tag of `version` is among them.
    #[must_use]
    pub fn contain(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.contains(&version.to_string()),
        }
    }
}

impl Preconditions {
    /// Checks them for a write to a resource that exists in this version.
    ///
    /// # Errors
    /// 412, naming the header and the version there is.
    pub fn check_write(&self, version: i64) -> Result<()> {
        self.check_match(version)?;
        if self
            .if_none_match
            .as_ref()
            .is_some_and(|tags| tags.contain(version))
        {
            return Err(Error::precondition_failed(format!(
                "If-None-Match names the current version, {}",
                of(version)
            )));
        }
        Ok(())
    }

    fn check_match(&self, version: i64) -> Result<()> {
        if self
            .if_match
            .as_ref()
            .is_some_and(|tags| !tags.contain(version))
        {
            return Err(Error::precondition_failed(format!(
                "If-Match does not name the current version, which is {}",
                of(version)
            )));
        }
        Ok(())
    }

    /// For a read: whether the client already has this version (304).
    ///
    /// # Errors
    /// 412 when `If-Match` does not hold.
    pub fn is_not_modified(&self, version: i64) -> Result<bool> {
        self.check_match(version)?;
        Ok(self
            .if_none_match
            .as_ref()
            .is_some_and(|tags| tags.contain(version)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_weak_tags_and_stars_are_read() {
        assert_eq!(Tags::parse("If-Match", " * ").unwrap(), Tags::Any);
        let tags = Tags::parse("If-Match", "W/\"1\", \"2\"").unwrap();
        assert!(tags.contain(1) && tags.contain(2) && !tags.contain(3));
        for malformed in ["", "1", "\"1", "W/1", "\"1\" \"2\"", "\"1\",", "*, \"1\""] {
            assert!(Tags::parse("If-Match", malformed).is_err(), "{malformed}");
        }
    }
}
