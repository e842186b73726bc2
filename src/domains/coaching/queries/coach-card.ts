/** A coach as the directory and the page show them. Needs the view coaches as c. */
export const COACH_CARD = `
  c.user_id, c.username, c.full_name, c.profile_photo_url, c.brand_name, c.tagline, c.bio, c.location, c.skills,
  c.coaching_specialties, money_json(c.hourly_rate, coalesce(c.currency, 'USD')) AS hourly_rate, c.availability_status,
  c.rating_average, c.rating_count, c.session_count`
