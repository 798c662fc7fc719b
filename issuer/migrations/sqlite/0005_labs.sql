-- Labs that may enter results here.
CREATE TABLE lab (
    name         TEXT    NOT NULL PRIMARY KEY,
    enrolled_day INTEGER NOT NULL,
    -- What it may enter, as JSON; NULL: everything that the credential types know.
    vocabulary   TEXT,
    -- New results per operator and programme day; NULL: as the settings say.
    quota        INTEGER CHECK (quota >= 0),
    suspended    INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1))
) STRICT;

-- How many results an operator has added on a day: the quota is counted here. Forgotten when the month is over.
CREATE TABLE operator_day (
    lab      TEXT    NOT NULL,
    operator TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    added    INTEGER NOT NULL,
    PRIMARY KEY (lab, operator, day)
) STRICT;

CREATE INDEX operator_day_by_day ON operator_day (day);

-- What can be withdrawn of an operator or of a lab. Many are withdrawn in this order, so two who do it never wait for each other in a circle.
CREATE INDEX result_by_operator ON result (lab, operator, added_day, handle) WHERE state <> 'withdrawn';

-- The lab that a key speaks for. NULL: an office's key, or one made before there were several labs: then it is the settings' lab.
ALTER TABLE api_key ADD COLUMN lab TEXT;
