-- The link by which a tenant's first owner comes in: one for each tenant, good once, until there is an owner.
CREATE TABLE owner_link (
    tenant_key       INTEGER PRIMARY KEY REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    link_hash        BYTEA NOT NULL UNIQUE,         -- SHA-256 of the link's secret
    created          BIGINT NOT NULL,
    expires          BIGINT NOT NULL
);
