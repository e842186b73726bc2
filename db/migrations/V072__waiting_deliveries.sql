-- Why: each way out has a queue of its own, so that a mail server that is slow holds up no push. Expands, but for an index made anew.
-- Locks: notification_deliveries while a partial index is built over what waits.

-- safe: only what waits is in it
DROP INDEX idx_notification_deliveries_due;
-- safe: only what waits is in it
CREATE INDEX idx_notification_deliveries_due ON notification_deliveries(channel, due_at) WHERE status = 'waiting';
