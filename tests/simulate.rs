//! Every simulated client against Muster itself, with its own profile: the full score, on both databases.

use std::time::Duration;

use muster::server::Server;
use muster::service::admin;
use muster::simulate::{self, Options};

use crate::support::server::config_for;
use crate::support::{Db, fresh_database};

on_both_databases!(every_client_gets_along_with_muster,);

async fn every_client_gets_along_with_muster(db: Db) {
    let database = fresh_database(db).await;
    let server = Server::start(config_for(&database.url)).await.unwrap();
    let service = server.service();
    let tenant = admin::get_tenant(service, "default").await.unwrap();
    let mut clients: Vec<String> = simulate::clients().map(str::to_owned).collect();
    assert_eq!(clients.len(), 10);
    clients.sort();
    for client in clients {
        // A run deletes everybody at its end, which the shield would hold.
        let off = [("shield.mode".to_owned(), Some("off".to_owned()))];
        let made = admin::create_connection(service, &tenant, &client, &client, &off).await;
        let token = admin::create_token(service, &made.unwrap(), None, None, None).await;
        let options = Options {
            client: client.clone(),
            server: server.scim_url(),
            token: token.unwrap().secret,
            users: 6,
            groups: 2,
            seed: 1,
            keep: false,
            timeout: Duration::from_mins(2),
        };
        let report = simulate::run(&options, &|_| {}).await.unwrap();
        let report = serde_json::to_value(&report).unwrap();
        assert_eq!(
            report["score"]["made"], report["score"]["passed"],
            "{client}: {report:#}"
        );
        assert!(report["score"]["made"].as_u64().unwrap() > 50, "{client}");
        assert_eq!(report["cleanup"]["left"], 0, "{client}");
    }
    server.stop().await;
}
