-- Who may call /v1. The key itself is shown once and never kept.
CREATE TABLE api_key (
    name     TEXT    NOT NULL PRIMARY KEY,
    visitor  TEXT    NOT NULL CHECK (visitor IN ('lab', 'office')),
    key_mac  BLOB    NOT NULL UNIQUE CHECK (length(key_mac) = 32),
    made_day INTEGER NOT NULL,
    ended    INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT;

-- The newest trust list this service has accepted, so that a restart cannot be used to go back.
CREATE TABLE trust_list (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    bytes   BLOB    NOT NULL
) STRICT;
