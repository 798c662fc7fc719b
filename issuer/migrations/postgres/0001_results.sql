-- A result as it is kept: who may withdraw it and how far it has come. Nothing of what was found.
CREATE TABLE result (
    handle        BYTEA  NOT NULL PRIMARY KEY CHECK (length(handle) = 16),
    lab           TEXT   NOT NULL,
    operator      TEXT   NOT NULL,
    -- Keyed hash of the lab's own reference: finds a result again, and cannot be read back.
    reference_mac BYTEA  NOT NULL UNIQUE CHECK (length(reference_mac) = 32),
    added_day     BIGINT NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('waiting', 'collected', 'expired', 'withdrawn'))
);

CREATE INDEX result_by_day ON result (added_day, state);

-- What waits for its citizen. A row lives until the record is acknowledged, withdrawn, or too old; then all of it goes.
CREATE TABLE pending (
    handle       BYTEA  NOT NULL PRIMARY KEY REFERENCES result (handle),
    -- HMAC of the pickup code under a key that is not in this database.
    code_mac     BYTEA  NOT NULL UNIQUE CHECK (length(code_mac) = 32),
    -- The facts under a key made from the code; of one length whatever they say.
    sealed_facts BYTEA  NOT NULL,
    expires      BIGINT NOT NULL,
    -- Wrong second factors since the last right one, and until when the next is not looked at.
    guesses      BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    -- SHA-256 of the commitment that the one record was made for; NULL until then.
    binding      BYTEA  CHECK (length(binding) = 32)
);

-- Sealed bytes do not get shorter.
ALTER TABLE pending ALTER COLUMN sealed_facts SET STORAGE EXTERNAL;

CREATE INDEX pending_by_expiry ON pending (expires);
