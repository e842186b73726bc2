import type pg from 'pg'

/** So many of the others, in an order of their own. $1: whose; $2: how many. */
const OTHERS = `(SELECT user_id AS other FROM users WHERE user_id <> $1::uuid AND status = 'active' ORDER BY md5(user_id::text) LIMIT $2::int)`

type Fill = { readonly share: number; readonly text: string }

/** Rows of one person in a table, so many of a hundred. $1: whose; $2: how many. */
const FILLS: readonly Fill[] = [
  {
    share: 30,
    text: `INSERT INTO messages (conversation_id, sender_id, recipient_id, content)
      SELECT uuid_v7(), CASE WHEN n % 2 = 0 THEN $1::uuid ELSE other END, CASE WHEN n % 2 = 0 THEN other ELSE $1::uuid END,
        repeat('Habari za asubuhi, ' || n, 5)
      FROM (SELECT other, row_number() OVER () AS n FROM generate_series(1, 20) copies, ${OTHERS} o LIMIT $2::int) talk`,
  },
  {
    share: 20,
    text: `INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
      SELECT id, uuid_v7_time(id), $1::uuid, 'community', 'A reply', 'Somebody replied to what you wrote'
      FROM (SELECT uuid_v7() AS id FROM generate_series(1, $2::int) OFFSET 0) new`,
  },
  {
    share: 12,
    text: `INSERT INTO reactions (user_id, entity_type, entity_id, reaction_type)
      SELECT $1::uuid, 'post', post_id, 'like' FROM posts WHERE author_id <> $1::uuid ORDER BY md5(post_id::text) LIMIT $2::int
      ON CONFLICT DO NOTHING`,
  },
  {
    share: 8,
    text: `INSERT INTO user_connections (follower_id, following_id) SELECT $1::uuid, other FROM ${OTHERS} o ON CONFLICT DO NOTHING`,
  },
  {
    share: 8,
    text: `INSERT INTO comments (post_id, author_id, content)
      SELECT post_id, $1::uuid, 'I saw the same on my street.' FROM posts ORDER BY md5(post_id::text) LIMIT $2::int`,
  },
  {
    share: 8,
    text: `INSERT INTO notification_deliveries (source_event, user_id, channel)
      SELECT uuid_v7(), $1::uuid, 'in_app' FROM generate_series(1, $2::int)`,
  },
  {
    share: 5,
    text: `INSERT INTO lesson_progress (lesson_id, user_id, enrollment_id)
      SELECT l.lesson_id, $1::uuid, e.enrollment_id FROM enrollments e
      JOIN modules m USING (program_id) JOIN lessons l USING (module_id)
      WHERE e.user_id = $1::uuid LIMIT $2::int ON CONFLICT DO NOTHING`,
  },
  {
    share: 3,
    text: `INSERT INTO user_consents (user_id, purpose, version, granted, source)
      SELECT $1::uuid, 'marketing', '1', n % 2 = 0, 'settings' FROM generate_series(1, $2::int) n`,
  },
  {
    share: 2,
    text: `INSERT INTO user_mutes (muter_id, muted_id) SELECT $1::uuid, other FROM ${OTHERS} o ON CONFLICT DO NOTHING`,
  },
  {
    share: 1,
    text: `INSERT INTO idempotency_keys (actor_id, key, request_hash, status, reply)
      SELECT $1::uuid, 'k' || n, '\\x00', 201, '{"a": 1}' FROM generate_series(1, $2::int) n`,
  },
  {
    share: 1,
    text: `INSERT INTO orders (user_id, order_number, subtotal, total_amount, notes)
      SELECT $1::uuid, 'bench-' || $1::uuid::text || n, 10, 10, 'Leave it with the guard' FROM generate_series(1, $2::int) n`,
  },
  {
    share: 1,
    text: `INSERT INTO transactions (user_id, amount, currency, transaction_type, payment_method, status)
      SELECT $1::uuid, 10, 'KES', 'course', 'mpesa', 'success' FROM generate_series(1, $2::int)`,
  },
  {
    share: 1,
    text: `INSERT INTO posts (author_id, content, category, published_at)
      SELECT $1::uuid, 'What I learnt on my market day ' || n, 'story', now() FROM generate_series(1, $2::int) n`,
  },
]

/** A handful each: what few people have many of. $1: whose. */
const HANDFULS: readonly string[] = [
  `INSERT INTO user_blocks (blocker_id, blocked_id) SELECT $1::uuid, other FROM (SELECT user_id AS other FROM users WHERE user_id <> $1::uuid ORDER BY user_id DESC LIMIT 5) o ON CONFLICT DO NOTHING`,
  `INSERT INTO known_devices (user_id, device_hash) SELECT $1::uuid, sha256(n::text::bytea) FROM generate_series(1, 5) n ON CONFLICT DO NOTHING`,
  `INSERT INTO recovery_codes (user_id, code_hash) SELECT $1::uuid, sha256(($1::uuid::text || n)::bytea) FROM generate_series(1, 10) n`,
  `INSERT INTO passkeys (user_id, credential_id, public_key, name, backed_up) SELECT $1::uuid, sha256(($1::uuid::text || n)::bytea), '\\x01', 'Phone', true FROM generate_series(1, 3) n`,
  `INSERT INTO user_identities (user_id, provider, issuer, subject) SELECT $1::uuid, 'google', 'https://accounts.google.com', $1::uuid::text`,
  `INSERT INTO sessions (session_id, user_id, token_hash, kind, expires_at) SELECT uuid_v7(), $1::uuid, 'hash', 'cookie', now() + interval '1 day' FROM generate_series(1, 5)`,
  `INSERT INTO coach_applications (user_id, motivation, experience, specialties, languages, hourly_rate_minor, currency) SELECT $1::uuid, 'Why', 'What', '["Pricing"]', '["en"]', 1, 'KES' WHERE NOT has_role($1::uuid, 'coach')`,
  `INSERT INTO faq_votes (faq_id, user_id) SELECT faq_id, $1::uuid FROM faqs LIMIT 3 ON CONFLICT DO NOTHING`,
  `INSERT INTO media_assets (filename, file_type, file_size_bytes, storage_key, uploaded_by, usage_type, processing_status) SELECT 'a.webp', 'image/webp', 1, 'public/portfolio/x/a.webp', $1::uuid, 'portfolio', 'ready' FROM generate_series(1, 5)`,
  `INSERT INTO auth_tokens (token_hash, purpose, user_id, data, expires_at) SELECT sha256(($1::uuid::text || n)::bytea), 'passkey.step_up', $1::uuid, '{}', now() + interval '1 hour' FROM generate_series(1, 3) n`,
  `INSERT INTO released_usernames (username, user_id) SELECT 'was-' || left($1::uuid::text, 13), $1::uuid ON CONFLICT DO NOTHING`,
  `INSERT INTO user_suspensions (user_id, status_before, reason, lifted_at) SELECT $1::uuid, 'active', 'A mistake', now()`,
  `INSERT INTO partner_members (partner_id, user_id, role) SELECT partner_id, $1::uuid, 'member' FROM partners LIMIT 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO projects (submitted_by, title, problem_statement, solution_description, stage, status) SELECT $1::uuid, 'Stall', 'Rain', 'Roof', 'idea', 'pending'`,
  `INSERT INTO project_collaborators (project_id, user_id) SELECT project_id, $1::uuid FROM projects LIMIT 2 ON CONFLICT DO NOTHING`,
  `INSERT INTO user_skills (user_id, tag_id) SELECT $1::uuid, tag_id FROM tags WHERE category = 'skill' LIMIT 5 ON CONFLICT DO NOTHING`,
]

/** Gives somebody about so many rows more, in as many tables as people can have rows in. */
export async function makeHeavy(owner: pg.Client, userId: string, rows: number): Promise<void> {
  for (const { share, text } of FILLS) await owner.query(text, [userId, Math.ceil((rows * share) / 100)])
  for (const text of HANDFULS) await owner.query(text, [userId])
}

/** People who learn, coach nobody, and are nobody's staff: so many, in an order of their own. */
export async function ordinaryPeople(owner: pg.Client, count: number): Promise<string[]> {
  const { rows } = await owner.query<{ user_id: string }>(
    `SELECT u.user_id FROM users u
     WHERE u.status = 'active' AND EXISTS (SELECT FROM enrollments e WHERE e.user_id = u.user_id)
       AND EXISTS (SELECT FROM coaching_sessions s WHERE s.mentee_id = u.user_id)
       AND EXISTS (SELECT FROM event_registrations r WHERE r.user_id = u.user_id)
       AND NOT has_role(u.user_id, 'coach', 'admin', 'super_admin', 'partner')
     ORDER BY md5(u.user_id::text || now()::text) LIMIT $1`,
    [count],
  )
  return rows.map(({ user_id }) => user_id)
}
