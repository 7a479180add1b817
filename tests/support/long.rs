//! How much of what can go on for long is done.

/// The long count where `MUSTER_TEST_LONG=1` asks for it, else the short one.
pub(crate) fn long_or<T>(long: T, short: T) -> T {
    if is_long() { long } else { short }
}

/// Whether the long forms of tests are asked for: they take minutes, want the machine for themselves, and print figures.
pub(crate) fn is_long() -> bool {
    std::env::var_os("MUSTER_TEST_LONG").is_some_and(|value| value == "1")
}
