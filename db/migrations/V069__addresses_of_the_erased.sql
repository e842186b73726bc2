-- Why: the row that is left of somebody erased is called erased+<id>@erased.invalid; whoever took that address before would stop
-- the erasure (R11). Expands.
-- Locks: users for a moment to add the constraint; everybody reads and writes while the rows are looked through.

ALTER TABLE users ADD CONSTRAINT email_of_the_living CHECK (erased_at IS NOT NULL OR email !~* '@erased\.invalid$') NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT email_of_the_living;
