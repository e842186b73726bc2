/** What is inside each JSON column, which no foreign key can tell, and what erasure does with it. */
type Inside =
  /** It goes with its row, or is cleared in it. */
  | 'with the row'
  /** A copy of a join table, which that table's trigger keeps (R7). */
  | 'copied by a trigger'
  /** Ids and codes of things, never of people. */
  | 'nobody'
  /** Names of columns, ids and codes: a number without a person once the row of users is a tombstone or gone. */
  | 'ids alone'
  /** Taken out by a statement of its own. */
  | 'taken out'

export const JSON_COLUMNS: Readonly<Record<string, Inside>> = {
  'assessment_submissions.answers': 'with the row',
  'assessment_submissions.submission_files': 'with the row',
  'assessments.questions': 'nobody',
  'assessments.rubric': 'nobody',
  'audit_logs.changes': 'ids alone',
  'audit_logs.metadata': 'ids alone',
  'auth_tokens.data': 'with the row',
  'breach_events.details': 'nobody',
  'coach_applications.languages': 'with the row',
  'coach_applications.links': 'with the row',
  'coach_applications.specialties': 'with the row',
  'coaching_sessions.action_items': 'with the row',
  'coupons.applicable_items': 'nobody',
  'coupons.applicable_tiers': 'nobody',
  'data_breaches.notice': 'nobody',
  'erasures.certificate': 'nobody',
  'event_registrations.metadata': 'with the row',
  'event_tickets.perks': 'nobody',
  'events.co_organizers': 'copied by a trigger',
  'events.speakers': 'taken out',
  'idempotency_keys.reply': 'with the row',
  'lessons.resource_urls': 'nobody',
  'media_assets.variants': 'with the row',
  'messages.attachments': 'with the row',
  'orders.metadata': 'with the row',
  'orders.shipping_address': 'with the row',
  'outgoing_messages.params': 'with the row',
  'partner_cohorts.custom_branding': 'nobody',
  'partners.brand_colors': 'nobody',
  'partners.custom_programs': 'nobody',
  'partners.headquarters_location': 'nobody',
  'partners.operating_regions': 'nobody',
  'partners.programs_enrolled': 'copied by a trigger',
  'passkeys.transports': 'with the row',
  'platform_metrics.revenue_monthly': 'nobody',
  'posts.media_urls': 'with the row',
  'posts.tags': 'nobody',
  'products.images': 'nobody',
  'products.meta_keywords': 'nobody',
  'program_reports.revenue': 'nobody',
  'programs.co_instructors': 'copied by a trigger',
  'programs.meta_keywords': 'nobody',
  'programs.tags': 'nobody',
  'programs.tier_access': 'nobody',
  'projects.media_urls': 'with the row',
  'projects.support_needed': 'with the row',
  'session_feedback.highlights': 'with the row',
  'session_feedback.improvements': 'with the row',
  'subscriptions.metadata': 'with the row',
  'system_settings.setting_value': 'nobody',
  'transactions.metadata': 'with the row',
  'user_profiles.certifications': 'with the row',
  'user_profiles.coaching_languages': 'with the row',
  'user_profiles.coaching_specialties': 'with the row',
  'user_profiles.location': 'with the row',
  'user_profiles.portfolio_urls': 'with the row',
  'user_profiles.skills': 'with the row',
  'user_profiles.social_links': 'with the row',
  'user_settings.dashboard_layout': 'with the row',
  'user_settings.email_notifications': 'with the row',
  'user_settings.onboarding': 'with the row',
  'user_settings.push_notifications': 'with the row',
  'user_settings.sms_notifications': 'with the row',
}
