-- Connections that can be frozen and shielded; clients and issuers of OAuth 2; keys that sign access tokens.

ALTER TABLE connection ADD COLUMN frozen BIGINT;       -- since when it is read-only

ALTER TABLE access_token ADD COLUMN last_used BIGINT;    -- to the minute, give or take
ALTER TABLE access_token ADD COLUMN last_address TEXT;
ALTER TABLE access_token ADD COLUMN replaced BIGINT;     -- since when another one has taken its place

-- Clients that get short-lived access tokens at /oauth/token: by a secret, or by an assertion that they sign (RFC 7523).
CREATE TABLE oauth_client (
    client_key      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_key      INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    connection_key  INTEGER NOT NULL REFERENCES connection (connection_key) ON DELETE CASCADE,
    client_id       TEXT NOT NULL UNIQUE,
    secret_hash     BLOB,                           -- SHA-256 of the secret
    former_hash     BLOB,                           -- the secret before the last rotation, and until when it is good
    former_expires  BIGINT,
    assertion       TEXT,                           -- JSON: whose assertions are accepted, and by which keys
    scopes          TEXT NOT NULL,
    created         BIGINT NOT NULL,
    last_used       BIGINT,
    last_address    TEXT
);
CREATE INDEX oauth_client_by_tenant ON oauth_client (tenant_key, client_key);

-- Assertions are good for one use (RFC 7523 section 3, jti).
CREATE TABLE used_assertion (
    client_key     INTEGER NOT NULL REFERENCES oauth_client (client_key) ON DELETE CASCADE,
    assertion_hash BLOB NOT NULL,
    expires        BIGINT NOT NULL,
    PRIMARY KEY (client_key, assertion_hash)
) WITHOUT ROWID;
CREATE INDEX used_assertion_by_expiry ON used_assertion (expires);

CREATE TABLE signing_key (
    key_id      TEXT NOT NULL PRIMARY KEY,
    algorithm   TEXT NOT NULL,
    private_key BLOB NOT NULL,                      -- PKCS #8
    public_key  TEXT NOT NULL,                      -- JSON Web Key
    created     BIGINT NOT NULL,
    retired     BIGINT                              -- since when it signs no more; it verifies until its tokens have expired
) WITHOUT ROWID;

-- Other issuers whose access tokens are accepted.
CREATE TABLE token_issuer (
    issuer_key     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_key     INTEGER REFERENCES tenant (tenant_key) ON DELETE CASCADE, -- NULL: a claim names the tenant
    connection_key INTEGER REFERENCES connection (connection_key) ON DELETE CASCADE, -- NULL: a claim names the connection
    name           TEXT NOT NULL UNIQUE,
    issuer         TEXT NOT NULL,
    audience       TEXT NOT NULL,
    configuration  TEXT NOT NULL,                   -- JSON: algorithms, keys, claims
    scopes         TEXT NOT NULL,                   -- the most that its tokens allow
    created        BIGINT NOT NULL,
    UNIQUE (issuer, audience)
);

-- What a shielded connection took away, for as long as its window.
CREATE TABLE shield_event (
    event_key      INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_key INTEGER NOT NULL REFERENCES connection (connection_key) ON DELETE CASCADE,
    kind           SMALLINT NOT NULL,
    scope_id       BLOB,                            -- the group that lost members
    at             BIGINT NOT NULL,
    amount         BIGINT NOT NULL
);
CREATE INDEX shield_event_by_connection ON shield_event (connection_key, kind, at);

-- What was too much at once, and what an operator decided of it.
CREATE TABLE held_operation (
    held_key       INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_key     INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    connection_key INTEGER NOT NULL REFERENCES connection (connection_key) ON DELETE CASCADE,
    kind           SMALLINT NOT NULL,
    resource_type  SMALLINT NOT NULL,
    resource_id    BLOB NOT NULL,
    amount         BIGINT NOT NULL,                 -- how many the last attempt would have taken away
    attempts       BIGINT NOT NULL,
    first_attempt  BIGINT NOT NULL,
    last_attempt   BIGINT NOT NULL,
    decision       TEXT,                            -- released or rejected; NULL: none yet
    released       BIGINT,                          -- how many an operator has let pass
    decided        BIGINT,
    UNIQUE (connection_key, kind, resource_id)
);
