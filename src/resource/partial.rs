//! A stored document, read as far as somebody asks for it.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Reads the members of an object that have these names; of the others it is only seen that they are JSON.
///
/// # Errors
/// When the text is no JSON object.
pub fn read(text: &str, names: &BTreeSet<&str>) -> serde_json::Result<Map<String, Value>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members(names))?;
    deserializer.end()?;
    Ok(members)
}

struct Members<'a>(&'a BTreeSet<&'a str>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key_seed(Name(self.0))? {
            match name {
                Some(name) => {
                    members.insert(name, object.next_value()?);
                }
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(members)
    }
}

/// A name that is asked for, or none.
struct Name<'a>(&'a BTreeSet<&'a str>);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.contains(name).then(|| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_object_is_an_error() {
        let names = BTreeSet::from(["a"]);
        for text in ["", "1", "[]", "{\"a\":1", "{\"b\":}", "{} {}", "{\"b\":01}"] {
            assert!(read(text, &names).is_err(), "{text}");
        }
    }

    proptest! {
        /// What is read is what the whole document has of it.
        #[test]
        fn a_part_is_that_of_the_whole(
            members in prop::collection::btree_map("[a-d\"\\\\é]{1,2}", "[a\"\\\\\u{1f600}]{0,3}", 0..6),
            names in prop::collection::btree_set("[a-d\"\\\\é]{1,2}", 0..4),
        ) {
            let document: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), json!({"value": [value, 1, null]})))
                .collect();
            let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let text = Value::Object(document.clone()).to_string();
            let mut expected = document;
            expected.retain(|name, _| names.contains(name.as_str()));
            prop_assert_eq!(read(&text, &names).unwrap(), expected);
        }
    }
}
