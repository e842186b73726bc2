-- Why: somebody called our mail junk, and then their address was gone: nothing more is sent there, not even what they must know. Expands.
-- Locks: none that matter, a function is replaced.

CREATE OR REPLACE FUNCTION note_mail_bounce(person uuid, mark bytea, gone boolean, why text, code text, sent_on date, report bytea, most int)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('mail bounces of ' || person, 0));
  INSERT INTO mail_bounces (report_hash, user_id, address_mark, is_gone, status_code)
  SELECT report, u.user_id, mark, gone, code FROM users u WHERE u.user_id = person
  ON CONFLICT (report_hash) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  IF NOT gone AND why <> 'complaint' AND (
    SELECT count(*) FROM mail_bounces b LEFT JOIN mail_suppressions s USING (user_id, address_mark)
    WHERE b.user_id = person AND b.address_mark = mark AND b.bounced_at > now() - interval '7 days'
      AND (s.lifted_at IS NULL OR b.bounced_at > s.lifted_at)) < most
  THEN RETURN false; END IF;
  INSERT INTO mail_suppressions AS s (user_id, address_mark, reason, status_code) VALUES (person, mark, why, code)
  ON CONFLICT (user_id, address_mark) DO UPDATE
    SET reason = excluded.reason, status_code = excluded.status_code, suppressed_at = now(), lifted_at = NULL
    WHERE (s.lifted_at IS NOT NULL AND (s.lifted_at AT TIME ZONE 'UTC')::date < sent_on)
      OR (s.lifted_at IS NULL AND s.reason = 'complaint' AND excluded.reason <> 'complaint');
  RETURN FOUND;
END
$$;
