//! How a name stands in the JSON text of a stored document, so that it is found without parsing.

use std::sync::Arc;

use memchr::memmem::Finder;

/// A name with what follows it: in JSON text a quoted name with a colon can be nothing else.
#[derive(Debug, Clone)]
pub struct InText(Arc<Finder<'static>>);

impl InText {
    /// A name with any value.
    pub(crate) fn of(name: &str) -> Self {
        Self::new(&format!("\"{name}\":"))
    }

    /// A name with an object.
    pub(crate) fn of_object(name: &str) -> Self {
        Self::new(&format!("\"{name}\":{{"))
    }

    fn new(text: &str) -> Self {
        Self(Arc::new(Finder::new(text).into_owned()))
    }

    /// Whether a document has it, at whatever depth.
    #[must_use]
    pub fn is_in(&self, document: &str) -> bool {
        self.0.find(document.as_bytes()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_value_and_no_part_of_another_name() {
        let title = InText::of("title");
        assert!(title.is_in(r#"{"a":{"title":"x"}}"#));
        assert!(!title.is_in(r#"{"a":"title","subtitle":"x"}"#));
        assert!(!title.is_in(r#"{"a":"\"title\":"}"#));
        let object = InText::of_object("title");
        assert!(object.is_in(r#"{"title":{"b":1}}"#));
        assert!(!object.is_in(r#"{"title":"x"}"#));
    }
}
