//! The clients that can be simulated; each is a document.

/// Names, as the command line takes them, and documents.
pub(super) const CLIENTS: &[(&str, &str)] = &[
    ("entra", include_str!("../../assets/simulations/entra.json")),
    ("okta", include_str!("../../assets/simulations/okta.json")),
    (
        "onelogin",
        include_str!("../../assets/simulations/onelogin.json"),
    ),
    (
        "jumpcloud",
        include_str!("../../assets/simulations/jumpcloud.json"),
    ),
    ("ping", include_str!("../../assets/simulations/ping.json")),
    (
        "keycloak",
        include_str!("../../assets/simulations/keycloak.json"),
    ),
    (
        "authentik",
        include_str!("../../assets/simulations/authentik.json"),
    ),
    (
        "sailpoint",
        include_str!("../../assets/simulations/sailpoint.json"),
    ),
    ("sap", include_str!("../../assets/simulations/sap.json")),
    (
        "generic",
        include_str!("../../assets/simulations/generic.json"),
    ),
];
