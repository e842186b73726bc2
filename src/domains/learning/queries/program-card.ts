/** A person's card, null once erased. `person` is the alias of a row of `people`. */
export function personCard(person: string): string {
  return `
    CASE WHEN ${person}.user_id IS NOT NULL THEN json_build_object(
      'user_id', ${person}.user_id, 'username', ${person}.username, 'full_name', ${person}.full_name,
      'profile_photo_url', ${person}.profile_photo_url) END`
}

/** A program as lists show it. Needs programs as p and people as i. */
export const PROGRAM_CARD = `
  p.program_id, p.title, p.slug, p.description, p.category, p.difficulty_level, p.language, p.pricing_type,
  CASE WHEN p.pricing_type <> 'free' THEN money_json(p.price_amount, p.currency) END AS price,
  p.estimated_hours, p.duration_weeks, p.module_count, p.lesson_count, p.enrollment_count, p.average_rating,
  p.review_count, p.thumbnail_url, ${personCard('i')} AS instructor`
