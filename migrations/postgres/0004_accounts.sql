-- Accounts of people: passwords' circumstances, sessions, single-use links, letters on their way, and who has been deleted.

-- What a document does not hold of an account: things that change without the resource changing, and that nobody is to see.
CREATE TABLE credential (
    resource_key     BIGINT PRIMARY KEY REFERENCES resource (resource_key) ON DELETE CASCADE,
    tenant_key       INTEGER NOT NULL,
    password_version BIGINT NOT NULL,               -- grows with every new password: links and sessions are good for one
    password_changed BIGINT,
    password_expires BIGINT,                        -- of a temporary password
    failures         BIGINT NOT NULL,               -- wrong passwords in a row
    last_failure     BIGINT,
    locked_until     BIGINT,                        -- locked for failures, until then
    lockouts         BIGINT NOT NULL,               -- how often in a row: each lasts longer
    verified_address TEXT,                          -- the address that a link has shown to be the person's
    last_sign_in     BIGINT
);

CREATE TABLE account_session (
    session_key      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_key       INTEGER NOT NULL,
    resource_key     BIGINT NOT NULL REFERENCES resource (resource_key) ON DELETE CASCADE,
    session_id       TEXT COLLATE "C" NOT NULL UNIQUE, -- public: names the session in lists
    session_hash     BYTEA NOT NULL UNIQUE,          -- SHA-256 of the cookie
    created          BIGINT NOT NULL,
    last_used        BIGINT NOT NULL,
    expires          BIGINT NOT NULL,               -- whether used or not
    name             TEXT,                          -- of an operator's API token; NULL: a browser's session
    address          TEXT,
    agent            TEXT                           -- the browser, in its own words
);
CREATE INDEX account_session_by_resource ON account_session (resource_key, session_key);
CREATE INDEX account_session_by_age ON account_session (last_used);

-- Links that are good once, for one person, purpose, address and password.
CREATE TABLE account_link (
    link_key         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_key       INTEGER NOT NULL,
    resource_key     BIGINT NOT NULL REFERENCES resource (resource_key) ON DELETE CASCADE,
    purpose          TEXT NOT NULL,
    address          TEXT,                          -- where it was sent; NULL: handed over by an operator
    password_version BIGINT NOT NULL,
    link_hash        BYTEA NOT NULL UNIQUE,          -- SHA-256 of the link's secret
    created          BIGINT NOT NULL,
    expires          BIGINT NOT NULL
);
CREATE INDEX account_link_by_resource ON account_link (resource_key, purpose);
CREATE INDEX account_link_by_expiry ON account_link (expires);

-- Letters, written with what they tell of. A link's secret is made when the letter is sent: none lies here.
CREATE TABLE letter (
    letter_key       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_key       INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    resource_id      UUID,
    kind             TEXT NOT NULL,
    purpose          TEXT,                          -- of the link in it
    address          TEXT NOT NULL,
    language         TEXT NOT NULL,
    variables        TEXT NOT NULL,                 -- JSON: what else stands in it
    created          BIGINT NOT NULL,
    due              BIGINT NOT NULL,               -- when it is tried next
    attempts         BIGINT NOT NULL,
    failure          TEXT,                          -- why the last attempt failed
    ended            BIGINT,                        -- since when it is sent or given up
    is_sent          BOOLEAN NOT NULL
);
CREATE INDEX letter_by_due ON letter (ended, due);
CREATE INDEX letter_by_tenant ON letter (tenant_key, letter_key);

-- Who has been deleted: for operators alone, until it is purged.
CREATE TABLE tombstone (
    tenant_key       INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    id               UUID NOT NULL,
    resource_type    SMALLINT NOT NULL,
    kind             TEXT NOT NULL,
    username         TEXT,
    display_name     TEXT,
    actor            TEXT NOT NULL,
    deleted          BIGINT NOT NULL,
    PRIMARY KEY (tenant_key, id)
);
CREATE INDEX tombstone_by_time ON tombstone (tenant_key, deleted);

-- What a tenant says of the attributes of profiles: labels, who sees them, who changes them.
CREATE TABLE profile_attribute (
    tenant_key       INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    path             TEXT NOT NULL,                 -- User:title
    setting          TEXT NOT NULL,                 -- JSON
    PRIMARY KEY (tenant_key, path)
);
