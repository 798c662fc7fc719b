-- Every name that an account or an API key has or had. None is used again: names stand beside results and acts.
CREATE TABLE staff_name (
    name TEXT NOT NULL PRIMARY KEY
);

INSERT INTO staff_name (name) SELECT name FROM api_key;

-- People who work here. Nothing in it lets anybody in: password and invitation are hashes, the TOTP secret is sealed.
CREATE TABLE account (
    name               TEXT    NOT NULL PRIMARY KEY REFERENCES staff_name (name),
    -- Keyed hash of the name, by which it is looked for when somebody types a name.
    name_mac           BYTEA   NOT NULL UNIQUE CHECK (length(name_mac) = 32),
    -- Empty for those who look after all labs.
    lab                TEXT    NOT NULL,
    role               TEXT    NOT NULL
                       CHECK (role IN ('viewer', 'operator', 'lab-admin', 'enrolment-officer', 'auditor')),
    made               BIGINT  NOT NULL,
    -- 1: by the lab itself, 2: by those who look after all labs. Whoever resumes needs as much.
    suspended          BIGINT  NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1, 2)),
    -- The one invitation that is open, until it is redeemed.
    invitation_mac     BYTEA   UNIQUE CHECK (length(invitation_mac) = 32),
    invitation_expires BIGINT  NOT NULL DEFAULT 0,
    password_hash      BYTEA,
    sealed_totp        BYTEA,
    -- The time step of the last digits that were accepted: none counts twice.
    totp_step          BIGINT  NOT NULL DEFAULT 0,
    -- The first right digits have been shown.
    active             BOOLEAN NOT NULL DEFAULT FALSE,
    -- Keyed hash of whom another provider's tokens speak of.
    subject_mac        BYTEA   UNIQUE CHECK (length(subject_mac) = 32)
);

-- Tries to begin a session, whether or not there is an account of that name: a keyed hash, forgotten after a quarter of an hour.
CREATE TABLE session_try (
    name_mac     BYTEA   NOT NULL PRIMARY KEY CHECK (length(name_mac) = 32),
    tries        BIGINT  NOT NULL,
    locked_until BIGINT  NOT NULL,
    last         BIGINT  NOT NULL
);

CREATE TABLE session (
    token_mac BYTEA   NOT NULL PRIMARY KEY CHECK (length(token_mac) = 32),
    account   TEXT    NOT NULL REFERENCES account (name),
    begun     BIGINT  NOT NULL,
    seen      BIGINT  NOT NULL
);

CREATE INDEX session_by_account ON session (account);

-- What one officer proposed and another one approves.
CREATE TABLE proposal (
    number   BIGSERIAL PRIMARY KEY,
    -- JSON: names and numbers.
    what     TEXT    NOT NULL,
    by_whom  TEXT    NOT NULL REFERENCES account (name),
    expires  BIGINT  NOT NULL,
    state    TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected')),
    -- Of a proposed account: keyed hash of the half of its invitation that the proposer has.
    half_mac BYTEA   CHECK (length(half_mac) = 32)
);

-- Keys have roles as people have, and end with the person who made them. `visitor` is for a replica of an earlier version.
ALTER TABLE api_key ADD COLUMN role TEXT NOT NULL DEFAULT 'operator'
    CHECK (role IN ('viewer', 'operator', 'lab-admin', 'office'));
ALTER TABLE api_key ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
UPDATE api_key SET role = 'office' WHERE visitor = 'office';
