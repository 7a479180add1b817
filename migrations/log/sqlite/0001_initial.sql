-- The provisioning log, apart from the resources: a file of its own on SQLite, tables of its own on PostgreSQL.
-- The same table, columns and names as in migrations/log/postgres; a test compares them.

CREATE TABLE request_log (
    log_key        INTEGER PRIMARY KEY AUTOINCREMENT,
    at             BIGINT NOT NULL,                 -- microseconds since 1970 UTC
    duration       BIGINT NOT NULL,                 -- microseconds
    tenant_key     INTEGER,                         -- NULL: nobody knows who it was
    connection_key INTEGER,
    actor          TEXT NOT NULL,
    token_id       TEXT,
    address        TEXT,
    request_id     TEXT NOT NULL,
    method         TEXT NOT NULL,
    path           TEXT NOT NULL,
    query          TEXT NOT NULL,
    headers        TEXT NOT NULL,                   -- JSON: those that matter for the answer
    resource_type  TEXT,
    resource_id    TEXT,
    status         SMALLINT NOT NULL,
    outcome        TEXT NOT NULL,                   -- ok, refused, held, failed
    error_kind     TEXT,
    scim_type      TEXT,
    detail         TEXT,
    request_body   TEXT,                            -- secrets removed, cut where it is long
    request_bytes  BIGINT NOT NULL,
    response_body  TEXT,
    response_bytes BIGINT NOT NULL
);
CREATE INDEX request_log_by_connection ON request_log (tenant_key, connection_key, log_key);
-- Without reads: one random page for each would cost more than the rest of the entry.
CREATE INDEX request_log_by_resource ON request_log (resource_id, log_key) WHERE method <> 'GET' AND resource_id IS NOT NULL;
CREATE INDEX request_log_by_outcome ON request_log (outcome, log_key) WHERE outcome <> 'ok';
