-- Why: what every domain stands on: identifiers, time, the actor, counters, partitions, audit, jobs, idempotency.
-- Locks: none that matter, every object is new.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- A new function is callable by nobody until a GRANT says so: many of ours run with the owner's rights.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- ============================================================================
-- Identifiers (R25): time-ordered, so that inserts touch the right edge of an index
-- ============================================================================
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS ''SELECT uuidv7()''';
  ELSE
    -- RFC 9562: 48 bits of Unix milliseconds over a random v4, then the version nibble 4 becomes 7.
    EXECUTE $f$
      CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS '
        SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
          PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
          52, 1), 53, 1), ''hex'')::uuid'
    $f$;
  END IF;
END
$$;

-- The millisecond in which a v7 id was made. Partitioned rows take their time from their id, so that a look-up by id prunes.
CREATE FUNCTION uuid_v7_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0)
$$;

-- ============================================================================
-- The actor: who the current transaction speaks for (R34). '' is what a past transaction leaves behind.
-- ============================================================================
CREATE FUNCTION actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('app.current_user_id', true), '')::uuid
$$;

GRANT EXECUTE ON FUNCTION uuid_v7(), uuid_v7_time(uuid), actor_id() TO app_user, app_worker, analytics_user;

-- ============================================================================
-- Money on the wire: integer minor units and ISO 4217 exponents
-- ============================================================================
-- Neither is strict, and money_json is no more than stable, as json_build_object is: so both are inlined, which saves a
-- page of the directory a fifth of its time.
CREATE FUNCTION currency_exponent(currency text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN currency IN ('UGX', 'RWF', 'XOF', 'XAF', 'BIF', 'GNF', 'KMF', 'DJF', 'CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UYI', 'VND',
      'VUV', 'XPF') THEN 0
    WHEN currency IN ('TND', 'LYD', 'BHD', 'KWD', 'JOD', 'OMR', 'IQD') THEN 3
    WHEN currency IN ('CLF', 'UYW') THEN 4
    ELSE 2 END
$$;

CREATE FUNCTION money_json(amount numeric, currency text) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN amount IS NOT NULL THEN json_build_object(
    'amount_minor', trunc(amount * (10 ^ currency_exponent(currency))::numeric)::bigint, 'currency', currency) END
$$;

GRANT EXECUTE ON FUNCTION currency_exponent(text), money_json(numeric, text) TO app_user, app_worker;

-- ============================================================================
-- Keyset cursors, for lists whose JSON goes from here straight to the socket: the same text as encodeCursor makes
-- ============================================================================
CREATE FUNCTION cursor_text(sort text, key json, filter_digest text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(encode(convert_to(json_build_array(1, sort, key, filter_digest)::text, 'UTF8'), 'base64'), E'+/=\n', '-_')
$$;

GRANT EXECUTE ON FUNCTION cursor_text(text, json, text) TO app_user;

-- ============================================================================
-- updated_at (R24). Arguments name columns whose change is no edit: counters, ratings.
-- ============================================================================
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_NARGS = 0 THEN
    IF NEW IS DISTINCT FROM OLD THEN NEW.updated_at := now(); END IF;
  ELSIF to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV THEN
    NEW.updated_at := now();
  END IF;
  RETURN NEW;
END
$$;

-- ============================================================================
-- Full-text search in three languages (R33). A fixed configuration per branch keeps the expression immutable.
-- ============================================================================
CREATE TEXT SEARCH CONFIGURATION search_en (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search_en ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION search_fr (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION search_fr ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION search_sw (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search_sw ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

CREATE FUNCTION search_document(language text, document text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE language
    WHEN 'fr' THEN to_tsvector('public.search_fr'::regconfig, document)
    WHEN 'sw' THEN to_tsvector('public.search_sw'::regconfig, document)
    ELSE to_tsvector('public.search_en'::regconfig, document) END
$$;

-- What a person typed, understood in all three languages at once: the reader's language is not the writer's.
CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT websearch_to_tsquery('public.search_en'::regconfig, words)
      || websearch_to_tsquery('public.search_fr'::regconfig, words)
      || websearch_to_tsquery('public.search_sw'::regconfig, words)
$$;

GRANT EXECUTE ON FUNCTION search_document(text, text), search_query(text) TO app_user, app_worker;

-- ============================================================================
-- Counters (R15): a change inserts a delta, a job folds them every second. base + pending = truth at every moment.
-- ============================================================================
CREATE TABLE counter_deltas (
  delta_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name TEXT NOT NULL,
  counter TEXT NOT NULL,
  row_id UUID NOT NULL,
  delta INT NOT NULL
);
CREATE INDEX idx_counter_deltas_row ON counter_deltas(table_name, counter, row_id);

-- Which counters exist and the query that says their truth as (row_id, n).
CREATE TABLE counter_sources (
  table_name TEXT NOT NULL,
  counter TEXT NOT NULL,
  key_column TEXT NOT NULL,
  truth TEXT NOT NULL,
  PRIMARY KEY (table_name, counter)
);

CREATE FUNCTION count_delta(table_name text, counter text, row_id uuid, delta int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO counter_deltas (table_name, counter, row_id, delta)
  SELECT table_name, counter, row_id, delta WHERE row_id IS NOT NULL AND delta <> 0
$$;

-- Moves up to `batch` deltas into their rows and returns those rows, whose cached copies are now old. One folder at a time:
-- the loser of the lock returns nothing.
CREATE FUNCTION fold_counters(batch int DEFAULT 20000) RETURNS TABLE (table_name text, row_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  target record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('fold_counters')) THEN RETURN; END IF;
  FOR target IN
    WITH taken AS (
      DELETE FROM counter_deltas
      WHERE delta_id IN (SELECT delta_id FROM counter_deltas ORDER BY delta_id LIMIT batch)
      RETURNING table_name, counter, row_id, delta
    ), summed AS (
      SELECT table_name, counter, row_id, sum(delta)::int AS n FROM taken GROUP BY table_name, counter, row_id
    )
    SELECT s.table_name, s.counter, c.key_column,
           array_agg(s.row_id ORDER BY s.row_id) AS ids, array_agg(s.n ORDER BY s.row_id) AS ns
    FROM summed s JOIN counter_sources c USING (table_name, counter)
    GROUP BY s.table_name, s.counter, c.key_column
    ORDER BY s.table_name, s.counter
  LOOP
    EXECUTE format(
      'UPDATE %1$I t SET %2$I = coalesce(t.%2$I, 0) + d.n FROM unnest($1::uuid[], $2::int[]) AS d(id, n) WHERE t.%3$I = d.id AND d.n <> 0',
      target.table_name, target.counter, target.key_column) USING target.ids, target.ns;
    RETURN QUERY SELECT target.table_name, unnest(target.ids);
  END LOOP;
END
$$;

-- Every row whose base + pending differs from the truth, in one snapshot. Scans the sources: hourly, not per request.
CREATE FUNCTION counter_drift() RETURNS TABLE (table_name text, counter text, row_id uuid, counted bigint, truth bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  source counter_sources;
BEGIN
  FOR source IN SELECT * FROM counter_sources ORDER BY 1, 2 LOOP
    RETURN QUERY EXECUTE format($q$
      SELECT %1$L::text, %2$L::text, b.%3$I, coalesce(b.%2$I, 0) + coalesce(p.n, 0), coalesce(t.n, 0)
      FROM %1$I b
      LEFT JOIN (SELECT row_id, sum(delta) AS n FROM counter_deltas
                 WHERE table_name = %1$L AND counter = %2$L GROUP BY row_id) p ON p.row_id = b.%3$I
      LEFT JOIN (%4$s) t(row_id, n) ON t.row_id = b.%3$I
      WHERE coalesce(b.%2$I, 0) + coalesce(p.n, 0) <> coalesce(t.n, 0)
    $q$, source.table_name, source.counter, source.key_column, source.truth);
  END LOOP;
END
$$;

-- Repairs drift by adding the difference as a delta, so that concurrent changes stay counted. Returns the rows repaired.
CREATE FUNCTION reconcile_counters() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  source counter_sources;
  repaired int := 0;
  changed int;
BEGIN
  -- Two at once would both add the same difference.
  PERFORM pg_advisory_xact_lock(hashtext('reconcile_counters'));
  FOR source IN SELECT * FROM counter_sources ORDER BY 1, 2 LOOP
    EXECUTE format($q$
      INSERT INTO counter_deltas (table_name, counter, row_id, delta)
      SELECT %1$L, %2$L, b.%3$I, coalesce(t.n, 0) - coalesce(b.%2$I, 0) - coalesce(p.n, 0)
      FROM %1$I b
      LEFT JOIN (SELECT row_id, sum(delta) AS n FROM counter_deltas
                 WHERE table_name = %1$L AND counter = %2$L GROUP BY row_id) p ON p.row_id = b.%3$I
      LEFT JOIN (%4$s) t(row_id, n) ON t.row_id = b.%3$I
      WHERE coalesce(b.%2$I, 0) + coalesce(p.n, 0) <> coalesce(t.n, 0)
    $q$, source.table_name, source.counter, source.key_column, source.truth);
    GET DIAGNOSTICS changed = ROW_COUNT;
    repaired := repaired + changed;
  END LOOP;
  RETURN repaired;
END
$$;

GRANT EXECUTE ON FUNCTION fold_counters(int), counter_drift(), reconcile_counters() TO app_worker;
GRANT SELECT ON counter_deltas, counter_sources TO app_worker;

-- ============================================================================
-- Audit (R10, R20): LIST by retention class, then RANGE by month. Append-only: the app may insert and read, no more.
-- No foreign key to users (R35): the record outlives the person.
-- ============================================================================
CREATE TABLE audit_logs (
  log_id UUID NOT NULL DEFAULT uuid_v7(),

  -- Actor
  user_id UUID, -- NULL for system actions
  impersonating_user_id UUID, -- For admin impersonation

  -- Action
  action VARCHAR(100) NOT NULL, -- identity.signed_in, learning.enrollment_created …
  entity_type VARCHAR(50),
  entity_id UUID,

  -- Details: names of changed personal columns, never their values
  description TEXT,
  changes JSONB,
  metadata JSONB,

  -- Request Context
  ip_address INET,
  user_agent TEXT,
  request_id UUID,

  -- Severity
  severity VARCHAR(20) DEFAULT 'info',

  timestamp TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  retention_class VARCHAR(20) NOT NULL DEFAULT 'general', -- general 12 months, security 3 years, financial 7 years

  PRIMARY KEY (log_id, timestamp, retention_class),
  CONSTRAINT valid_severity CHECK (severity IN ('debug', 'info', 'warning', 'error', 'critical')),
  CONSTRAINT valid_retention_class CHECK (retention_class IN ('general', 'security', 'financial')),
  CONSTRAINT timestamp_from_id CHECK (timestamp = uuid_v7_time(log_id))
) PARTITION BY LIST (retention_class);

CREATE TABLE audit_logs_general PARTITION OF audit_logs FOR VALUES IN ('general') PARTITION BY RANGE (timestamp);
CREATE TABLE audit_logs_security PARTITION OF audit_logs FOR VALUES IN ('security') PARTITION BY RANGE (timestamp);
CREATE TABLE audit_logs_financial PARTITION OF audit_logs FOR VALUES IN ('financial') PARTITION BY RANGE (timestamp);

CREATE INDEX idx_audit_user ON audit_logs(user_id, timestamp DESC);
CREATE INDEX idx_audit_entity ON audit_logs(entity_type, entity_id);
CREATE INDEX idx_audit_action ON audit_logs(action, timestamp DESC);
CREATE INDEX idx_audit_severity ON audit_logs(severity, timestamp DESC) WHERE severity IN ('error', 'critical');
CREATE INDEX idx_audit_timestamp ON audit_logs(timestamp DESC);

-- ============================================================================
-- Partitions (R10): this month and `months` more of every monthly table, never a DEFAULT one. The app has no DDL of its own.
-- ============================================================================
CREATE TABLE partitioned_tables (
  parent TEXT PRIMARY KEY, -- the table whose children are months
  key_column TEXT NOT NULL
);
INSERT INTO partitioned_tables VALUES
  ('audit_logs_general', 'timestamp'), ('audit_logs_security', 'timestamp'), ('audit_logs_financial', 'timestamp');

-- Creates what is missing from the month of `since` on, six months ahead of today; returns the names created. Safe to repeat and to race.
CREATE FUNCTION ensure_partitions(since date DEFAULT current_date, ahead int DEFAULT 6) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  item partitioned_tables;
  month date;
  child text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
  FOR item IN SELECT * FROM partitioned_tables ORDER BY parent LOOP
    FOR month IN SELECT generate_series(date_trunc('month', since), date_trunc('month', current_date) + make_interval(months => ahead), '1 month')::date LOOP
      child := item.parent || to_char(month, '_YYYY_MM');
      IF to_regclass(quote_ident(child)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
          child, item.parent, month::timestamptz, (month + interval '1 month')::timestamptz);
        -- Reached only through their parent, whose policies and grants decide.
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
        RETURN NEXT child;
      END IF;
    END LOOP;
  END LOOP;
END
$$;

-- Whole months after this one that every partitioned table can already take. Below three is an alarm.
CREATE FUNCTION partition_months_ahead() RETURNS TABLE (parent text, months int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.parent, count(*) FILTER (WHERE right(c.relname, 7) > to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'))::int
  FROM partitioned_tables p
  JOIN pg_inherits i ON i.inhparent = to_regclass(p.parent)
  JOIN pg_class c ON c.oid = i.inhrelid
  GROUP BY p.parent
$$;

REVOKE ALL ON FUNCTION ensure_partitions(date, int), partition_months_ahead() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partitions(date, int), partition_months_ahead() TO app_worker;
SELECT ensure_partitions();

-- ============================================================================
-- Jobs: added in the transaction that causes them. The queue's own tables stay closed to the app.
-- ============================================================================
CREATE FUNCTION enqueue(name text, payload json, run_at timestamptz DEFAULT NULL, job_key text DEFAULT NULL, max_attempts int DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM graphile_worker.add_job(identifier => name, payload => payload, run_at => run_at, job_key => job_key, max_attempts => max_attempts);
END
$$;
GRANT EXECUTE ON FUNCTION enqueue(text, json, timestamptz, text, int) TO app_user, app_worker;

-- ============================================================================
-- Idempotency (R12): the reply to a retried POST is the reply to the first. Addresses that once named something (slugs).
-- ============================================================================
CREATE TABLE idempotency_keys (
  actor_id UUID NOT NULL,
  key VARCHAR(255) NOT NULL,
  request_hash BYTEA NOT NULL,
  status INT, -- NULL while the first request is under way
  reply JSONB,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  expires_at TIMESTAMPTZ NOT NULL DEFAULT NOW() + INTERVAL '24 hours',
  PRIMARY KEY (actor_id, key)
);
CREATE INDEX idx_idempotency_expires ON idempotency_keys(expires_at);

CREATE TABLE slug_history (
  entity_type VARCHAR(20) NOT NULL, -- program, event, partner, post
  slug VARCHAR(500) NOT NULL,
  entity_id UUID NOT NULL,
  replaced_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (entity_type, slug)
);

-- Arguments: entity type, key column. The newest owner of an address wins.
CREATE FUNCTION remember_slug() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO slug_history (entity_type, slug, entity_id)
  VALUES (TG_ARGV[0], OLD.slug, (to_jsonb(OLD) ->> TG_ARGV[1])::uuid)
  ON CONFLICT (entity_type, slug) DO UPDATE SET entity_id = excluded.entity_id, replaced_at = now();
  RETURN NULL;
END
$$;

GRANT SELECT ON slug_history TO app_user, app_worker;
-- Readiness compares what is applied with what the code expects.
GRANT SELECT ON schema_migrations TO app_user, app_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO app_user, app_worker;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_own ON idempotency_keys TO app_user
  USING (actor_id = (SELECT actor_id())) WITH CHECK (actor_id = (SELECT actor_id()));
CREATE POLICY idempotency_keys_jobs ON idempotency_keys TO app_worker USING (true) WITH CHECK (true);
