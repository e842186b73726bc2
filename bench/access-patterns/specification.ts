/** Section 4 of the architecture document, made runnable (R30) and no more: what the ratios in the last column compare with. */
export const SPECIFICATION = {
  P1: `
    SELECT u.*, up.*, ur.role_name, m.tier, m.status
    FROM users u
    JOIN user_profiles up ON u.user_id = up.user_id
    LEFT JOIN user_roles ur ON u.user_id = ur.user_id
    LEFT JOIN subscriptions m ON u.user_id = m.user_id AND m.status = 'active'
    WHERE u.user_id = $1 AND u.status = 'active'`,
  P2: `
    SELECT l.*, lp.progress_percent, lp.completed_at
    FROM lessons l
    JOIN modules m ON l.module_id = m.module_id
    JOIN programs p ON m.program_id = p.program_id
    JOIN enrollments e ON p.program_id = e.program_id
    LEFT JOIN lesson_progress lp ON l.lesson_id = lp.lesson_id AND lp.user_id = e.user_id
    WHERE e.user_id = $1 AND m.module_id = $2
    ORDER BY l.sequence_order`,
  P3: `
    SELECT p.*, u.full_name, up.profile_photo_url,
           COUNT(DISTINCT c.comment_id) as comment_count,
           COUNT(DISTINCT r.reaction_id) as reaction_count
    FROM posts p
    JOIN users u ON p.author_id = u.user_id
    JOIN user_profiles up ON up.user_id = u.user_id
    LEFT JOIN comments c ON p.post_id = c.post_id
    LEFT JOIN reactions r ON p.post_id = r.entity_id AND r.entity_type = 'post'
    WHERE p.status = 'published' AND p.category = $1
    GROUP BY p.post_id, u.user_id, up.profile_id
    ORDER BY p.created_at DESC
    LIMIT 20 OFFSET 0`,
  P4: `
    SELECT u.user_id, u.full_name, up.bio, up.tagline, up.hourly_rate,
           AVG(sf.rating) as avg_rating,
           COUNT(DISTINCT cs.session_id) as session_count
    FROM users u
    JOIN user_profiles up ON u.user_id = up.user_id
    JOIN user_roles ur ON u.user_id = ur.user_id AND ur.role_name = 'coach'
    LEFT JOIN coaching_sessions cs ON u.user_id = cs.coach_id AND cs.status = 'completed'
    LEFT JOIN session_feedback sf ON cs.session_id = sf.session_id
    WHERE up.skills @> $1
      AND up.location->>'country' = $2
      AND u.status = 'active'
    GROUP BY u.user_id, up.profile_id
    HAVING AVG(sf.rating) >= $3
    ORDER BY avg_rating DESC, session_count DESC`,
  P5: `
    SELECT e.*,
           COUNT(er.registration_id) as registration_count,
           e.capacity_limit - COUNT(er.registration_id) as spots_remaining
    FROM events e
    LEFT JOIN event_registrations er ON e.event_id = er.event_id
    WHERE e.event_id = $1
    GROUP BY e.event_id`,
  W2: `
    INSERT INTO lesson_progress (user_id, lesson_id, enrollment_id, progress_percent, time_spent_seconds)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (user_id, lesson_id)
    DO UPDATE SET
      progress_percent = GREATEST(lesson_progress.progress_percent, EXCLUDED.progress_percent),
      time_spent_seconds = lesson_progress.time_spent_seconds + EXCLUDED.time_spent_seconds,
      updated_at = NOW()`,
} as const
