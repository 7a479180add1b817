//! Attribute paths and PATCH paths (RFC 7644 Figure 1 and §3.5.2).

use std::fmt;

use super::Filter;

/// `[schema ":"] name ["." sub]`, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrPath {
    /// The URI before the last colon.
    pub schema: Option<String>,
    /// The attribute's name; empty when the path is a URN that does not end with a name.
    pub name: String,
    /// The sub-attribute's name.
    pub sub: Option<String>,
}

impl AttrPath {
    /// A path of one name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            schema: None,
            name: name.to_owned(),
            sub: None,
        }
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            if self.name.is_empty() {
                return f.write_str(schema);
            }
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.name)?;
        if let Some(sub) = &self.sub {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}

/// `attrPath` or `valuePath [subAttr]`: what a PATCH operation works on.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPath {
    /// The attribute; its `sub` is only set when there is no filter.
    pub attribute: AttrPath,
    /// The filter in brackets.
    pub filter: Option<Filter>,
    /// The sub-attribute after the brackets.
    pub sub: Option<String>,
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attribute)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        if let Some(sub) = &self.sub {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}
