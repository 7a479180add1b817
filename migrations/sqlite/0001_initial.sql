-- The first schema. The same tables, columns and names as in migrations/postgres; a test compares them.
-- Every key begins with the tenant, so that the database can be partitioned by tenant without touching a statement.

-- Facts about the database itself, such as what its attribute index was built with.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tenant (
    tenant_key INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    created    BIGINT NOT NULL                      -- microseconds since 1970 UTC, as all times here
);

-- A provisioning client registered in a tenant.
CREATE TABLE connection (
    connection_key INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_key     INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    name           TEXT NOT NULL,
    profile        TEXT NOT NULL,
    settings       TEXT NOT NULL,                   -- JSON: what differs from the profile
    created        BIGINT NOT NULL,
    UNIQUE (tenant_key, name)
);

CREATE TABLE access_token (
    token_key      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_key     INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    connection_key INTEGER NOT NULL REFERENCES connection (connection_key) ON DELETE CASCADE,
    token_id       TEXT NOT NULL UNIQUE, -- public: names the token in lists and logs
    token_hash     BLOB NOT NULL UNIQUE,            -- SHA-256 of the secret
    scopes         TEXT NOT NULL,
    created        BIGINT NOT NULL,
    expires        BIGINT,
    revoked        BIGINT
);

CREATE TABLE resource (
    resource_key   INTEGER PRIMARY KEY AUTOINCREMENT, -- internal; never leaves the store
    tenant_key     INTEGER NOT NULL REFERENCES tenant (tenant_key), -- nothing is created in a tenant that is gone
    resource_type  SMALLINT NOT NULL,
    id             BLOB NOT NULL,                   -- UUIDv7, the SCIM id
    connection_key INTEGER,                         -- which client created it; NULL: an operator or the person
    document       TEXT NOT NULL,                   -- JSON; SQL never looks inside
    display_name   TEXT,                            -- how members and groups show it
    password_hash  TEXT,
    version        BIGINT NOT NULL,
    created        BIGINT NOT NULL,
    last_modified  BIGINT NOT NULL,
    UNIQUE (tenant_key, id)
);
CREATE INDEX resource_by_type ON resource (tenant_key, resource_type, resource_key);
CREATE INDEX resource_by_last_modified ON resource (tenant_key, resource_type, last_modified, resource_key);

-- How many resources there are in each block of 4,096 keys: totals and deep pages need not walk the resources.
-- Spread over slots, so that concurrent creates do not wait for one row.
CREATE TABLE resource_count (
    tenant_key    INTEGER NOT NULL,
    resource_type SMALLINT NOT NULL,
    block         BIGINT NOT NULL,
    slot          SMALLINT NOT NULL,
    resources     BIGINT NOT NULL,
    PRIMARY KEY (tenant_key, resource_type, block, slot)
) WITHOUT ROWID;

-- The numbers of attribute paths: 'User:emails.value' is 6.
CREATE TABLE attribute (
    attribute_id SMALLINT NOT NULL PRIMARY KEY,
    path         TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

-- One row per indexed value.
CREATE TABLE attribute_index (
    resource_key BIGINT NOT NULL,
    attribute_id SMALLINT NOT NULL,
    element      SMALLINT NOT NULL,                 -- 0: the primary value, or the first
    tenant_key   INTEGER NOT NULL,
    index_key    TEXT NOT NULL,
    is_unique    BOOLEAN NOT NULL,
    PRIMARY KEY (resource_key, attribute_id, element)
) WITHOUT ROWID;
CREATE INDEX attribute_index_search ON attribute_index (tenant_key, attribute_id, index_key, resource_key, element);
CREATE UNIQUE INDEX attribute_index_unique ON attribute_index (tenant_key, attribute_id, index_key) WHERE is_unique;

-- No cascade: a member that is added while it is being deleted must fail the delete, which then tries again.
CREATE TABLE membership (
    group_key  BIGINT NOT NULL REFERENCES resource (resource_key),
    member_key BIGINT NOT NULL REFERENCES resource (resource_key),
    tenant_key INTEGER NOT NULL,
    PRIMARY KEY (group_key, member_key)
) WITHOUT ROWID;
CREATE INDEX membership_by_member ON membership (member_key, group_key);

-- Append-only: what happened, by whom; written with the change itself.
CREATE TABLE change (
    change_key     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_key     INTEGER NOT NULL,
    at             BIGINT NOT NULL,
    request_id     TEXT NOT NULL,
    connection_key INTEGER,
    actor          TEXT NOT NULL,
    resource_id    BLOB,
    resource_type  SMALLINT,
    version        BIGINT,
    operation      TEXT NOT NULL,
    detail         TEXT NOT NULL                    -- JSON: what changed, secrets removed
);
CREATE INDEX change_by_tenant ON change (tenant_key, change_key);
CREATE INDEX change_by_resource ON change (tenant_key, resource_id, change_key);
