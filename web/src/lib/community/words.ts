import { isLocale } from '#lib/i18n/locale.ts'
import { isCategory } from './categories.ts'
import type { Category } from './posts.ts'

/** A post as it is typed. */
export type Words = {
  category: string
  language: string
  title: string
  content: string
  /** Separated by commas. */
  tags: string
}

/** As the API takes it. */
export function bodyOf(words: Words) {
  const category: Category = isCategory(words.category) ? words.category : 'discussion'
  return {
    category,
    content: words.content,
    tags: tagsOf(words.tags),
    ...(words.title.trim() !== '' && { title: words.title.trim() }),
    ...(isLocale(words.language) && { language: words.language }),
  }
}

function tagsOf(text: string): string[] {
  const tags = text.split(/[,،;\n]/).map((tag) => tag.trim().replace(/^#+/, ''))
  return [...new Set(tags.filter(Boolean))]
}
