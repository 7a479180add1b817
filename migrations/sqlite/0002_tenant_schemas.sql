-- Schemas, resource types and settings of a tenant's own; tokens of people; whose externalId it is.

ALTER TABLE tenant ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';         -- JSON: what differs from the default
ALTER TABLE tenant ADD COLUMN schema_version BIGINT NOT NULL DEFAULT 1;    -- grows with its schemas, its settings and the index
ALTER TABLE tenant ADD COLUMN last_resource_type SMALLINT NOT NULL DEFAULT 99; -- numbers of its resource types are never used again

-- Tenants from before keep what they had: no uniqueness of externalId.
UPDATE tenant SET settings = '{"external_id.uniqueness":"none"}';

CREATE TABLE tenant_schema (
    tenant_key    INTEGER NOT NULL REFERENCES tenant (tenant_key) ON DELETE CASCADE,
    kind          TEXT NOT NULL,                    -- Schema or ResourceType
    id            TEXT NOT NULL,                    -- the schema's URN, the resource type's name
    resource_type SMALLINT,                         -- the resource type's number; NULL: it extends an embedded one
    document      TEXT NOT NULL,
    created       BIGINT NOT NULL,
    PRIMARY KEY (tenant_key, kind, id)
) WITHOUT ROWID;

-- The user a token belongs to; NULL: it is its connection's.
ALTER TABLE access_token ADD COLUMN subject_id BLOB;

-- The connection that set externalId: its values are a name space of its own.
ALTER TABLE resource ADD COLUMN external_id_connection INTEGER;
UPDATE resource SET external_id_connection = connection_key;
