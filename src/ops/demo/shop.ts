import { uuidV7 } from './ids.ts'
import type { Row } from './rows.ts'
import { DAY, iso } from './times.ts'
import type { World } from './world.ts'

/** What is sold beside programs, what makes it cheaper, and what people ask. */
export async function loadShop(world: World): Promise<void> {
  const coupons = world.content.coupons.map((coupon) => issue(world, coupon))
  await world.insert('products', products(world))
  await world.insert(
    'coupons',
    coupons.map(({ row }) => row),
  )
  await world.insert(
    'coupon_items',
    coupons.flatMap(({ items }) => items),
  )
  await world.insert('faqs', faqs(world))
  await world.insert('faq_votes', faqVotes(world))
}

function products({ content, times }: World): Row[] {
  const since = iso(times.daysAgo(150))
  return content.products.map(({ featured, ...product }) => ({
    compare_at_price: null,
    inventory_quantity: null,
    low_stock_threshold: null,
    weight_grams: null,
    download_limit: null,
    ...product,
    is_featured: featured,
    status: 'active',
    created_at: since,
    updated_at: since,
  }))
}

const COUPONS = 'coupons.json'

/** The trigger copies the items to the coupon. */
function issue({ names, times }: World, coupon: World['content']['coupons'][number]) {
  const from = times.now + coupon.valid_from_day * DAY
  const created = times.past(from)
  const couponId = uuidV7(created)
  const { applicable_items, valid_from_day: _from, valid_until_day, created_by, ...rest } = coupon
  const kind = coupon.applies_to === 'event' ? 'event' : 'program'
  return {
    row: {
      coupon_id: couponId,
      ...rest,
      valid_from: iso(from),
      valid_until: iso(times.now + valid_until_day * DAY),
      created_by: names.of('person', created_by, COUPONS),
      created_at: iso(created),
      updated_at: iso(created),
    },
    items: applicable_items.map((slug) => ({
      coupon_id: couponId,
      item_type: kind,
      item_id: names.of(kind, slug, COUPONS),
    })),
  }
}

const FAQS = 'faqs.json'

function faqs({ content, names, times }: World): Row[] {
  const since = times.daysAgo(300)
  for (const { key } of content.faqs) names.give('faq', key, FAQS, since)
  return content.faqs.map(({ key, translation_of, helped, ...faq }) => ({
    faq_id: names.of('faq', key, FAQS),
    ...faq,
    view_count: helped * 5,
    translation_of: translation_of === null ? null : names.of('faq', translation_of, FAQS),
    created_at: iso(since),
    updated_at: iso(since),
  }))
}

/** Whom each answer helped: so many people, another one first for each. The count follows from the trigger. */
function faqVotes({ content, names, times }: World): Row[] {
  const { people } = content
  return content.faqs.flatMap(({ key, helped }, first) =>
    Array.from({ length: Math.min(helped, people.length) }, (_, n) => ({
      faq_id: names.of('faq', key, FAQS),
      user_id: names.of('person', people[(first * 7 + n) % people.length]!.username, FAQS),
      created_at: iso(times.daysAgo(200 - n * 4)),
    })),
  )
}
