//! One error type for the whole crate.
//!
//! An [`Error`] is a kind, a sentence for the client's developer and, for failures of ours, the cause.
//! The kind alone decides the HTTP status and the `scimType` (RFC 7644 §3.12, Table 9).

use std::error::Error as StdError;
use std::fmt;

use serde_json::{Value, json};

type Cause = Box<dyn StdError + Send + Sync + 'static>;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what would be right.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    detail: String,
    source: Option<Cause>,
    retry_after_seconds: Option<u64>,
    scope: Option<&'static str>,
}

/// The kinds of failure; each has one status and at most one `scimType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The filter is malformed or asks what the attribute cannot answer.
    InvalidFilter,
    /// The result would be too large to compute.
    TooMany,
    /// A unique value is already in use.
    Uniqueness,
    /// The change is incompatible with the attribute's mutability.
    Mutability,
    /// The body's structure is wrong.
    InvalidSyntax,
    /// A PATCH path is malformed or names no attribute.
    InvalidPath,
    /// A PATCH path selects nothing to operate on.
    NoTarget,
    /// A value is missing or does not fit its attribute.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVersion,
    /// The cursor is none of ours, or belongs to another query (RFC 9865 §2.1).
    InvalidCursor,
    /// The cursor was good once.
    ExpiredCursor,
    /// The count is not that of the query's first page.
    InvalidCount,
    /// Sensitive data in a request URI (RFC 7644 §7.5.2).
    Sensitive,
    /// A request header or parameter is malformed; no `scimType` fits.
    BadRequest,
    /// No credentials were sent.
    Unauthenticated,
    /// The token is unknown, malformed, expired or revoked.
    InvalidToken,
    /// The caller may not do this.
    Forbidden,
    /// The caller must prove again who they are.
    ProofNeeded,
    /// The caller must show a second factor, or set one up.
    FactorNeeded,
    /// The token's scopes do not allow this (RFC 6750 §3.1).
    InsufficientScope,
    /// Nothing by that name exists for this caller.
    NotFound,
    /// The endpoint does not know the method.
    MethodNotAllowed,
    /// No offered media type is acceptable to the client.
    NotAcceptable,
    /// The request took too long to arrive.
    RequestTimeout,
    /// `If-Match` or `If-None-Match` does not hold.
    PreconditionFailed,
    /// The change must say which version it means (RFC 6585 §3).
    PreconditionRequired,
    /// A bulk operation refers to another one that failed (RFC 7644 §3.7.1).
    Unresolved,
    /// The body or one of its lists is larger than the limit.
    PayloadTooLarge,
    /// The request's media type is not JSON.
    UnsupportedMediaType,
    /// More requests than the caller may send (RFC 6585 §4).
    RateLimited,
    /// The feature is not implemented.
    NotImplemented,
    /// Part of a mass change that waits for an operator's decision.
    Held,
    /// The connection has been made read-only.
    Frozen,
    /// An operator has refused a change that was held.
    Rejected,
    /// The tenant would be left without an owner.
    LastOwner,
    /// Too busy or shutting down; try again.
    Unavailable,
    /// Two transactions got in each other's way; retried inside the store.
    Conflict,
    /// The request was read by schemas that are no longer in force; read again before the client hears of it.
    Stale,
    /// A fault of ours.
    Internal,
}

impl ErrorKind {
    /// Every kind with its name, as the provisioning log keeps it.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::InvalidFilter, "invalidFilter"),
        (Self::TooMany, "tooMany"),
        (Self::Uniqueness, "uniqueness"),
        (Self::Mutability, "mutability"),
        (Self::InvalidSyntax, "invalidSyntax"),
        (Self::InvalidPath, "invalidPath"),
        (Self::NoTarget, "noTarget"),
        (Self::InvalidValue, "invalidValue"),
        (Self::InvalidVersion, "invalidVersion"),
        (Self::InvalidCursor, "invalidCursor"),
        (Self::ExpiredCursor, "expiredCursor"),
        (Self::InvalidCount, "invalidCount"),
        (Self::Sensitive, "sensitive"),
        (Self::BadRequest, "badRequest"),
        (Self::Unauthenticated, "unauthenticated"),
        (Self::InvalidToken, "invalidToken"),
        (Self::Forbidden, "forbidden"),
        (Self::ProofNeeded, "proofNeeded"),
        (Self::FactorNeeded, "factorNeeded"),
        (Self::InsufficientScope, "insufficientScope"),
        (Self::NotFound, "notFound"),
        (Self::MethodNotAllowed, "methodNotAllowed"),
        (Self::NotAcceptable, "notAcceptable"),
        (Self::RequestTimeout, "requestTimeout"),
        (Self::PreconditionFailed, "preconditionFailed"),
        (Self::PreconditionRequired, "preconditionRequired"),
        (Self::Unresolved, "unresolved"),
        (Self::PayloadTooLarge, "payloadTooLarge"),
        (Self::UnsupportedMediaType, "unsupportedMediaType"),
        (Self::RateLimited, "rateLimited"),
        (Self::NotImplemented, "notImplemented"),
        (Self::Held, "held"),
        (Self::Frozen, "frozen"),
        (Self::Rejected, "rejected"),
        (Self::LastOwner, "lastOwner"),
        (Self::Unavailable, "unavailable"),
        (Self::Conflict, "conflict"),
        (Self::Stale, "stale"),
        (Self::Internal, "internal"),
    ];

    /// The kind's name, as the provisioning log keeps it.
    #[must_use]
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(kind, _)| *kind == self);
        named.map_or("internal", |(_, name)| name)
    }

    /// The HTTP status code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidFilter
            | Self::TooMany
            | Self::Mutability
            | Self::InvalidSyntax
            | Self::InvalidPath
            | Self::NoTarget
            | Self::InvalidValue
            | Self::InvalidVersion
            | Self::InvalidCursor
            | Self::ExpiredCursor
            | Self::InvalidCount
            | Self::BadRequest => 400,
            Self::Unauthenticated | Self::InvalidToken => 401,
            Self::Forbidden
            | Self::ProofNeeded
            | Self::FactorNeeded
            | Self::InsufficientScope
            | Self::Sensitive
            | Self::Rejected => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::NotAcceptable => 406,
            Self::RequestTimeout => 408,
            Self::Uniqueness | Self::Unresolved | Self::LastOwner => 409,
            Self::PreconditionFailed => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::PreconditionRequired => 428,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::NotImplemented => 501,
            Self::Unavailable | Self::Conflict | Self::Stale | Self::Held | Self::Frozen => 503,
        }
    }

    /// The `scimType` of RFC 7644 Table 9, where one exists.
    #[must_use]
    pub fn scim_type(self) -> Option<&'static str> {
        match self {
            Self::InvalidFilter => Some("invalidFilter"),
            Self::TooMany => Some("tooMany"),
            Self::Uniqueness => Some("uniqueness"),
            Self::Mutability => Some("mutability"),
            Self::InvalidSyntax => Some("invalidSyntax"),
            Self::InvalidPath => Some("invalidPath"),
            Self::NoTarget => Some("noTarget"),
            Self::InvalidValue | Self::BadRequest => Some("invalidValue"),
            Self::InvalidVersion => Some("invalidVers"),
            Self::InvalidCursor => Some("invalidCursor"),
            Self::ExpiredCursor => Some("expiredCursor"),
            Self::InvalidCount => Some("invalidCount"),
            Self::Sensitive => Some("sensitive"),
            Self::Unauthenticated
            | Self::InvalidToken
            | Self::Forbidden
            | Self::ProofNeeded
            | Self::FactorNeeded
            | Self::InsufficientScope
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::NotAcceptable
            | Self::RequestTimeout
            | Self::PreconditionFailed
            | Self::PreconditionRequired
            | Self::Unresolved
            | Self::LastOwner
            | Self::PayloadTooLarge
            | Self::UnsupportedMediaType
            | Self::RateLimited
            | Self::NotImplemented
            | Self::Held
            | Self::Frozen
            | Self::Rejected
            | Self::Unavailable
            | Self::Conflict
            | Self::Stale
            | Self::Internal => None,
        }
    }
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {
        impl Error {
            $($(#[$doc])*
            pub fn $name(detail: impl Into<String>) -> Self {
                Self { kind: ErrorKind::$kind, detail: detail.into(), source: None, retry_after_seconds: None, scope: None }
            })*
        }
    };
}

constructors! {
    /// 400 `invalidFilter`.
    invalid_filter => InvalidFilter;
    /// 400 `tooMany`.
    too_many => TooMany;
    /// 409 `uniqueness`.
    uniqueness => Uniqueness;
    /// 400 `mutability`.
    mutability => Mutability;
    /// 400 `invalidSyntax`.
    invalid_syntax => InvalidSyntax;
    /// 400 `invalidPath`.
    invalid_path => InvalidPath;
    /// 400 `noTarget`.
    no_target => NoTarget;
    /// 400 `invalidValue`.
    invalid_value => InvalidValue;
    /// 400 `invalidVers`.
    invalid_version => InvalidVersion;
    /// 400 `invalidCursor`.
    invalid_cursor => InvalidCursor;
    /// 400 `expiredCursor`.
    expired_cursor => ExpiredCursor;
    /// 400 `invalidCount`.
    invalid_count => InvalidCount;
    /// 403 `sensitive`.
    sensitive => Sensitive;
    /// 400 for a malformed header.
    bad_request => BadRequest;
    /// 401 without credentials.
    unauthenticated => Unauthenticated;
    /// 401 `invalid_token`.
    invalid_token => InvalidToken;
    /// 403.
    forbidden => Forbidden;
    /// 403 until the caller has proved again who they are.
    proof_needed => ProofNeeded;
    /// 403 until the caller has shown a second factor.
    factor_needed => FactorNeeded;
    /// 403 `insufficient_scope`.
    insufficient_scope => InsufficientScope;
    /// 404.
    not_found => NotFound;
    /// 405.
    method_not_allowed => MethodNotAllowed;
    /// 406.
    not_acceptable => NotAcceptable;
    /// 408.
    request_timeout => RequestTimeout;
    /// 412.
    precondition_failed => PreconditionFailed;
    /// 428.
    precondition_required => PreconditionRequired;
    /// 409 for a bulk operation.
    unresolved => Unresolved;
    /// 413.
    payload_too_large => PayloadTooLarge;
    /// 415.
    unsupported_media_type => UnsupportedMediaType;
    /// 429; the client may come back after [`Error::after_seconds`].
    rate_limited => RateLimited;
    /// 503 for a change that an operator has to release.
    held => Held;
    /// 503 for a change by a connection that is read-only.
    frozen => Frozen;
    /// 403 for a change that an operator has refused.
    rejected => Rejected;
    /// 409.
    last_owner => LastOwner;
    /// 501.
    not_implemented => NotImplemented;
    /// 503.
    unavailable => Unavailable;
    /// A transaction lost against another one and may be tried again.
    conflict => Conflict;
    /// The request is to be read again, by the schemas that are in force now.
    stale => Stale;
    /// 500; the detail goes to the log, the client gets a general sentence.
    internal => Internal;
}

impl Error {
    /// Attaches the failure that caused this one, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Cause>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says when the client may come back, in seconds.
    #[must_use]
    pub fn after_seconds(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds.max(1));
        self
    }

    /// Names the scope that is missing.
    #[must_use]
    pub fn needing(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// When the client may come back, in seconds; none: it need not try.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds.or(match self.kind {
            ErrorKind::Unavailable
            | ErrorKind::Conflict
            | ErrorKind::Stale
            | ErrorKind::RateLimited => Some(1),
            ErrorKind::Held | ErrorKind::Frozen => Some(300),
            _ => None,
        })
    }

    /// The scope that is missing.
    #[must_use]
    pub fn scope(&self) -> Option<&'static str> {
        self.scope
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence for the client's developer.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The SCIM error message (RFC 7644 §3.12). What went wrong inside the server is not told.
    #[must_use]
    pub fn to_message(&self) -> Value {
        let detail = if self.kind == ErrorKind::Internal {
            "an internal error occurred; the server's log has it under the X-Request-Id of this answer"
        } else {
            &self.detail
        };
        let mut message = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.kind.status().to_string(),
            "detail": detail,
        });
        if let (Some(scim_type), Some(message)) = (self.kind.scim_type(), message.as_object_mut()) {
            message.insert("scimType".to_owned(), json!(scim_type));
        }
        message
    }

    /// Whether it is a fault of ours, for the log.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Internal | ErrorKind::Unavailable | ErrorKind::Conflict | ErrorKind::Stale
        )
    }

    /// The same failure as another kind: a filter error inside a PATCH path, for instance.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        let mut cause = self.source.as_deref().map(|source| source as &dyn StdError);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
