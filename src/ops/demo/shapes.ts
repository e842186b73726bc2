import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import { Language, OneOf } from '../../platform/http/index.ts'

/** What the files of db/demo hold; their README says what it means. Nothing is left over: an unknown key is a typing error. */

const closed = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const list = <T extends TSchema>(schema: T) => Type.Array(schema)
const text = Type.String({ minLength: 1 })
const texts = list(text)
const whole = Type.Integer()
const amount = Type.Number({ minimum: 0 })
const currency = Type.String({ pattern: '^[A-Z]{3}$' })
const flag = Type.Boolean()
const rating = Type.Integer({ minimum: 1, maximum: 5 })

export const Tags = list(closed({ name: text, slug: text, category: text }))

const Coach = closed({
  hourly_rate: amount,
  currency,
  availability_status: text,
  languages: texts,
  specialties: texts,
  certifications: list(closed({ name: text, issuer: text, year: whole })),
  availability: list(
    closed({ day: Type.Integer({ minimum: 0, maximum: 6 }), start: text, end: text, timezone: text }),
  ),
})

export const Person = closed({
  username: text,
  email: text,
  full_name: text,
  roles: texts,
  brand_name: text,
  tagline: text,
  bio: text,
  mission: text,
  occupation: text,
  industry: text,
  years_experience: whole,
  location: closed({ country: text, city: text, timezone: text }),
  skills: texts,
  language: Language,
  currency,
  visibility: text,
  allow_messages: text,
  theme: text,
  joined_days_ago: whole,
  social_links: Type.Record(Type.String(), Type.String()),
  demo_account: Type.Optional(Type.Boolean()),
  coach: Type.Optional(Coach),
})
export const People = list(Person)

export const Connections = list(closed({ follower: text, following: texts }))

export const Endorsements = list(closed({ username: text, skill: text, endorsed_by: texts }))

export const Partners = list(
  closed({
    organization_name: text,
    slug: text,
    partner_type: text,
    description: text,
    primary_contact: text,
    website_url: text,
    headquarters: closed({ country: text, city: text }),
    operating_regions: texts,
    tier: text,
    started_days_ago: whole,
    featured: flag,
    brand_colors: closed({ primary: text, secondary: text, accent: text }),
    members: list(closed({ username: text, role: text })),
    cohorts: list(
      closed({
        name: text,
        program: text,
        description: text,
        start_day: whole,
        end_day: whole,
        max_participants: whole,
        status: text,
        white_labeled: flag,
        members: list(closed({ username: text, department: text, role: text })),
      }),
    ),
  }),
)

export const CoachApplications = list(
  closed({
    username: text,
    motivation: text,
    experience: text,
    specialties: texts,
    languages: texts,
    hourly_rate: amount,
    currency,
    links: texts,
    submitted_days_ago: whole,
  }),
)

export const Subscriptions = list(
  closed({
    username: text,
    tier: text,
    billing_cycle: OneOf(['monthly', 'annual']),
    amount,
    currency,
    status: OneOf(['active', 'past_due', 'cancelled']),
    started_days_ago: whole,
  }),
)

export const Enrollments = list(
  closed({
    username: text,
    program: text,
    progress: Type.Integer({ minimum: 0, maximum: 100 }),
    started_days_ago: whole,
    last_seen_days_ago: whole,
    payment_type: text,
  }),
)

const Feedback = closed({
  rating,
  would_recommend: flag,
  text,
  highlights: texts,
  improvements: texts,
  is_public: flag,
})

export const Reviews = closed({
  programs: list(closed({ username: text, program: text, rating, text, days_ago: whole })),
  sessions: list(
    closed({
      coach: text,
      mentee: text,
      session_type: text,
      topic: text,
      days_ago: whole,
      duration_minutes: whole,
      feedback: Feedback,
    }),
  ),
})

/** A comment holds comments; beyond three deep the shape is not looked at. */
const comment = (replies: TSchema) =>
  closed({ author: text, content: text, minutes_after: whole, likes: texts, replies: list(replies) })
export type Comment = {
  author: string
  content: string
  minutes_after: number
  likes: string[]
  replies: Comment[]
}

export const Posts = list(
  closed({
    slug: text,
    category: text,
    language: Language,
    author: text,
    title: text,
    content: text,
    days_ago: whole,
    minute: whole,
    tags: texts,
    pinned: flag,
    featured: flag,
    likes: texts,
    comments: Type.Unsafe<Comment[]>(list(comment(comment(comment(comment(Type.Unknown())))))),
  }),
)

export const Projects = list(
  closed({
    slug: text,
    title: text,
    submitted_by: text,
    stage: text,
    status: text,
    problem_statement: text,
    solution_description: text,
    target_market: text,
    support_needed: texts,
    days_ago: whole,
    featured: flag,
    collaborators: list(closed({ username: text, role: text })),
    endorsed_by: texts,
    tags: texts,
  }),
)

export const Events = list(
  closed({
    slug: text,
    title: text,
    description: text,
    meta_description: text,
    language: Language,
    organizer: text,
    co_organizers: texts,
    day: whole,
    hour: whole,
    minute: whole,
    timezone: text,
    duration_minutes: whole,
    location_type: text,
    physical_address: nullable(text),
    city: nullable(text),
    country: nullable(text),
    virtual_platform: nullable(text),
    capacity_limit: whole,
    status: text,
    featured: flag,
    tags: texts,
    tickets: list(
      closed({
        name: text,
        description: text,
        price: amount,
        currency,
        quantity_available: whole,
        perks: texts,
        sale_ends_day: Type.Optional(whole),
      }),
    ),
    speakers: list(closed({ username: text, topic: text })),
    agenda: list(closed({ minute: whole, title: text })),
    registrations: list(closed({ username: text, ticket: text, status: text })),
  }),
)

export const Products = list(
  closed({
    slug: text,
    name: text,
    description: text,
    product_type: text,
    category: text,
    price: amount,
    currency,
    sku: text,
    track_inventory: flag,
    requires_shipping: flag,
    featured: flag,
    compare_at_price: Type.Optional(amount),
    inventory_quantity: Type.Optional(whole),
    low_stock_threshold: Type.Optional(whole),
    weight_grams: Type.Optional(whole),
    download_limit: Type.Optional(whole),
  }),
)

export const Coupons = list(
  closed({
    code: text,
    discount_type: text,
    discount_value: amount,
    currency: nullable(currency),
    applies_to: text,
    applicable_items: texts,
    applicable_tiers: nullable(texts),
    max_uses: whole,
    max_uses_per_user: whole,
    valid_from_day: whole,
    valid_until_day: whole,
    is_active: flag,
    created_by: text,
    description: text,
  }),
)

export const Faqs = list(
  closed({
    key: text,
    category: text,
    language: Language,
    translation_of: nullable(text),
    question: text,
    answer: text,
    sequence_order: whole,
    helped: whole,
  }),
)

export type Person = Static<typeof Person>
export type Event = Static<typeof Events>[number]
export type Subscription = Static<typeof Subscriptions>[number]
export type Enrollment = Static<typeof Enrollments>[number]
