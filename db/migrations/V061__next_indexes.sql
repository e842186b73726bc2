-- migrate: no-transaction
-- Why: while the index key changes, numbers and addresses are looked up by the second column too (R19).
-- Locks: none that stop anybody; each index is built while its table is in use.

DROP INDEX CONCURRENTLY IF EXISTS idx_users_phone_index_next;
CREATE UNIQUE INDEX CONCURRENTLY idx_users_phone_index_next ON users(phone_index_next) WHERE phone_index_next IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS idx_outgoing_messages_next;
CREATE INDEX CONCURRENTLY idx_outgoing_messages_next ON outgoing_messages(recipient_index_next, created_at)
  WHERE recipient_index_next IS NOT NULL;
