import { m } from '#lib/paraglide/messages.js'
import type { Category } from './posts.ts'

const CATEGORIES: Readonly<Record<Category, () => string>> = {
  discussion: m.community_category_discussion,
  story: m.community_category_story,
  question: m.community_category_question,
  project: m.community_category_project,
  announcement: m.community_category_announcement,
}

export const CATEGORY_WORDS = Object.keys(CATEGORIES) as readonly Category[]

export function isCategory(word: unknown): word is Category {
  return CATEGORY_WORDS.some((one) => one === word)
}

export function categoryName(category: Category): string {
  return CATEGORIES[category]()
}
