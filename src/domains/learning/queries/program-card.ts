/** A program as lists show it. Needs programs as p and people as i. */
export const PROGRAM_CARD = `
  p.program_id, p.title, p.slug, p.description, p.category, p.difficulty_level, p.language, p.pricing_type,
  CASE WHEN p.pricing_type <> 'free' THEN money_json(p.price_amount, p.currency) END AS price,
  p.estimated_hours, p.duration_weeks, p.module_count, p.lesson_count, p.enrollment_count, p.average_rating,
  p.review_count, p.thumbnail_url, i.card AS instructor`
