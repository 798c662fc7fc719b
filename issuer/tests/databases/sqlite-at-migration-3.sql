-- A database as version 0.1 wrote it, by `sqlite3 bauta.db .dump`; what was sealed in it is cut short. New versions must open it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'results','2026-11-24 01:59:02',1,X'5cc3676e6b2cc42c381ada05f9bfa3a6140520c926114ddb1e37bcf770e4a8215e08a64585dee8e3d8b194b31c209eb6',1022818);
INSERT INTO _sqlx_migrations VALUES(2,'withdrawn','2026-11-24 01:59:02',1,X'bf7670c39be15714f6af88437b8386c1c153724c9aa78de278050a0ef49ac871dbab43b5a65de9686d6a5c33606e788a',964151);
INSERT INTO _sqlx_migrations VALUES(3,'access','2026-11-24 01:59:02',1,X'c9435f3eb0931bd0419953415e7972a847548eaf24964efaab6ffe06145ea05b48e4873a234ac93bd635d0d0e7949edd',942578);
CREATE TABLE result (
    handle        BLOB    NOT NULL PRIMARY KEY CHECK (length(handle) = 16),
    lab           TEXT    NOT NULL,
    operator      TEXT    NOT NULL,
    -- Keyed hash of the lab's own reference: finds a result again, and cannot be read back.
    reference_mac BLOB    NOT NULL UNIQUE CHECK (length(reference_mac) = 32),
    added_day     INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'collected', 'expired', 'withdrawn'))
) STRICT;
INSERT INTO result VALUES(X'c9e9c4ca44c1252d93519362cd92ee70','city-lab','import',X'83381365a465390391fdccc39bc8afd417e7601401b9a9fc415cc4914efc6c01',20780,'withdrawn');
INSERT INTO result VALUES(X'2eb8ccfb9c5c63bd4242b0fd9622d89e','city-lab','import',X'044d112cac937c3bf5af63d0dfe96a9e8cfdd2def12914e33ca96ca01a4d4c1e',20780,'collected');
INSERT INTO result VALUES(X'c3c246d3beb10e2bd3a5573a2fc1d17f','city-lab','import',X'f0b12a10242faa11ad5bd81bf62b41e013a0c7a0683018e40a47df2002d2bfba',20780,'waiting');
INSERT INTO result VALUES(X'83dd37924d23f27a9db6d9d4b18271d7','city-lab','import',X'a92cd6a2ad95bb6a6f4942b6b039bd4d6a89494d350580bed3d0b2aee93f9ea7',20780,'waiting');
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
INSERT INTO pending VALUES(X'c3c246d3beb10e2bd3a5573a2fc1d17f',X'262a2edf825c3a2ad6ccde1e6c5d4bf3c83f70750575e261581fadbe656ed86a',X'2b2b2b2b',1795600000,0,0,NULL);
INSERT INTO pending VALUES(X'83dd37924d23f27a9db6d9d4b18271d7',X'79d28f6d178cf4ebcbadea61eccfac9f75d4d7dafa327dfb4feba3f4eedf8129',X'2b2b2b2b',1795600000,0,0,NULL);
CREATE TABLE withdrawn (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    handle BLOB    NOT NULL UNIQUE CHECK (length(handle) = 16),
    day    INTEGER NOT NULL
) STRICT;
INSERT INTO withdrawn VALUES(1,X'c9e9c4ca44c1252d93519362cd92ee70',20780);
CREATE TABLE records_service (
    url    TEXT    NOT NULL PRIMARY KEY,
    heard  INTEGER NOT NULL,
    number INTEGER NOT NULL
) STRICT;
CREATE TABLE api_key (
    name     TEXT    NOT NULL PRIMARY KEY,
    visitor  TEXT    NOT NULL CHECK (visitor IN ('lab', 'office')),
    key_mac  BLOB    NOT NULL UNIQUE CHECK (length(key_mac) = 32),
    made_day INTEGER NOT NULL,
    ended    INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT;
CREATE TABLE trust_list (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    bytes   BLOB    NOT NULL
) STRICT;
INSERT INTO trust_list VALUES(1,2,X'830158');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('withdrawn',1);
CREATE INDEX result_by_day ON result (added_day, state);
CREATE INDEX pending_by_expiry ON pending (expires);
COMMIT;
