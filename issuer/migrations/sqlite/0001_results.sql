-- A result as it is kept: who may withdraw it and how far it has come. Nothing of what was found.
CREATE TABLE result (
    handle        BLOB    NOT NULL PRIMARY KEY CHECK (length(handle) = 16),
    lab           TEXT    NOT NULL,
    operator      TEXT    NOT NULL,
    -- Keyed hash of the lab's own reference: finds a result again, and cannot be read back.
    reference_mac BLOB    NOT NULL UNIQUE CHECK (length(reference_mac) = 32),
    added_day     INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'collected', 'expired', 'withdrawn'))
) STRICT;

CREATE INDEX result_by_day ON result (added_day, state);

-- What waits for its citizen. A row lives until the record is acknowledged, withdrawn, or too old; then all of it goes.
CREATE TABLE pending (
    handle       BLOB    NOT NULL PRIMARY KEY REFERENCES result (handle),
    -- HMAC of the pickup code under a key that is not in this database.
    code_mac     BLOB    NOT NULL UNIQUE CHECK (length(code_mac) = 32),
    -- The facts under a key made from the code; of one length whatever they say.
    sealed_facts BLOB    NOT NULL,
    expires      INTEGER NOT NULL,
    -- Wrong second factors since the last right one, and until when the next is not looked at.
    guesses      INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0,
    -- SHA-256 of the commitment that the one record was made for; NULL until then.
    binding      BLOB    CHECK (binding IS NULL OR length(binding) = 32)
) STRICT;

CREATE INDEX pending_by_expiry ON pending (expires);
