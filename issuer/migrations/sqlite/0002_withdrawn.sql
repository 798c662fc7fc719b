-- Handles that get no more passes. AUTOINCREMENT: a number is never used again, so an office that asks "what is new since
-- number n?" misses nothing, even after old rows are gone.
CREATE TABLE withdrawn (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    handle BLOB    NOT NULL UNIQUE CHECK (length(handle) = 16),
    day    INTEGER NOT NULL
) STRICT;

-- For an office that runs apart: how far it has heard each records service, and when.
CREATE TABLE records_service (
    url    TEXT    NOT NULL PRIMARY KEY,
    heard  INTEGER NOT NULL,
    number INTEGER NOT NULL
) STRICT;
