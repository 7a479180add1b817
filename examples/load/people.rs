//! Generated users: the same seed and number always give the same user.

use serde_json::{Value, json};

const GIVEN: [&str; 32] = [
    "Anna",
    "Ben",
    "Chloé",
    "Daniel",
    "Elif",
    "Farid",
    "Grace",
    "Hiroshi",
    "Ingrid",
    "José",
    "Katarzyna",
    "Liam",
    "Mariam",
    "Nils",
    "Olivia",
    "Pedro",
    "Qiang",
    "Rosa",
    "Søren",
    "Tereza",
    "Uma",
    "Viktor",
    "Wanjiru",
    "Xenia",
    "Yusuf",
    "Zoë",
    "Jürgen",
    "Łukasz",
    "Aoife",
    "Małgorzata",
    "Sanjay",
    "美咲",
];
const FAMILY: [&str; 32] = [
    "Andersson",
    "Bauer",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Hansen",
    "Ivanova",
    "Jones",
    "Kowalski",
    "Lefèvre",
    "Müller",
    "Nguyen",
    "O'Brien",
    "Patel",
    "Quinn",
    "Rossi",
    "Smith",
    "Tanaka",
    "Ueda",
    "van den Berg",
    "Weiß",
    "Xu",
    "Yılmaz",
    "Zimmermann",
    "Okafor",
    "Horváth",
    "de la Cruz",
    "Haddad",
    "Novák",
    "佐藤",
];
const TITLES: [&str; 8] = [
    "Engineer",
    "Senior Engineer",
    "Accountant",
    "Team Lead",
    "Analyst",
    "Designer",
    "Consultant",
    "Account Manager",
];
const DEPARTMENTS: [&str; 12] = [
    "Engineering",
    "Sales",
    "Finance",
    "Legal",
    "Marketing",
    "Support",
    "Human Resources",
    "Operations",
    "Research",
    "Procurement",
    "Security",
    "Facilities",
];
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const DOMAIN: &str = "@load.example";

/// A small seeded generator (splitmix64).
pub(crate) struct Generator(u64);

impl Generator {
    /// A generator for one stream of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = Self(seed);
        let mixed = generator.next();
        Self(mixed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, or 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let scaled = ((self.next() >> 32) * u64::from(bound)) >> 32;
        u32::try_from(scaled).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let index = self.below(u32::try_from(from.len()).unwrap_or(u32::MAX));
        let chosen = usize::try_from(index).ok().and_then(|i| from.get(i));
        chosen.copied().unwrap_or_default()
    }
}

/// The user name of the user with this number.
pub(crate) fn user_name(number: u32) -> String {
    format!("user{number:06}{DOMAIN}")
}

/// The number in a user name that [`user_name`] made.
pub(crate) fn number_of(user_name: &str) -> Option<u32> {
    let digits = user_name.strip_prefix("user")?.strip_suffix(DOMAIN)?;
    digits.parse().ok()
}

/// The private e-mail address of the user with this number.
pub(crate) fn home_address(number: u32) -> String {
    format!("home{number:06}@mail.example")
}

/// The user with this number, as `fill` creates it.
pub(crate) fn user(seed: u64, number: u32) -> Value {
    person(seed, number, &user_name(number), &home_address(number))
}

/// Sets an attribute of a resource.
pub(crate) fn set(resource: &mut Value, attribute: &str, value: Value) {
    if let Some(resource) = resource.as_object_mut() {
        resource.insert(attribute.to_owned(), value);
    }
}

/// The user name of a user that only the run with this tag creates.
pub(crate) fn newcomer_name(tag: &str, number: u32) -> String {
    format!("new-{tag}-{number:06}{DOMAIN}")
}

/// A user that only the run with this tag creates.
pub(crate) fn newcomer(seed: u64, tag: &str, number: u32) -> Value {
    let name = newcomer_name(tag, number);
    let home = format!("new-{tag}-{number:06}@mail.example");
    person(seed ^ 0x6E65_7763, number, &name, &home)
}

fn person(seed: u64, number: u32, user_name: &str, home: &str) -> Value {
    let mut random = Generator::new(seed, u64::from(number));
    let given = random.pick(&GIVEN);
    let family = random.pick(&FAMILY);
    let full = format!("{given} {family}");
    let phone = format!(
        "+1-555-{:03}-{:04}",
        random.below(1000),
        random.below(10_000)
    );
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": format!("{:016x}-{user_name}", random.next()),
        "userName": user_name,
        "name": { "formatted": full, "givenName": given, "familyName": family },
        "displayName": full,
        "title": random.pick(&TITLES),
        "preferredLanguage": random.pick(&["en", "de", "fr", "pl", "ja"]),
        "active": random.below(20) != 0,
        "emails": [
            { "value": user_name, "type": "work", "primary": true },
            { "value": home, "type": "home" },
        ],
        "phoneNumbers": [{ "value": phone, "type": "work" }],
        ENTERPRISE: {
            "employeeNumber": format!("{number:06}"),
            "department": random.pick(&DEPARTMENTS),
            "costCenter": format!("{}", 4100 + random.below(40)),
            "organization": "Load Example",
        },
    })
}
