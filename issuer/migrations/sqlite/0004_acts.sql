-- What staff did: who, what kind, when; never a fact, a code or a reference. Each row is chained to the one before by a keyed hash whose
-- key is not in this database.
CREATE TABLE act (
    number INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT    NOT NULL,
    -- The lab that it was done for; empty for what is nobody's.
    lab    TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    -- The name of an account, key or lab that it was done to; empty for results.
    about  TEXT    NOT NULL,
    mac    BLOB    NOT NULL CHECK (length(mac) = 32)
) STRICT;

-- The chain's end, sealed with the same key, so that a chain that was cut short is noticed.
CREATE TABLE act_head (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    mac    BLOB    NOT NULL CHECK (length(mac) = 32),
    seal   BLOB    NOT NULL CHECK (length(seal) = 32)
) STRICT;

INSERT INTO act_head (one, number, mac, seal) VALUES (1, 0, zeroblob(32), zeroblob(32));
