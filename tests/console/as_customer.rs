//! What an agent sees of a customer.

use muster::auth::Role;
use muster::service::account::people;
use serde_json::json;

use super::support::Console;
use crate::accounts::world::USER;
use crate::support::Db;

on_both_databases!(an_agent_sees_what_the_customer_sees_and_the_history_says_so);

async fn an_agent_sees_what_the_customer_sees_and_the_history_says_so(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let world = &console.world;
    let mia = world.person("mia@example.com").await;
    let carl = world.person("carl@example.com").await;
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Dispatch",
        "members": [{"value": mia.id.to_string()}],
    });
    world
        .tenant
        .post("/Groups", &group)
        .await
        .expect_status(201);
    let (profile, page) = (
        format!("/users/{}", mia.id),
        format!("/users/{}/as-customer", mia.id),
    );
    let offered = async || console.page(&profile).await.contains("/as-customer\"");
    let (service, acting) = (&world.server.service, world.acting().await);
    // Neither an agent nor in charge; in charge alone; an agent alone.
    console.get(&page).await.expect_status(403);
    people::assign(service, &acting, mia.id, Some(console.operator.id), false)
        .await
        .unwrap();
    console.get(&page).await.expect_status(403);
    assert!(!offered().await);
    let is_agent = json!([{"op": "replace", "path": format!("{USER}:agent"), "value": true}]);
    world
        .patch_person_as(&acting, console.operator.id, &is_agent)
        .await
        .unwrap();
    let others = format!("/users/{}/as-customer", carl.id);
    console.get(&others).await.expect_status(403);
    assert!(offered().await);
    let history = console.page(&format!("{profile}/history")).await;
    assert!(!history.contains("Viewed as customer"), "{history}");

    let before = world.user(mia.id).await;
    let text = console.page(&page).await;
    assert!(text.contains("mia@example.com") && text.contains("Dispatch"));
    // To look at, not to change.
    assert!(!text.contains("<form method=\"post\" action=\"/console/users"));
    assert_eq!(world.user(mia.id).await, before);
    let history = console.page(&format!("{profile}/history")).await;
    assert!(history.contains("Viewed as customer"), "{history}");
    assert!(history.contains(&console.operator.name), "{history}");
    let auditor = console.another(Role::Auditor).await;
    let audit = auditor.get("/console/audit").await.expect_status(200);
    assert!(audit.text().contains("Viewed as customer"));
    auditor
        .get(&format!("/console{page}"))
        .await
        .expect_status(403);
}
