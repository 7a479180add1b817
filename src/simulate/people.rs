//! The people and groups of a run: made up, the same for the same seed.
//!
//! Every name carries the run's prefix, so runs with other seeds, and the data that is there already, do not collide with it.

use serde_json::{Map, Value, json};

/// The data of one run.
pub(super) struct People {
    /// Values of the whole run: `run.id`, `run.missing` and the like.
    pub(super) run: Value,
    /// The users, with the values a scenario may send.
    pub(super) users: Vec<Value>,
    /// The groups, their members as references to users.
    pub(super) groups: Vec<Value>,
}

/// A small, fast generator of good quality for test data: `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        choices
            .get(self.below(choices.len()))
            .copied()
            .unwrap_or_default()
    }

    /// Text in the form of a version 4 UUID.
    fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }
}

/// Given and family names as people write them, and as their user names do.
const GIVEN: [(&str, &str); 12] = [
    ("Anna", "anna"),
    ("Jürgen", "juergen"),
    ("Zoë", "zoe"),
    ("Siobhán", "siobhan"),
    ("Łukasz", "lukasz"),
    ("Mary-Jane", "mary-jane"),
    ("Çağla", "cagla"),
    ("Tom", "tom"),
    ("Nguyễn", "nguyen"),
    ("Åsa", "asa"),
    ("Дарья", "darja"),
    ("美咲", "misaki"),
];
const FAMILY: [(&str, &str); 11] = [
    ("Smith", "smith"),
    ("Müller", "mueller"),
    ("O'Brien", "o'brien"),
    ("Groß", "gross"),
    ("Fernández López", "fernandez-lopez"),
    ("D'Angelo", "d'angelo"),
    ("van der Berg", "vanderberg"),
    ("Sørensen", "sorensen"),
    ("Öztürk", "oeztuerk"),
    ("Reed", "reed"),
    (LONG_FAMILY, "rabensteiner-wolkenfeld-osterholz"),
];
/// Long enough for the columns of careless servers, and a name somebody might have.
const LONG_FAMILY: &str =
    "Freifrau von Rabensteiner-Wolkenfeld-Osterholz zu Hohenbrunn und Niederwiesenthal";
const TITLES: [&str; 6] = [
    "Analyst",
    "Head of R&D",
    "Engineer II",
    "Accountant, senior",
    "Référent qualité",
    "Nurse",
];
const DEPARTMENTS: [&str; 5] = [
    "Finance",
    "Research & Development",
    "Käserei",
    "Support/2nd level",
    "Human Resources",
];
const TEAMS: [&str; 8] = [
    "Finance",
    "Research & Development",
    "Übersetzung",
    "Board's Office",
    "Support (2nd level)",
    "Sales + Marketing",
    "All Staff, Europe",
    "Café",
];

/// Makes the data of a run.
pub(super) fn make(seed: u64, users: usize, groups: usize) -> People {
    let mut random = Random(seed);
    let run = format!("{:08x}", random.next() >> 32);
    let people = (0..users)
        .map(|number| user(&mut random, &run, number, users))
        .collect();
    let teams = (0..groups)
        .map(|number| group(&mut random, &run, number, users))
        .collect();
    let run = json!({
        "id": run,
        "prefix": format!("sim-{run}"),
        "missing": random.uuid(),
        "unknown": random.uuid(),
        "uuid": random.uuid(),
    });
    People {
        run,
        users: people,
        groups: teams,
    }
}

fn user(random: &mut Random, run: &str, number: usize, of: usize) -> Value {
    let ((given, given_plain), (family, family_plain)) =
        (random.pick(&GIVEN), random.pick(&FAMILY));
    let ((new_given, _), (new_family, new_plain)) = (random.pick(&GIVEN), random.pick(&FAMILY));
    let tag = if number % 4 == 1 { "+work" } else { "" };
    let name = format!("sim-{run}.{number}.{given_plain}.{family_plain}{tag}@example.com");
    let renamed = format!("sim-{run}.{number}.n.{new_plain}@example.com");
    let street = 1 + random.below(200);
    let phone = 1000 + random.below(9000);
    let manager = (number + 1) % of.max(1);
    json!({
        "number": number,
        "userName": name,
        "login": format!("sim-{run}-{number}"),
        "international": format!("sim-{run}.{number}.jürgen.öhlund@example.com"),
        "externalId": random.uuid(),
        "given": given,
        "family": family,
        "display": format!("{given} {family}"),
        "email": format!("sim-{run}.{number}{tag}@example.com"),
        "otherEmail": format!("sim-{run}.{number}.home@example.org"),
        "title": random.pick(&TITLES),
        "department": random.pick(&DEPARTMENTS),
        "employeeNumber": format!("{run}-{number}"),
        "costCenter": format!("CC{}", random.below(100)),
        "phone": format!("+49 30 555-{phone}"),
        "mobile": format!("+49 170 555-{phone}"),
        "street": format!("{street} High Street"),
        "city": "Köln",
        "postalCode": format!("{:05}", 10_000 + random.below(80_000)),
        "password": format!("Pw-{}-{number}!", random.uuid()),
        "newPassword": format!("Np-{}-{number}!", random.uuid()),
        "manager": {"$user": manager},
        "secondManager": {"$user": (number + 2) % of.max(1)},
        "next": {
            "userName": renamed,
            "given": new_given,
            "family": format!("{new_family}-Hall"),
            "display": format!("{new_given} {new_family}-Hall"),
            "email": format!("sim-{run}.{number}.new@example.com"),
            "title": format!("Senior {}", random.pick(&TITLES)),
            "department": format!("{} (new)", random.pick(&DEPARTMENTS)),
            "employeeNumber": format!("{run}-{number}-n"),
            "phone": format!("+49 30 556-{phone}"),
            "externalId": random.uuid(),
        },
    })
}

/// How many members a group has, at most; the first one has nearly all users.
const MOST_MEMBERS: usize = 50;

fn group(random: &mut Random, run: &str, number: usize, users: usize) -> Value {
    let team = random.pick(&TEAMS);
    let size = if number == 0 {
        users
    } else {
        users.min(MOST_MEMBERS)
    };
    let late = (size / 10).clamp(1, 5).min(size);
    let first = if number == 0 {
        0
    } else {
        random.below(users.max(1))
    };
    let of_group: Vec<usize> = (0..size)
        .map(|step| (first + step) % users.max(1))
        .collect();
    let (members, joining) = of_group.split_at(size - late);
    let (leaving, staying) = members.split_at((members.len() / 3).clamp(1, 5).min(members.len()));
    let afterwards: Vec<usize> = staying.iter().chain(joining).copied().collect();
    let reference =
        |numbers: &[usize]| -> Vec<Value> { numbers.iter().map(|n| json!({"$user": n})).collect() };
    let mut group = Map::new();
    let mut put = |name: &str, value: Value| group.insert(name.to_owned(), value);
    put("number", json!(number));
    put("displayName", json!(format!("sim-{run} {number} {team}")));
    put("login", json!(format!("sim-{run}-group-{number}")));
    put(
        "quoted",
        json!(format!("sim-{run} {number} \"{team}\" \\ x")),
    );
    put("externalId", json!(random.uuid()));
    put("members", json!(reference(members)));
    put("joining", json!(reference(joining)));
    put("leaving", json!(reference(leaving)));
    put("staying", json!(reference(staying)));
    put("afterwards", json!(reference(&afterwards)));
    put(
        "next",
        json!({"displayName": format!("sim-{run} {number} {team} (new)"), "externalId": random.uuid()}),
    );
    Value::Object(group)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn texts(people: &People, name: &str) -> HashSet<String> {
        let of = people.users.iter().filter_map(|user| user[name].as_str());
        of.map(str::to_lowercase).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_people() {
        let (one, two) = (make(7, 30, 3), make(7, 30, 3));
        assert_eq!(one.users, two.users);
        assert_eq!(one.groups, two.groups);
        assert_eq!(one.run, two.run);
    }

    #[test]
    fn other_seeds_share_no_name() {
        let (one, two) = (make(7, 200, 3), make(8, 200, 3));
        for name in ["userName", "login", "international", "email", "externalId"] {
            assert_eq!(texts(&one, name).len(), 200, "{name}");
            assert!(texts(&one, name).is_disjoint(&texts(&two, name)), "{name}");
        }
    }

    #[test]
    fn a_new_user_name_is_nobody_elses() {
        let people = make(3, 500, 1);
        let mut names = texts(&people, "userName");
        for user in &people.users {
            let renamed = user["next"]["userName"].as_str().unwrap().to_lowercase();
            assert!(names.insert(renamed));
        }
    }

    #[test]
    fn names_are_awkward_ones() {
        let names: Vec<String> = texts(&make(1, 100, 1), "userName").into_iter().collect();
        assert!(names.iter().any(|name| name.contains('\'')));
        assert!(names.iter().any(|name| name.contains('+')));
        assert!(names.iter().all(|name| name.is_ascii()));
    }

    #[test]
    fn members_join_leave_and_stay_apart() {
        for users in [4, 5, 10, 77] {
            for group in make(5, users, 4).groups {
                let set = |name: &str| -> HashSet<u64> {
                    let list = group[name].as_array().unwrap().iter();
                    list.map(|entry| entry["$user"].as_u64().unwrap()).collect()
                };
                let (members, leaving, joining) = (set("members"), set("leaving"), set("joining"));
                assert!(!leaving.is_empty() && leaving.is_subset(&members));
                assert!(!joining.is_empty() && joining.is_disjoint(&members));
                let expected: HashSet<u64> = members
                    .difference(&leaving)
                    .chain(&joining)
                    .copied()
                    .collect();
                assert_eq!(set("afterwards"), expected);
                assert_eq!(set("staying").len(), members.len() - leaving.len());
            }
        }
    }
}
