//! The pages of one person.

use askama::Template;

use super::{FieldError, Moment, Shell};

/// A state: colour, sign and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// `good`, `warn`, `bad`, or nothing.
    pub tone: &'static str,
    /// The symbol.
    pub sign: &'static str,
    /// What it means.
    pub words: String,
}

/// A page of the person.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its address.
    pub address: String,
    /// What it is called.
    pub label: String,
    /// Whether it is this page.
    pub is_here: bool,
}

/// Something that can be done.
#[derive(Debug, Clone)]
pub struct Act {
    /// The address of its page.
    pub address: String,
    /// What it is called.
    pub label: String,
    /// The symbol.
    pub sign: &'static str,
    /// Whether it takes something away for good.
    pub is_danger: bool,
}

/// What stands at the top of each page of the person.
#[derive(Debug, Clone)]
pub struct Head {
    /// The address of the person's first page.
    pub address: String,
    /// The address of the list that the person is in, and what it is called.
    pub list: (String, String),
    /// The name for people.
    pub name: String,
    /// Whether the person can sign in.
    pub state: Sign,
    /// Whether it is an operator.
    pub is_operator: bool,
    /// The address of the form; none: the operator may not.
    pub edit: Option<String>,
    /// What else can be done, in a row.
    pub acts: Vec<Act>,
    /// The same, in a menu.
    pub more: Vec<Act>,
    /// The pages.
    pub tabs: Vec<Tab>,
}

/// A value with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The value.
    pub text: String,
    /// Where it leads.
    pub address: Option<String>,
    /// What is said of it: work, primary.
    pub tags: Vec<String>,
}

/// An attribute.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is called.
    pub label: String,
    /// Its values.
    pub values: Vec<Shown>,
    /// The connection that it belongs to.
    pub owner: Option<String>,
}

/// Attributes that belong together.
#[derive(Debug, Clone)]
pub struct Card {
    /// What they are called together.
    pub title: String,
    /// The attributes.
    pub facts: Vec<Fact>,
}

impl Fact {
    fn is_blank(&self) -> bool {
        self.values.is_empty() && self.owner.is_none()
    }
}

impl Card {
    /// What has no value, in one line: nobody has to read past it.
    fn blank(&self) -> String {
        let blank = self.facts.iter().filter(|fact| fact.is_blank());
        // A label stays together.
        let labels: Vec<_> = blank
            .map(|fact| fact.label.replace(' ', "\u{a0}"))
            .collect();
        labels.join("\u{a0}· ")
    }
}

/// The profile.
#[derive(Debug, Template)]
#[template(path = "console/person.html")]
pub struct Profile {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The attributes.
    pub cards: Vec<Card>,
    /// The id.
    pub id: String,
    /// Who created the account, in words.
    pub source: String,
    /// The connection that looks after it.
    pub connection: Option<String>,
    /// The id that a client has given.
    pub foreign_id: Option<String>,
    /// When it was created.
    pub created: Moment,
    /// When it was changed last.
    pub changed: Moment,
    /// Its version.
    pub version: String,
    /// When the person signed in last.
    pub last_sign_in: Option<Moment>,
}

/// A line of what a customer sees.
#[derive(Debug, Clone)]
pub struct OwnLine {
    /// What it is called.
    pub label: String,
    /// What is in it.
    pub value: String,
    /// The connection that it belongs to.
    pub owner: Option<String>,
    /// Whether the customer can change it.
    pub is_editable: bool,
}

/// What a customer sees of themselves.
#[derive(Debug, Template)]
#[template(path = "console/person_as_customer.html")]
pub struct AsCustomer {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The profile.
    pub lines: Vec<OwnLine>,
    /// The groups: name, and whether the customer is a direct member.
    pub groups: Vec<(String, bool)>,
}

/// A line of a form.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What is in it.
    pub value: String,
    /// What was in it when the page was opened.
    pub former: String,
    /// Help.
    pub hint: String,
    /// Whose it is, in words.
    pub owner: String,
    /// Whether it can be changed.
    pub is_editable: bool,
    /// Whether there must be something in it.
    pub is_required: bool,
    /// The `type` of the control.
    pub kind: &'static str,
    /// What can be chosen, with its name; none: it is typed.
    pub choices: Vec<(String, String)>,
}

/// Values of an attribute that can have many.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The attribute's path.
    pub path: String,
    /// What it is called.
    pub label: String,
    /// The values as they were when the page was opened, as JSON.
    pub former: String,
    /// Whose they are, in words.
    pub owner: String,
    /// Whether they can be changed.
    pub is_editable: bool,
    /// What each consists of.
    pub rows: Vec<Vec<Field>>,
    /// The values, where they cannot be changed.
    pub shown: Vec<Shown>,
}

/// What a form consists of.
#[derive(Debug, Clone)]
pub enum Item {
    /// A line.
    Field(Field),
    /// Many values.
    Rows(Rows),
}

/// Lines that belong together.
#[derive(Debug, Clone)]
pub struct Part {
    /// What they are called together.
    pub title: String,
    /// The lines.
    pub items: Vec<Item>,
}

/// The form of the profile.
#[derive(Debug, Template)]
#[template(path = "console/person_edit.html")]
pub struct Edit {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The version that it was opened with.
    pub version: i64,
    /// The form.
    pub parts: Vec<Part>,
    /// The address of the page to detach the person from a connection, where that makes a difference.
    pub detach: Option<String>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A value that differs.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The attribute's path.
    pub path: String,
    /// What it is called.
    pub label: String,
    /// When the page was opened.
    pub opened: String,
    /// Saved meanwhile.
    pub saved: String,
    /// Typed; none: not changed.
    pub yours: Option<String>,
    /// Whether somebody else has changed it too.
    pub is_conflict: bool,
    /// What the form carries.
    pub carried: Vec<(String, String)>,
}

/// Somebody else has saved.
#[derive(Debug, Template)]
#[template(path = "console/person_conflict.html")]
pub struct Conflict {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The version that is there.
    pub version: i64,
    /// Who has saved, and when.
    pub lead: String,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// A group that the person is in.
#[derive(Debug, Clone)]
pub struct Group {
    /// The id.
    pub id: String,
    /// The group's page.
    pub address: String,
    /// The name.
    pub name: String,
    /// Whether the person is a member.
    pub is_direct: bool,
    /// What the box says.
    pub pick: String,
}

/// The groups of the person.
#[derive(Debug, Template)]
#[template(path = "console/person_groups.html")]
pub struct Groups {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The groups.
    pub groups: Vec<Group>,
    /// Whether the operator can change them.
    pub may_edit: bool,
    /// The place in the list.
    pub place: String,
    /// The page before.
    pub previous: String,
    /// The page after.
    pub next: String,
}

/// Groups to choose from.
#[derive(Debug, Template)]
#[template(path = "console/person_join.html")]
pub struct Join {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// What was typed.
    pub typed: String,
    /// What was found.
    pub groups: Vec<Group>,
    /// Whether there are more than are shown.
    pub is_more: bool,
}

/// What will become of the groups.
#[derive(Debug, Template)]
#[template(path = "console/person_regroup.html")]
pub struct Regroup {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// Groups to be in, by id and name.
    pub added: Vec<(String, String)>,
    /// Groups to be in no more.
    pub removed: Vec<(String, String)>,
    /// What will happen, in words.
    pub lead: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its public name.
    pub id: String,
    /// The browser and its system, or the name of a token.
    pub agent: String,
    /// The address that it was begun from, or what it is.
    pub from: String,
    /// When it was used last.
    pub last_used: Moment,
    /// Since when there is one.
    pub since: Moment,
    /// What the button says.
    pub end: String,
}

/// A letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Which.
    pub kind: String,
    /// Where to.
    pub address: String,
    /// When.
    pub when: Moment,
    /// What became of it.
    pub state: Sign,
    /// Why not.
    pub failure: String,
}

/// A fact of the account.
#[derive(Debug, Clone)]
pub struct Known {
    /// What it is called.
    pub label: String,
    /// In words.
    pub words: String,
    /// When.
    pub when: Option<Moment>,
}

/// How the person signs in.
#[derive(Debug, Template)]
#[template(path = "console/person_sign_in.html")]
pub struct SignIn {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// Whether the person can sign in, and why not.
    pub account: Vec<Known>,
    /// The password.
    pub password: Vec<Known>,
    /// What can be done with the account.
    pub account_acts: Vec<Act>,
    /// What can be done with the password.
    pub password_acts: Vec<Act>,
    /// The sessions.
    pub sessions: Vec<Session>,
    /// Whether the operator may end them.
    pub may_end: bool,
    /// The letters.
    pub letters: Vec<Letter>,
}

/// Who looks after a customer.
#[derive(Debug, Template)]
#[template(path = "console/person_assigned.html")]
pub struct Assigned {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The operator: id, address, name.
    pub holder: Option<(String, String, String)>,
    /// The address of the operator's own customers.
    pub customers: Option<String>,
    /// Operators to choose from.
    pub operators: Vec<(String, String)>,
    /// Whom the form was shown with, chosen.
    pub chosen: String,
    /// Whether the operator may change it.
    pub may_edit: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The attribute.
    pub path: String,
    /// Values that are no more.
    pub before: Vec<String>,
    /// Values that are new.
    pub after: Vec<String>,
}

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Event {
    /// What.
    pub what: String,
    /// Who, in words, and where to read of them.
    pub who: String,
    /// The address of whoever did it.
    pub address: Option<String>,
    /// When.
    pub when: Moment,
    /// The request in the provisioning log.
    pub log: Option<String>,
    /// What the table is called.
    pub label: String,
    /// The values.
    pub changes: Vec<Change>,
}

/// The history.
#[derive(Debug, Template)]
#[template(path = "console/person_history.html")]
pub struct History {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// Whose changes can be asked for.
    pub choices: Vec<(String, String)>,
    /// Whose are shown.
    pub by: String,
    /// What was done.
    pub events: Vec<Event>,
    /// The first page, where this is another one.
    pub first: String,
    /// The page after.
    pub next: String,
}

/// The resource.
#[derive(Debug, Template)]
#[template(path = "console/person_json.html")]
pub struct Json {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// The resource as JSON.
    pub json: String,
    /// The same in the workbench.
    pub workbench: String,
}

/// Something that takes something away.
#[derive(Debug, Clone)]
pub struct Measure {
    /// What it is called.
    pub title: String,
    /// What it does.
    pub words: String,
    /// Its page.
    pub act: Act,
    /// Why not.
    pub refused: Option<String>,
}

/// What takes something away.
#[derive(Debug, Template)]
#[template(path = "console/person_danger.html")]
pub struct Danger {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// Each.
    pub measures: Vec<Measure>,
}

/// A way to do it.
#[derive(Debug, Clone)]
pub struct Way {
    /// The value of the button.
    pub value: &'static str,
    /// What it is called.
    pub label: String,
    /// What it does.
    pub hint: String,
}

/// Something that is about to be done.
#[derive(Debug, Default)]
pub struct Question {
    /// What.
    pub title: String,
    /// What will happen.
    pub lead: String,
    /// What cannot be taken back: title and words.
    pub warning: Option<(String, String)>,
    /// What the button says.
    pub button: String,
    /// Whether it takes something away.
    pub is_danger: bool,
    /// Ways to choose from.
    pub ways: Vec<Way>,
    /// The one that is chosen.
    pub way: String,
    /// Whether a reason is asked for, and what was typed.
    pub reason: Option<String>,
    /// The box that must be ticked.
    pub tick: Option<String>,
    /// The box that may be ticked: label and help.
    pub further: Option<(String, String)>,
    /// Whether that is ticked.
    pub is_further: bool,
    /// What must be typed.
    pub must_type: Option<String>,
    /// What was typed.
    pub typed: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// The page that asks before something is done.
#[derive(Debug, Template)]
#[template(path = "console/person_confirm.html")]
pub struct Confirm {
    /// What all pages have in common.
    pub page: Shell,
    /// Where the form goes.
    pub action: String,
    /// The pages above: address and name.
    pub above: Vec<(String, String)>,
    /// Where to go instead.
    pub back: String,
    /// What is asked.
    pub question: Question,
}

/// A secret that is shown once.
#[derive(Debug, Template)]
#[template(path = "console/person_secret.html")]
pub struct Secret {
    /// What all pages have in common.
    pub page: Shell,
    /// What all pages of the person have in common.
    pub head: Head,
    /// What was done.
    pub title: String,
    /// How to hand it over, and until when it is good.
    pub words: String,
    /// What it is called.
    pub label: String,
    /// The secret.
    pub secret: String,
}

macro_rules! titled {
    ($($view:ident)*) => {
        $(impl $view {
            fn title(&self) -> String {
                self.head.name.clone()
            }
        })*
    };
}
titled!(Profile AsCustomer Groups SignIn Assigned History Json Danger);

impl Edit {
    fn title(&self) -> String {
        self.page.with("person-edit-title", "name", &self.head.name)
    }
}

impl Conflict {
    fn title(&self) -> String {
        self.page.text("person-conflict-title")
    }
}

impl Join {
    fn title(&self) -> String {
        self.page.with("person-join-title", "name", &self.head.name)
    }
}

impl Regroup {
    fn title(&self) -> String {
        self.page
            .with("person-regroup-title", "name", &self.head.name)
    }
}

impl Confirm {
    fn title(&self) -> String {
        self.question.title.clone()
    }
}

impl Secret {
    fn title(&self) -> String {
        self.title.clone()
    }
}
