-- What staff did: who, what kind, when; never a fact, a code or a reference. Each row is chained to the one before by a keyed hash whose
-- key is not in this database.
CREATE TABLE act (
    number BIGINT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    who    TEXT   NOT NULL,
    -- The lab that it was done for; empty for what is nobody's.
    lab    TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    -- The name of an account, key or lab that it was done to; empty for results.
    about  TEXT   NOT NULL,
    mac    BYTEA  NOT NULL CHECK (length(mac) = 32)
);

-- The chain's end, sealed with the same key, so that a chain that was cut short is noticed.
CREATE TABLE act_head (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    number BIGINT NOT NULL,
    mac    BYTEA  NOT NULL CHECK (length(mac) = 32),
    seal   BYTEA  NOT NULL CHECK (length(seal) = 32)
);

INSERT INTO act_head (one, number, mac, seal) VALUES (1, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'));
