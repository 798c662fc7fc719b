-- Labs that may enter results here.
CREATE TABLE lab (
    name         TEXT    NOT NULL PRIMARY KEY,
    enrolled_day BIGINT  NOT NULL,
    -- What it may enter, as JSON; NULL: everything that the credential types know.
    vocabulary   TEXT,
    -- New results per operator and programme day; NULL: as the settings say.
    quota        BIGINT CHECK (quota >= 0),
    suspended    BOOLEAN NOT NULL DEFAULT FALSE
);

-- How many results an operator has added on a day: the quota is counted here. Forgotten when the month is over.
CREATE TABLE operator_day (
    lab      TEXT    NOT NULL,
    operator TEXT    NOT NULL,
    day      BIGINT  NOT NULL,
    added    BIGINT  NOT NULL,
    PRIMARY KEY (lab, operator, day)
);

CREATE INDEX operator_day_by_day ON operator_day (day);

-- What can be withdrawn of an operator or of a lab. Many are withdrawn in this order, so two who do it never wait for each other in a circle.
CREATE INDEX result_by_operator ON result (lab, operator, added_day, handle) WHERE state <> 'withdrawn';

-- The lab that a key speaks for. NULL: an office's key, or one made before there were several labs: then it is the settings' lab.
ALTER TABLE api_key ADD COLUMN lab TEXT;
