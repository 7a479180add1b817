//! What the pages say: whose value it is, what is wrong with what was typed, that a session has ended, that there is no such page.

use muster::auth::Role;
use muster::service::account::detach;
use muster::service::account::people::{self, Switch};
use serde_json::json;

use super::browser::{Browser, form, text_of};
use super::world::{OTHER, PASSWORD, Somebody, World};
use crate::support::Db;
use crate::support::http::Response;

on_both_databases!(
    what_is_typed_must_be_what_the_field_is_for,
    what_belongs_to_a_connection_says_so_and_stays,
    a_profile_begins_with_the_name,
    what_goes_wrong_early_is_said_in_the_language_of_the_person,
    an_unknown_page_is_a_page_for_people_and_an_error_for_programs,
    an_entrance_leads_to_the_account,
    another_site_is_told_so_as_a_page_or_as_a_problem,
    whoever_was_signed_out_reads_it_on_the_page_to_sign_in_and_not_why,
    what_has_just_been_done_is_said_rather,
    a_session_of_another_tenant_is_left_alone,
    the_language_menu_keeps_where_to_go,
    a_session_is_called_by_its_browser_and_system,
    a_password_manager_learns_whose_password_it_is,
);

const HTML: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Changes the profile as the page's form does.
async fn save(browser: &Browser, fields: &[(&str, &str)]) -> Response {
    browser.post("/account", fields).await
}

/// Opens an address as a browser does.
async fn open(browser: &Browser, target: &str, more: &[(&str, &str)]) -> Response {
    let headers = [&[HTML], more].concat();
    browser.send("GET", target, &headers, None).await
}

#[track_caller]
fn expect_page(answer: Response, status: u16) -> String {
    let answer = answer.expect_status(status);
    let media_type = answer.header("content-type").unwrap_or_default();
    assert_eq!(media_type, "text/html; charset=utf-8");
    for header in ["content-security-policy", "x-frame-options"] {
        assert!(answer.header(header).is_some(), "{}", answer.describe());
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    text_of(&answer)
}

async fn what_is_typed_must_be_what_the_field_is_for(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let before = world.user(somebody.id).await;
    for address in [
        "javascript:alert(1)",
        "www.example.com",
        "ftp://example.com/",
        "https://",
        "https://two words.example",
        "data:text/html,hello",
        "anything",
    ] {
        let answer = save(&own, &[("profileUrl", address), ("nickName", "Anni")]).await;
        let page = expect_page(answer, 400);
        assert!(
            page.contains("Enter a web address such as https://www.example.com."),
            "{address}: {page}"
        );
        assert!(page.contains(&format!("value=\"{address}\"")), "{page}");
    }
    // All that is wrong is said at once, each in its own words.
    let wrong = [
        ("profileUrl", "anything"),
        ("locale", "nowhere!"),
        ("timezone", "Moon/Base"),
    ];
    let page = expect_page(save(&own, &wrong).await, 400);
    for words in [
        "Web page: Enter a web address",
        "Regional format: Enter a language and a region",
        "Time zone: Enter a time zone",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(world.user(somebody.id).await, before, "nothing was saved");
    let right = [
        ("profileUrl", "https://anna.example/~anna?a=b"),
        ("locale", "de-AT"),
        ("timezone", "Europe/Vienna"),
    ];
    save(&own, &right).await.expect_status(303);
    let shown = world.user(somebody.id).await;
    assert_eq!(shown["profileUrl"], right[0].1);
    assert_eq!(shown["timezone"], "Europe/Vienna");
    save(&own, &[("profileUrl", "")]).await.expect_status(303);
    assert!(world.user(somebody.id).await.get("profileUrl").is_none());
}

async fn what_belongs_to_a_connection_says_so_and_stays(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let given = json!([
        {"op": "add", "path": "title", "value": "Head of Looms"},
        {"op": "add", "path": "nickName", "value": "Anni"},
    ]);
    world
        .patch_user(somebody.id, &given)
        .await
        .expect_status(200);
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let page = expect_page(own.get("/account").await, 200);
    let managed = "Managed by test";
    // The user name, the address and the title.
    assert_eq!(page.matches(managed).count(), 3, "{page}");
    assert!(page.contains("value=\"Head of Looms\" dir=\"auto\" readonly"));
    assert!(!page.contains("name=\"title\"") && page.contains("name=\"nickName\""));
    let before = world.user(somebody.id).await;
    let fields = [
        ("title", "Chief"),
        ("former-title", "Head of Looms"),
        ("emails", "b@example.com"),
        ("userName", "b@example.com"),
    ];
    let answer = save(&own, &fields).await.expect_status(303);
    let to = answer.header("location").unwrap();
    assert!(to.ends_with("account-notice-nothing-changed"), "{to}");
    assert_eq!(world.user(somebody.id).await, before);
    let german = own.get("/account?lang=de").await;
    assert!(text_of(&german).contains("Verwaltet von test"));
    // What nobody looks after is nobody's.
    let (service, acting) = (&world.server.service, world.acting().await);
    detach(service, &acting, somebody.id).await.unwrap();
    let page = expect_page(own.get("/account?lang=en").await, 200);
    assert!(!page.contains(managed) && page.contains("Head of Looms"));
    let other = world.person("other@example.com").await;
    let other = world.signed_in(&other.name, PASSWORD).await;
    assert!(!text_of(&other.get("/account").await).contains(managed));
}

async fn a_profile_begins_with_the_name(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let page = expect_page(own.get("/account").await, 200);
    let mut last = 0;
    for label in [
        "First name",
        "Last name",
        "Full name",
        "Display name",
        "Nickname",
        "Username",
        "E-mail address",
        "Web page",
    ] {
        let at = page.find(&format!("\">{label}</label>"));
        let at = at.unwrap_or_else(|| panic!("{label}: {page}"));
        assert!(at > last, "{label} comes too early");
        last = at;
    }
    // A tenant may have it otherwise.
    let setting = muster::service::account::attributes::Change {
        order: Some(-1),
        labels: [("en".to_owned(), "Sign-in name".to_owned())].into(),
        ..Default::default()
    };
    let (service, acting) = (&world.server.service, world.acting().await);
    muster::service::account::attributes::set(service, &acting, "userName", &setting)
        .await
        .unwrap();
    let page = expect_page(own.get("/account").await, 200);
    let place = |label: &str| page.find(&format!("\">{label}</label>")).unwrap();
    assert!(place("Sign-in name") < place("First name"));
}

async fn what_goes_wrong_early_is_said_in_the_language_of_the_person(db: Db) {
    let world = World::with(db, &[("accounts.title", "Weberei Acme")]).await;
    let somebody = world.person("a@example.com").await;
    let target = |page: &str| format!("{}{page}", world.base());
    let post = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Accept-Language", "de-AT, en;q=0.5"),
    ];
    let json = [("Content-Type", "application/json"), post[1], post[2]];
    let large = form(&[("username", &"x".repeat(40_000))]);
    let stranger = world.browser();
    let cases = [
        (
            stranger
                .send("POST", &target("/sign-in"), &post, Some(&large))
                .await,
            413,
            "Das war zu viel",
            "Das Formular enthält mehr, als wir annehmen.",
        ),
        (
            stranger
                .send("POST", &target("/sign-in"), &json, Some("{}"))
                .await,
            400,
            "Das hat nicht geklappt",
            "Die Anfrage war unvollständig oder zu alt.",
        ),
        (
            open(&stranger, &target("/sign-in?next=%ff"), &post[2..]).await,
            400,
            "Das hat nicht geklappt",
            "Die Anfrage war unvollständig oder zu alt.",
        ),
        (
            open(&stranger, &target("/account/nope"), &post[2..]).await,
            404,
            "Diese Seite gibt es nicht",
            "Vielleicht ist die Adresse falsch geschrieben",
        ),
        (
            open(&stranger, &target("/register"), &post[2..]).await,
            404,
            "Diese Seite gibt es nicht",
            "Vielleicht ist die Adresse falsch geschrieben",
        ),
    ];
    for (answer, status, title, words) in cases {
        let page = expect_page(answer, status);
        assert!(page.contains("<html lang=\"de\""), "{page}");
        let whole = format!("<title>{title} · Weberei Acme</title>");
        assert!(page.contains(&whole) && page.contains(words), "{page}");
        assert!(!page.contains("token") && !page.contains("Content-Type"));
        let home = format!("href=\"{}/sign-in\"", world.base());
        assert!(page.contains(&home), "{page}");
    }
    // Nothing is known of a tenant that is none; the language is.
    let nowhere = open(&stranger, "/t/nowhere/account", &post[2..]).await;
    assert!(expect_page(nowhere, 404).contains("<html lang=\"de\""));
    // Who has signed in is addressed as they have chosen, and finds the way back.
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let language = json!([{"op": "add", "path": "preferredLanguage", "value": "ja"}]);
    world
        .patch_user(somebody.id, &language)
        .await
        .expect_status(200);
    let answer = own
        .send("POST", &target("/account"), &post, Some(&large))
        .await;
    let page = expect_page(answer, 413);
    assert!(page.contains("<html lang=\"ja\""), "{page}");
    assert!(page.contains(&format!("href=\"{}/account\"", world.base())));
}

async fn an_unknown_page_is_a_page_for_people_and_an_error_for_programs(db: Db) {
    let world = World::new(db).await;
    let (browser, base) = (world.browser(), world.base());
    for page in [
        "/account/nope",
        "/nope",
        "/sign-in/x",
        "/invite/a/b",
        "//x.example/",
    ] {
        let target = format!("{base}{page}");
        let answer = open(&browser, &target, &[]).await;
        let page = expect_page(answer, 404);
        assert!(page.contains("<h1>There is no such page</h1>"), "{page}");
        assert!(page.contains(&format!("href=\"{base}/sign-in\"")));
        assert!(page.contains(&format!("href=\"{base}/")), "{page}");
    }
    for target in [
        "/nope",
        "/t/nowhere",
        "/t/nowhere/nope",
        "/t/",
        "//t.example",
        "/account/x",
    ] {
        expect_page(open(&browser, target, &[]).await, 404);
    }
    // The address is there, but nothing to look at.
    let target = format!("{base}/account/token");
    let answer = open(&browser, &target, &[]).await;
    assert!(answer.header("allow").is_some(), "{}", answer.describe());
    expect_page(answer, 405);
    for (target, headers) in [
        ("/account/nope", vec![]),
        ("/account/nope", vec![("Accept", "*/*")]),
        ("/t/default", vec![("Accept", "application/scim+json")]),
        ("/nope", vec![("Accept", "application/json")]),
        ("/scim/v2/a/b/c/d", vec![HTML]),
        ("/t/default/scim/v2/a/b/c/d", vec![HTML]),
        ("/api/v1/nope", vec![HTML]),
        ("/admin/v1/nope", vec![HTML]),
        ("/.well-known/nope", vec![HTML]),
    ] {
        let answer = browser.send("GET", target, &headers, None).await;
        let answer = answer.expect_status(404);
        assert_eq!(
            answer.header("content-type"),
            Some("application/scim+json"),
            "{target}"
        );
        assert_eq!(answer.json()["status"], "404");
    }
}

async fn an_entrance_leads_to_the_account(db: Db) {
    let world = World::new(db).await;
    let (browser, base) = (world.browser(), world.base());
    for target in [base.clone(), format!("{base}/")] {
        let answer = open(&browser, &target, &[]).await.expect_status(303);
        let to = answer.header("location").unwrap();
        assert_eq!(to, format!("{base}/account"));
    }
    let answer = browser.send("GET", "/", &[HTML], None).await;
    assert_eq!(
        answer.expect_status(303).header("location"),
        Some("/account")
    );
}

async fn another_site_is_told_so_as_a_page_or_as_a_problem(db: Db) {
    let world = World::new(db).await;
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Accept-Language", "fr"),
    ];
    let target = |page: &str| format!("{}{page}", world.base());
    let browser = world.browser();
    let answer = browser
        .send("POST", &target("/sign-in"), &headers, Some(""))
        .await;
    let page = expect_page(answer, 403);
    assert!(
        page.contains("Le formulaire venait d’un autre site"),
        "{page}"
    );
    let answer = browser
        .send("POST", &target("/admin/v1/users"), &headers, Some("{}"))
        .await
        .expect_status(403);
    let media_type = answer.header("content-type");
    assert_eq!(media_type, Some("application/problem+json"));
    assert_eq!(answer.json()["code"], "forbidden");
}

/// The page to sign in on, as somebody sees it who was sent there.
async fn sent_to_sign_in(browser: &Browser) -> Response {
    let answer = browser.get("/account/groups").await.expect_status(303);
    let to = answer.header("location").unwrap().to_owned();
    let page = to.strip_prefix(&browser.base).unwrap();
    assert!(page.starts_with("/sign-in?next="), "{to}");
    browser.get(page).await.expect_status(200)
}

const SIGNED_OUT: &str = "You have been signed out. Please sign in again.";

async fn whoever_was_signed_out_reads_it_on_the_page_to_sign_in_and_not_why(db: Db) {
    let world = World::new(db).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let mut pages = Vec::new();
    let mut direct = Vec::new();
    for number in 0..5 {
        let somebody = world.person(&format!("p{number}@example.com")).await;
        let own = world.signed_in(&somebody.name, PASSWORD).await;
        let twin = own.twin();
        match number {
            0 => world.switch(somebody.id, Switch::Lock(None)).await.unwrap(),
            1 => world.switch(somebody.id, Switch::Deactivate).await.unwrap(),
            2 => people::remove(service, &acting, somebody.id).await.unwrap(),
            3 => drop(people::end_sessions(service, &acting, somebody.id).await),
            _ => drop(world.temporary(somebody.id).await),
        }
        pages.push(text_of(&sent_to_sign_in(&own).await));
        assert!(own.cookie("muster").is_none(), "it is said once");
        // Whoever comes to that page by themselves reads it as well, once.
        let page = twin.get("/sign-in").await.expect_status(200);
        direct.push(text_of(&page));
        assert!(twin.cookie("muster").is_none());
        let again = twin.get("/sign-in").await;
        assert!(!text_of(&again).contains(SIGNED_OUT));
    }
    // Time has ended it.
    let somebody = world.person("late@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    world.server.clock.advance(30 * super::world::MINUTE);
    pages.push(text_of(&sent_to_sign_in(&own).await));
    // Made up.
    let invented = world.browser();
    invented.set_cookie("muster", &format!("mss_{}", "A".repeat(43)));
    pages.push(text_of(&sent_to_sign_in(&invented).await));
    for pages in [&pages, &direct] {
        assert!(pages[0].contains(SIGNED_OUT), "{}", pages[0]);
        assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
    }
    let stranger = sent_to_sign_in(&world.browser()).await;
    assert!(!text_of(&stranger).contains(SIGNED_OUT));
    // After an attempt, that is what is spoken of.
    let answer = world.browser().sign_in("late@example.com", OTHER).await;
    assert!(!text_of(&answer).contains(SIGNED_OUT));
}

async fn what_has_just_been_done_is_said_rather(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let secret = world.reset_secret(somebody.id).await;
    let answer = own.use_link("reset", &secret, OTHER).await;
    let to = answer
        .expect_status(303)
        .header("location")
        .unwrap()
        .to_owned();
    let page = own.get(to.strip_prefix(&world.base()).unwrap()).await;
    let page = expect_page(page, 200);
    assert!(page.contains("Your password has been saved."), "{page}");
    assert!(!page.contains(SIGNED_OUT));
    assert!(own.cookie("muster").is_none());
}

async fn a_session_of_another_tenant_is_left_alone(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let other = format!("/t/{}", world.tenant.other.as_ref().unwrap().name);
    let there = own.copied(&world.server.root, &other);
    for page in ["/account", "/sign-in"] {
        let answer = there.get(page).await;
        assert!(answer.header("set-cookie").is_none(), "{page}");
        assert!(!text_of(&answer).contains(SIGNED_OUT));
    }
    let page = text_of(&sent_to_sign_in(&there).await);
    assert!(!page.contains(SIGNED_OUT) && !page.contains(&somebody.name));
    assert!(own.is_in().await);
}

async fn the_language_menu_keeps_where_to_go(db: Db) {
    let world = World::new(db).await;
    let target = format!("/sign-in?next={}/account/groups", world.base());
    let page = expect_page(world.browser().get(&target).await, 200);
    let to = format!("{}{target}&#38;lang=de", world.base());
    assert!(page.contains(&to), "{to}: {page}");
    // A page that one must sign in for is asked for in another language.
    let browser = world.browser();
    browser.get("/account?lang=de").await.expect_status(303);
    let page = text_of(&browser.get("/sign-in").await);
    assert!(page.contains("<html lang=\"de\""), "{page}");
}

async fn a_session_is_called_by_its_browser_and_system(db: Db) {
    let world = World::new(db).await;
    let somebody = world.operator("op@example.com", Role::Admin).await;
    let own = world.browser();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", AGENT),
    ];
    let fields = form(&[("username", &somebody.name), ("password", PASSWORD)]);
    let target = format!("{}/sign-in", world.base());
    own.send("POST", &target, &headers, Some(&fields))
        .await
        .expect_status(303);
    let page = expect_page(own.get("/account/sessions").await, 200);
    let called = format!("<bdi title=\"{AGENT}\">Firefox on Linux</bdi>");
    assert!(page.contains(&called), "{page}");
    let german = text_of(&own.get("/account/sessions?lang=de").await);
    assert!(german.contains(">Firefox unter Linux</bdi>"), "{german}");
}

/// The fields of a form that a password manager reads, in their order: what is to be filled in, and what is in it.
fn filled_in(page: &str, action: &str) -> Vec<(String, String)> {
    let begin = format!("action=\"{action}\"");
    let form = page.split(&begin).nth(1).unwrap_or_default();
    let form = form.split("</form>").next().unwrap_or_default();
    let inputs = form.split("<input ").skip(1);
    let part = |input: &str, name: &str| {
        let found = input.split(&format!("{name}=\"")).nth(1)?;
        found.split('"').next().map(str::to_owned)
    };
    inputs
        .filter_map(|input| {
            let input = input.split('>').next()?;
            let value = part(input, " value").unwrap_or_default();
            Some((part(input, "autocomplete")?, value))
        })
        .collect()
}

async fn a_password_manager_learns_whose_password_it_is(db: Db) {
    let world = World::new(db).await;
    let Somebody { name, .. } = world.person("a@example.com").await;
    let own = world.signed_in(&name, PASSWORD).await;
    let field = |kind: &str, value: &str| (kind.to_owned(), value.to_owned());
    let (whose, present) = (field("username", &name), field("current-password", ""));
    for (page, action, fields) in [
        (
            "/account/password",
            "/account/password",
            vec![whose.clone(), present.clone(), field("new-password", "")],
        ),
        (
            "/account/leave",
            "/account/deactivate",
            vec![whose.clone(), present.clone()],
        ),
        (
            "/account/leave",
            "/account/delete",
            vec![field("off", ""), whose.clone(), present.clone()],
        ),
    ] {
        let text = expect_page(own.get(page).await, 200);
        let action = format!("{}{action}", world.base());
        assert_eq!(filled_in(&text, &action), fields, "{action}");
    }
}
