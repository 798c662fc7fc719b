-- Handles that get no more passes. A number is never used again, so an office that asks "what is new since number n?" misses
-- nothing, even after old rows are gone.
CREATE TABLE withdrawn (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle BYTEA  NOT NULL UNIQUE CHECK (length(handle) = 16),
    day    BIGINT NOT NULL
);

-- For an office that runs apart: how far it has heard each records service, and when.
CREATE TABLE records_service (
    url    TEXT   NOT NULL PRIMARY KEY,
    heard  BIGINT NOT NULL,
    number BIGINT NOT NULL
);
