-- Why: addresses name people by username or id; somebody called by another's id would stand before that person's page. Expands.
-- Locks: users for a moment to add the constraint; everybody reads and writes while the rows are looked through.

ALTER TABLE users ADD CONSTRAINT username_is_no_id CHECK (
  username ~ '[A-Za-z0-9]' AND username !~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT username_is_no_id;
