-- Who may call /v1. The key itself is shown once and never kept.
CREATE TABLE api_key (
    name     TEXT    NOT NULL PRIMARY KEY,
    visitor  TEXT    NOT NULL CHECK (visitor IN ('lab', 'office')),
    key_mac  BYTEA   NOT NULL UNIQUE CHECK (length(key_mac) = 32),
    made_day BIGINT  NOT NULL,
    ended    BOOLEAN NOT NULL DEFAULT FALSE
);

-- The newest trust list this service has accepted, so that a restart cannot be used to go back.
CREATE TABLE trust_list (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL,
    bytes   BYTEA  NOT NULL
);
