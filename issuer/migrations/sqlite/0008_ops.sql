-- How many records are not yet acknowledged is looked at once a minute, and without this each look would read all that is sealed.
CREATE INDEX pending_redeemed ON pending (handle) WHERE binding IS NOT NULL;
