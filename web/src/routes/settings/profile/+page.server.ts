import { NETWORKS } from '#lib/people/links.ts'
import { minorOf } from '#lib/people/rates.ts'
import { field, need, refuse } from '#lib/server/answers.ts'
import { ifSeen, refuseProfile } from '#lib/server/profile-form.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const asked = event.locals.api.GET('/api/v1/me/profile')
  const { response } = await asked
  return { profile: await need(asked), tag: response.headers.get('etag') ?? '' }
}

const WORDS = ['tagline', 'bio', 'brand_name', 'mission_statement', 'occupation', 'industry'] as const

/** An empty field clears what stood there. */
const word = (form: FormData, name: string) => field(form, name).replaceAll('\r\n', '\n').trim() || null
const whole = (form: FormData, name: string) => {
  const text = word(form, name)
  return text === null ? null : Number(text)
}

const AVAILABILITY = ['available', 'busy', 'away'] as const

const listed = (form: FormData, name: string) => [
  ...new Set(
    field(form, name)
      .split(/[,\n]/)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
]

export const actions: Actions = {
  words: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.PATCH('/api/v1/me/profile', {
      headers: ifSeen(form),
      body: {
        ...(Object.fromEntries(WORDS.map((name) => [name, word(form, name)])) as Record<
          (typeof WORDS)[number],
          string | null
        >),
        years_experience: whole(form, 'years_experience'),
        location: { country: word(form, 'country'), city: word(form, 'city') },
        show_email: form.has('show_email'),
        show_phone: form.has('show_phone'),
      },
    })
    return answer.error ? refuseProfile(locals.api, answer, form) : { done: 'words' }
  },
  links: async ({ locals, request }) => {
    const form = await request.formData()
    const social_links = Object.fromEntries(NETWORKS.map((name) => [name, word(form, name)]))
    const answer = await locals.api.PATCH('/api/v1/me/profile', {
      headers: ifSeen(form),
      body: { social_links },
    })
    return answer.error ? refuseProfile(locals.api, answer, form) : { done: 'links' }
  },
  coaching: async ({ locals, request }) => {
    const form = await request.formData()
    const currency = field(form, 'currency').toUpperCase()
    const amount = word(form, 'rate')
    const answer = await locals.api.PATCH('/api/v1/me/profile', {
      headers: ifSeen(form),
      body: {
        hourly_rate: amount === null ? null : { amount_minor: minorOf(amount, currency), currency },
        availability_status: AVAILABILITY.find((one) => one === field(form, 'availability')) ?? null,
        coaching_specialties: listed(form, 'specialties'),
        coaching_languages: form.getAll('languages').map(String),
      },
    })
    return answer.error ? refuseProfile(locals.api, answer, form) : { done: 'coaching' }
  },
  removePhoto: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.DELETE(
      field(form, 'usage') === 'cover_photo' ? '/api/v1/me/cover' : '/api/v1/me/photo',
    )
    return answer.error ? refuse(answer, form) : { done: 'photo' }
  },
}
