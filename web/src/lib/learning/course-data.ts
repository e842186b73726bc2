import type { Reply } from '#lib/api/types.ts'

type Program = Reply<'/api/v1/programs/{slug}'>

/** A program as search engines read it (schema.org Course). */
export function courseData(program: Program, origin: string): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'Course',
    name: program.title,
    description: program.meta_description ?? program.description ?? program.title,
    url: `${origin}/programs/${program.slug}`,
    inLanguage: program.language,
    ...(program.difficulty_level && { educationalLevel: program.difficulty_level }),
    provider: { '@type': 'Organization', name: 'Brand Coach Network', sameAs: origin },
    offers: {
      '@type': 'Offer',
      category:
        program.pricing_type === 'free'
          ? 'Free'
          : program.pricing_type === 'subscription'
            ? 'Subscription'
            : 'Paid',
      ...offerOf(program.price),
    },
    hasCourseInstance: {
      '@type': 'CourseInstance',
      courseMode: 'Online',
      ...(program.estimated_hours && { courseWorkload: `PT${Math.round(program.estimated_hours * 60)}M` }),
      ...(program.instructor && { instructor: { '@type': 'Person', name: program.instructor.full_name } }),
    },
    ...(program.average_rating &&
      program.review_count > 0 && {
        aggregateRating: {
          '@type': 'AggregateRating',
          ratingValue: program.average_rating,
          ratingCount: program.review_count,
        },
      }),
  }
}

function offerOf(price: Program['price']): { price: string; priceCurrency: string } {
  if (!price) return { price: '0', priceCurrency: 'KES' }
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: price.currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return { price: (price.amount_minor / 10 ** digits).toFixed(digits), priceCurrency: price.currency }
}
