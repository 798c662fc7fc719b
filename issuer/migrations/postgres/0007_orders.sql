-- A code may wait for its result. Until then `sealed_facts` holds the record type alone, sealed like facts and as long.
--
-- The public half of a key that is made from the code and a secret outside this database: facts that come later are sealed to it. Set
-- as long as there is no result, and then gone.
ALTER TABLE pending ADD COLUMN sealing_key BYTEA CHECK (length(sealing_key) = 32);

-- Keyed hash of handle, reference, record type and sealing key: whoever can write to this database cannot lead facts elsewhere.
ALTER TABLE pending ADD COLUMN order_mac BYTEA CHECK (length(order_mac) = 32);

-- SHA-256 of the commitment that asked first while there was no result: the code belongs to it, and no record is made yet.
ALTER TABLE pending ADD COLUMN awaited_by BYTEA CHECK (length(awaited_by) = 32);
