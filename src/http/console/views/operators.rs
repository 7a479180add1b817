//! Operators: the list, a new one, roles, and whose customers are whose.

use askama::Template;

use super::groups::{Pager, StateShown, role_options};
use super::{FieldError, Moment, Shell};

/// A filter by state, with how many there are.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The address.
    pub address: String,
    /// What it is called.
    pub label: String,
    /// How many there are.
    pub number: String,
    /// Whether it is chosen.
    pub is_here: bool,
}

/// Whether there is a second factor, as it is shown.
#[must_use]
pub fn factor_shown(page: &Shell, has_factor: bool) -> StateShown {
    let (tone, sign, id) = if has_factor {
        ("good", "good", "operators-factor-on")
    } else {
        ("warn", "clock", "operators-factor-off")
    };
    StateShown {
        tone,
        sign,
        words: page.text(id),
    }
}

/// An operator in a list.
#[derive(Debug, Clone)]
pub struct OperatorLine {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name, where it is another text than the name.
    pub username: Option<String>,
    /// The state.
    pub state: StateShown,
    /// The names of the roles.
    pub roles: Vec<&'static str>,
    /// Whether there is a second factor.
    pub factor: StateShown,
    /// How many customers are assigned.
    pub customers: i64,
    /// The last sign-in.
    pub last_sign_in: Option<Moment>,
    /// Whether the account has been deactivated.
    pub is_off: bool,
}

/// All operators.
#[derive(Debug, Template)]
#[template(path = "console/operators.html")]
pub struct Operators {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub q: String,
    /// The state that is chosen.
    pub state: String,
    /// The filters by state.
    pub chips: Vec<Chip>,
    /// The operators.
    pub rows: Vec<OperatorLine>,
    /// The place in the list.
    pub pager: Pager,
    /// There is nobody but whoever looks.
    pub is_alone: bool,
    /// Whether the operator may manage operators.
    pub may_manage: bool,
    /// Whether the operator may assign customers.
    pub may_assign: bool,
}

impl Operators {
    fn title(&self) -> String {
        self.page.text("console-operators")
    }
}

/// A choice with what it means.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: &'static str,
    /// What it is called.
    pub label: String,
    /// What it means.
    pub hint: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// A new operator.
#[derive(Debug, Template)]
#[template(path = "console/operator-new.html")]
pub struct OperatorNew {
    /// What all pages have in common.
    pub page: Shell,
    /// The user name.
    pub username: String,
    /// The address that letters go to.
    pub mail: String,
    /// First name.
    pub given: String,
    /// Last name.
    pub family: String,
    /// The tag of the language.
    pub language: String,
    /// Whether the operator may see what assigned customers see.
    pub is_agent: bool,
    /// The roles.
    pub roles: Vec<Choice>,
    /// How the operator comes to a password.
    pub ways: Vec<Choice>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// Who has this user name.
    pub twin: Option<String>,
}

impl OperatorNew {
    fn title(&self) -> String {
        self.page.text("operators-new")
    }

    fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        let all = crate::language::Language::ALL.iter();
        all.map(|one| (one.tag(), one.name(), one.tag() == self.language))
            .collect()
    }
}

/// An operator who has just been created: what is shown this once.
#[derive(Debug, Template)]
#[template(path = "console/operator-created.html")]
pub struct OperatorCreated {
    /// What all pages have in common.
    pub page: Shell,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The link to hand over.
    pub link: String,
    /// The temporary password.
    pub password: String,
    /// Until when it is good.
    pub expires: Option<Moment>,
}

impl OperatorCreated {
    fn title(&self) -> String {
        self.page
            .with("operators-created-title", "name", &self.name)
    }
}

/// A role, and whether an operator has it.
#[derive(Debug, Clone)]
pub struct RoleLine {
    /// The name.
    pub name: &'static str,
    /// What it allows.
    pub hint: String,
    /// Whether the operator has it.
    pub is_given: bool,
}

/// What is shown of an operator on each of the pages.
#[derive(Debug, Clone)]
pub struct OperatorHead {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name, where it is another text than the name.
    pub username: Option<String>,
    /// The state.
    pub state: StateShown,
    /// Whether the account has been deactivated.
    pub is_off: bool,
}

/// An operator.
#[derive(Debug, Template)]
#[template(path = "console/operator.html")]
pub struct OperatorPage {
    /// What all pages have in common.
    pub page: Shell,
    /// The operator.
    pub operator: OperatorHead,
    /// The roles.
    pub roles: Vec<RoleLine>,
    /// How many customers are assigned.
    pub customers: i64,
    /// The last sign-in.
    pub last_sign_in: Option<Moment>,
    /// Whether there is a second factor.
    pub factor: StateShown,
    /// Whether this may be changed.
    pub may_manage: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl OperatorPage {
    fn title(&self) -> String {
        self.operator.name.clone()
    }
}

/// A customer.
#[derive(Debug, Clone)]
pub struct CustomerLine {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name, where it is another text than the name.
    pub username: Option<String>,
    /// The state.
    pub state: StateShown,
    /// The id of the operator whose customer this is; empty for nobody's.
    pub holder_id: String,
    /// That operator's name.
    pub holder: String,
    /// Whether it is the operator of this page.
    pub is_here: bool,
}

/// One of the two lists of customers.
#[derive(Debug, Clone)]
pub struct CustomerList {
    /// What was typed.
    pub q: String,
    /// The customers.
    pub rows: Vec<CustomerLine>,
    /// The place in the list.
    pub pager: Pager,
}

/// The customers of an operator, and those who can be assigned.
#[derive(Debug, Template)]
#[template(path = "console/operator-customers.html")]
pub struct OperatorCustomers {
    /// What all pages have in common.
    pub page: Shell,
    /// The operator.
    pub operator: OperatorHead,
    /// All customers.
    pub free: CustomerList,
    /// Those who are assigned.
    pub own: CustomerList,
    /// How many those are.
    pub number: String,
    /// Whether the operator who looks may assign.
    pub may_assign: bool,
}

impl OperatorCustomers {
    fn title(&self) -> String {
        let name = &self.operator.name;
        self.page.with("operators-customers-title", "name", name)
    }
}

/// Customers who have another operator.
#[derive(Debug, Template)]
#[template(path = "console/operator-takeover.html")]
pub struct OperatorTakeover {
    /// What all pages have in common.
    pub page: Shell,
    /// The operator whom they are to be assigned to.
    pub operator: OperatorHead,
    /// How many have been assigned.
    pub done: i64,
    /// Those who have another operator.
    pub rows: Vec<CustomerLine>,
}

impl OperatorTakeover {
    fn title(&self) -> String {
        let number = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        self.page.counted("operators-takeover-title", &number)
    }
}

/// The names of all roles, and whether each is given.
#[must_use]
pub fn roles_given(page: &Shell, given: &[crate::auth::Role]) -> Vec<RoleLine> {
    let is_given = |name: &str| given.iter().any(|role| role.name() == name);
    role_options("")
        .into_iter()
        .map(|(name, _)| RoleLine {
            name,
            hint: page.text(&format!("operators-role-{name}")),
            is_given: is_given(name),
        })
        .collect()
}
