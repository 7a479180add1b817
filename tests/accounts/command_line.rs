//! `muster group` and `muster user`, beside a server that runs.

use std::process::Stdio;
use std::slice::from_ref;

use muster::auth::Role;
use serde_json::{Value, json};

use super::world::{GROUP, PASSWORD, World};
use crate::support::Db;
use crate::support::command::{Finished, command, muster};
use crate::support::server::{add_member, id_of};

on_both_databases!(
    groups_are_created_shown_renamed_and_deleted,
    members_come_and_go_by_name_and_by_id,
    a_name_of_several_groups_is_refused_with_their_ids,
    a_group_is_for_customers_or_for_operators,
    the_last_owner_stays_whatever_is_typed,
    members_are_listed_however_many_there_are,
    people_are_created_into_groups_by_name,
    nothing_is_deleted_without_a_yes,
    sample_people_are_made_once_and_all_together,
);

/// The exit codes scripts rely on.
const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const CONFLICT: i32 = 4;

/// The binary on the database and in the tenant of a world.
struct Shell<'a>(&'a World);

impl Shell<'_> {
    fn run(&self, arguments: &[&str]) -> Finished {
        let tenant = ["--tenant", &self.0.tenant.name];
        muster(self.0.server.database_url(), &[arguments, &tenant].concat())
    }

    /// What a command prints that must succeed.
    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        self.run(arguments).expect_success().trim().to_owned()
    }

    /// What a command prints as JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.ok(&[arguments, &["-o", "json"]].concat());
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }

    /// What a command says that must fail in this way.
    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        assert_eq!(ended.stdout, "", "{arguments:?}");
        ended.stderr
    }

    /// The user names of a group's members.
    #[track_caller]
    fn members(&self, group: &str) -> Vec<String> {
        let members = self.json(&["group", "members", group]);
        let names = members.as_array().unwrap().iter();
        let names = names.map(|member| member["user"].as_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

async fn groups_are_created_shown_renamed_and_deleted(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    assert_eq!(shell.json(&["group", "list"]), json!([]));
    let anna = world.person("anna@example.com").await;
    let id = shell.ok(&["group", "create", "Tour Guides", "--user", &anna.name]);
    // What provisioning clients and applications see of it, at once.
    let path = format!("/Groups/{id}");
    let seen = world.tenant.get(&path).await.expect_status(200).json();
    assert_eq!(seen["displayName"], "Tour Guides");
    assert_eq!(seen[GROUP], Value::Null, "{seen}");
    assert_eq!(world.tenant.members(&id).await, [anna.id.to_string()]);

    let taken = shell.refused(&["group", "create", "TOUR guides"], CONFLICT);
    assert!(taken.contains("displayName"), "{taken}");
    for named in ["Tour Guides", "tour guides", &id] {
        let shown = shell.json(&["group", "show", named]);
        assert_eq!(shown["id"], id);
        assert_eq!(shown["name"], "Tour Guides");
        assert_eq!(shown["audience"], "customer");
        assert_eq!(shown["members"], 1);
        assert_eq!(shown["connection"], Value::Null);
    }
    let client = world.tenant.create_group(&[]).await;
    let shown = shell.json(&["group", "get", &client]);
    assert_eq!(shown["connection"], "test");
    assert_eq!(shown["members"], 0);

    assert_eq!(shell.ok(&["group", "rename", "Tour Guides", "Guides"]), "");
    shell.refused(&["group", "show", "Tour Guides"], NOT_FOUND);
    let seen = world.tenant.get(&path).await.json();
    assert_eq!(seen["displayName"], "Guides");
    let other = shell.ok(&["group", "create", "Drivers"]);
    shell.refused(&["group", "rename", "Drivers", "guides"], CONFLICT);
    // Another spelling of one's own name is one's own.
    shell.ok(&["group", "rename", &other, "DRIVERS"]);

    let refused = shell.refused(&["group", "delete", "Guides"], USAGE);
    assert!(
        refused.contains("\"Guides\" with 1 member ") && refused.contains("--yes"),
        "{refused}"
    );
    world.tenant.get(&path).await.expect_status(200);
    assert_eq!(shell.ok(&["group", "delete", "Guides", "--yes"]), "");
    world.tenant.get(&path).await.expect_status(404);
    shell.refused(&["group", "delete", "Guides", "--yes"], NOT_FOUND);
    shell.refused(&["group", "delete", &id, "--yes"], NOT_FOUND);
    // Its members stay.
    let user = world.user(anna.id).await;
    assert_eq!(user["groups"], Value::Null);
    // Who did all this is in the history.
    let acting = world.acting().await;
    let mut reader = world.server.service.store.reader();
    let tenant = acting.caller.tenant;
    let history = muster::store::changes::of_resource(&mut reader, tenant, id.parse().unwrap());
    let history = history.await.unwrap();
    let operations: Vec<&str> = history.iter().map(|one| one.operation.as_str()).collect();
    assert_eq!(operations, ["create", "modify", "delete"]);
    assert!(history.iter().all(|one| one.actor == "operator cli"));
}

async fn members_come_and_go_by_name_and_by_id(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    let mut people = Vec::new();
    for name in ["anna@example.com", "bert@example.com", "cleo@example.com"] {
        people.push(world.person(name).await);
    }
    let [anna, bert, cleo] = people.as_slice() else {
        unreachable!("three people were made")
    };
    let id = shell.ok(&["group", "create", "Guides"]);
    let (bert_id, cleo_id) = (bert.id.to_string(), cleo.id.to_string());
    // By name in another spelling, by id, and one of them twice.
    let added = shell.ok(&[
        "group",
        "add",
        "guides",
        "ANNA@example.com",
        &bert_id,
        &bert.name,
    ]);
    assert_eq!(added, "2 added");
    assert_eq!(shell.members("Guides"), [&*anna.name, &*bert.name]);
    assert_eq!(
        shell.ok(&["group", "add", &id, &cleo_id, &anna.name]),
        "1 added"
    );
    assert_eq!(shell.ok(&["group", "add", &id, &cleo_id]), "0 added");

    // All or none.
    let before = shell.json(&["group", "show", &id]);
    let dora = world.person("dora@example.com").await;
    let nobody = uuid::Uuid::now_v7().to_string();
    let unknown = shell.refused(
        &["group", "add", &id, &dora.name, "eve@example.com"],
        NOT_FOUND,
    );
    assert!(unknown.contains("eve@example.com"), "{unknown}");
    let unknown = shell.refused(&["group", "add", &id, &dora.name, &nobody], USAGE);
    assert!(unknown.contains(&nobody), "{unknown}");
    shell.refused(
        &["group", "remove", &id, &anna.name, "eve@example.com"],
        NOT_FOUND,
    );
    shell.refused(&["group", "add", "No Such", &dora.name], NOT_FOUND);
    shell.refused(&["group", "add", &id], USAGE);
    assert_eq!(shell.json(&["group", "show", &id]), before);

    // Whoever is named is removed, and nobody else; who was no member is no failure.
    let removed = shell.ok(&["group", "remove", &id, &anna.name, &cleo_id, &dora.name]);
    assert_eq!(removed, "2 removed");
    assert_eq!(shell.members(&id), [&*bert.name]);
    assert_eq!(shell.ok(&["group", "remove", &id, &nobody]), "0 removed");
    assert_eq!(world.tenant.members(&id).await, from_ref(&bert_id));

    // Groups in groups.
    let inner = shell.ok(&["group", "create", "Night Guides", "--user", &cleo.name]);
    assert_eq!(shell.ok(&["group", "add", "Guides", &inner]), "1 added");
    let members = shell.json(&["group", "members", "Guides"]);
    let kinds: Vec<&Value> = members
        .as_array()
        .unwrap()
        .iter()
        .map(|member| &member["type"])
        .collect();
    assert_eq!(kinds, [&json!("User"), &json!("Group")]);
    let groups = world.user(cleo.id).await["groups"].clone();
    let kinds: Vec<&Value> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| &group["type"])
        .collect();
    assert!(kinds.contains(&&json!("indirect")), "{groups}");
}

async fn a_name_of_several_groups_is_refused_with_their_ids(db: Db) {
    let world = World::with(db, &[("group.names", "any")]).await;
    let shell = Shell(&world);
    let first = shell.ok(&["group", "create", "Guides"]);
    let second = shell.ok(&["group", "create", "guides"]);
    world.person("anna@example.com").await;
    for arguments in [
        &["group", "show", "Guides"][..],
        &["group", "members", "Guides"],
        &["group", "rename", "GUIDES", "Drivers"],
        &["group", "delete", "Guides", "--yes"],
        &["group", "add", "Guides", "anna@example.com"],
        &["group", "remove", "Guides", "anna@example.com"],
        &["user", "create", "bert@example.com", "--group", "Guides"],
    ] {
        let refused = shell.refused(arguments, USAGE);
        assert!(
            refused.contains(&first) && refused.contains(&second),
            "{arguments:?}: {refused}"
        );
    }
    shell.ok(&["group", "add", &second, "anna@example.com"]);
    assert_eq!(shell.members(&first), [""; 0]);
    assert_eq!(shell.members(&second), ["anna@example.com"]);
    let listed = shell.json(&["group", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
}

async fn a_group_is_for_customers_or_for_operators(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let anna = world.person("anna@example.com").await;
    let customers = shell.ok(&["group", "create", "Guides", "--user", &anna.name]);
    let operators = shell.ok(&[
        "group",
        "create",
        "Desk",
        "--audience",
        "operator",
        "--role",
        "helpdesk",
        "--user",
        &owner.name,
    ]);
    let shown = shell.json(&["group", "show", "Desk"]);
    assert_eq!(
        (&shown["audience"], &shown["role"]),
        (&json!("operator"), &json!("helpdesk"))
    );
    // The role is in force.
    let listed = shell.json(&["operator", "list"]);
    let roles = listed[0]["roles"].as_str().unwrap();
    assert!(
        roles.contains("owner") && roles.contains("helpdesk"),
        "{listed}"
    );

    for arguments in [
        &["group", "create", "X", "--role", "owner"][..],
        &["group", "create", "X", "--user", &owner.name],
        &[
            "group",
            "create",
            "X",
            "--audience",
            "operator",
            "--user",
            &anna.name,
        ],
        &["group", "create", "X", "--audience", "everybody"],
        &["group", "add", "Guides", &owner.name],
        &["group", "add", "Guides", &operators],
        &["group", "add", "Desk", &anna.name],
        &["group", "add", "Desk", &customers],
    ] {
        shell.refused(arguments, USAGE);
    }
    let names = |listed: &Value| -> Vec<String> {
        let rows = listed.as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = shell.json(&["group", "list"]);
    assert_eq!(names(&all), ["Operators: owner", "Guides", "Desk"]);
    let some = shell.json(&["group", "list", "--audience", "customer"]);
    assert_eq!(names(&some), ["Guides"]);
    assert_eq!(some[0]["members"], 1);
    let some = shell.json(&["group", "list", "--audience", "operator"]);
    assert_eq!(names(&some), ["Operators: owner", "Desk"]);
    assert_eq!(some[1]["role"], "helpdesk");
    let filter = "displayName sw \"d\" or displayName sw \"g\"";
    let some = shell.json(&[
        "group",
        "list",
        "--audience",
        "operator",
        "--filter",
        filter,
    ]);
    assert_eq!(names(&some), ["Desk"]);
    let some = shell.json(&["group", "list", "--start", "2", "--count", "1"]);
    assert_eq!(names(&some), ["Guides"]);
    let table = shell.ok(&["group", "list", "--audience", "customer"]);
    let mut lines = table.lines();
    let heading: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(
        heading,
        ["ID", "NAME", "AUDIENCE", "MEMBERS", "MODIFIED", "ROLE"]
    );
    assert!(lines.next().unwrap().contains("Guides"));
    assert_eq!(lines.next(), None);
    let wrong = shell.run(&["group", "list", "--filter", "displayName sw"]);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
}

async fn the_last_owner_stays_whatever_is_typed(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let group = world.group_of(Role::Owner).await;
    for arguments in [
        &["group", "remove", &group, &owner.name][..],
        &["group", "delete", &group, "--yes"],
        &["user", "delete", &owner.name, "--yes"],
    ] {
        let refused = shell.refused(arguments, CONFLICT);
        assert!(refused.contains("owner"), "{refused}");
    }
    assert_eq!(shell.members(&group), [&*owner.name]);
    world.signed_in(&owner.name, PASSWORD).await;
    // Where there is another one, they may go.
    let second = world.operator("second@example.com", Role::Owner).await;
    assert_eq!(
        shell.ok(&["group", "remove", &group, &owner.name]),
        "1 removed"
    );
    assert_eq!(shell.members(&group), [&*second.name]);
}

async fn members_are_listed_however_many_there_are(db: Db) {
    // More than are read in one go.
    const MEMBERS: usize = 2_100;
    let world = World::new(db).await;
    let shell = Shell(&world);
    let mut ids = Vec::with_capacity(MEMBERS);
    for from in (0..MEMBERS).step_by(700) {
        let operations: Vec<Value> = (from..from + 700)
            .map(|number| {
                let data = crate::support::server::user(&format!("p{number:04}@example.com"));
                json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": data})
            })
            .collect();
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": operations,
        });
        let answer = world
            .tenant
            .post("/Bulk", &body)
            .await
            .expect_status(200)
            .json();
        for operation in answer["Operations"].as_array().unwrap() {
            let location = operation["location"].as_str().unwrap();
            ids.push(location.rsplit('/').next().unwrap().to_owned());
        }
    }
    assert_eq!(ids.len(), MEMBERS);
    let group = world.tenant.create_group(&ids).await;
    let members = shell.members(&group);
    assert_eq!(members.len(), MEMBERS);
    assert!(members.windows(2).all(|two| two[0] < two[1]));
    for (format, lines) in [
        ("table", MEMBERS + 1),
        ("jsonl", MEMBERS),
        ("csv", MEMBERS + 1),
    ] {
        let printed = shell.ok(&["group", "members", &group, "-o", format]);
        assert_eq!(printed.lines().count(), lines, "{format}");
    }
    let empty = shell.ok(&["group", "create", "Nobody"]);
    assert_eq!(shell.json(&["group", "members", &empty]), json!([]));
    assert_eq!(shell.ok(&["group", "members", &empty]), "");
    // Whoever reads the first lines alone stops it, and that is no failure.
    let mut child = command(
        world.server.database_url(),
        &["group", "members", &group, "--tenant", &world.tenant.name],
    )
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

async fn people_are_created_into_groups_by_name(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    let guides = shell.ok(&["group", "create", "Guides"]);
    let drivers = shell.ok(&["group", "create", "Drivers"]);
    shell.ok(&[
        "user",
        "create",
        "anna@example.com",
        "--onboarding",
        "link",
        "--group",
        "guides",
        "--group",
        &drivers,
    ]);
    for group in [&guides, &drivers] {
        assert_eq!(shell.members(group), ["anna@example.com"]);
    }
    let arguments = ["user", "create", "bert@example.com", "--group", "No Such"];
    shell.refused(&arguments, NOT_FOUND);
    let people = shell.json(&["user", "list"]);
    assert_eq!(people.as_array().unwrap().len(), 1);
}

async fn nothing_is_deleted_without_a_yes(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    let anna = world.person("anna@example.com").await;
    let group = world.tenant.create_group(&[anna.id.to_string()]).await;
    let id = anna.id.to_string();
    // What is asked for by an id is named.
    let refused = shell.refused(&["user", "delete", &id], USAGE);
    assert!(
        refused.contains("anna@example.com") && refused.contains("--yes"),
        "{refused}"
    );
    let refused = shell.refused(&["group", "delete", &group], USAGE);
    assert!(refused.contains("with 1 member "), "{refused}");
    assert_eq!(world.tenant.members(&group).await, from_ref(&id));
    shell.ok(&["user", "delete", &id, "--yes"]);
    assert!(world.tenant.members(&group).await.is_empty());
    let bert = world.tenant.create_user("bert@example.com").await;
    let addition = add_member(&bert);
    let path = format!("/Groups/{group}");
    assert!(world.tenant.patch(&path, &addition).await.is_success());
    shell.ok(&["group", "delete", &group, "--yes"]);
    let left = world.tenant.get(&format!("/Users/{bert}")).await;
    assert_eq!(id_of(&left.expect_status(200)), bert);
}

async fn sample_people_are_made_once_and_all_together(db: Db) {
    let world = World::new(db).await;
    let shell = Shell(&world);
    assert_eq!(shell.ok(&["demo", "load"]), "24 users and 5 groups");
    let people = || shell.json(&["user", "list"]).as_array().unwrap().len();
    assert_eq!(people(), 24);
    assert_eq!(
        shell.members("Manager"),
        [
            "grace.kim@example.com",
            "jonas.wolff@example.com",
            "priya.sharma@example.com",
            "yael.cohen@example.com"
        ]
    );
    let lukas = "lukas.gruber@example.com";
    for group in ["Developer", "Admin"] {
        let is_there = shell.members(group).iter().any(|name| name == lukas);
        assert_eq!(is_there, group == "Developer");
    }
    // Nothing is made twice, and nothing in part.
    shell.ok(&["user", "delete", lukas, "--yes"]);
    let said = shell.refused(&["demo", "load"], CONFLICT);
    assert!(said.contains("userName"), "{said}");
    assert_eq!(people(), 23);
}
