//! Laws and examples of PATCH.
