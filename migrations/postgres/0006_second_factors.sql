-- The second factor of operators: codes of an authenticator, by time, and codes on paper for the day it is lost.
CREATE TABLE second_factor (
    resource_key     BIGINT PRIMARY KEY REFERENCES resource (resource_key) ON DELETE CASCADE,
    tenant_key       INTEGER NOT NULL,
    secret           BYTEA NOT NULL,                -- 20 random bytes, shared with the authenticator
    created          BIGINT NOT NULL,
    confirmed        BIGINT,                        -- since when it counts: a first code was shown; NULL: not yet
    last_step        BIGINT NOT NULL,               -- the last time step that was accepted: a code is good once
    failures         BIGINT NOT NULL,               -- wrong codes in a row
    last_failure     BIGINT
);

CREATE TABLE recovery_code (
    resource_key     BIGINT NOT NULL REFERENCES resource (resource_key) ON DELETE CASCADE,
    code_hash        BYTEA NOT NULL,                -- SHA-256; the row goes when the code is used
    PRIMARY KEY (resource_key, code_hash)
);

-- When the second factor was shown in the session; NULL: not in this one.
ALTER TABLE account_session ADD COLUMN factor_shown BIGINT;
-- When its owner last proved who they are, by password or by code; NULL: never, as for API tokens.
ALTER TABLE account_session ADD COLUMN proven BIGINT;
