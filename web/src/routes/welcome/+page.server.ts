import { redirect } from '@sveltejs/kit'
import { GOALS, type Goal, isStep, STEPS, type Step } from '#lib/account/onboarding.ts'
import { commonZones } from '#lib/account/places.ts'
import type { Api } from '#lib/api/client.ts'
import { isLocale, localized } from '#lib/i18n/locale.ts'
import { field, need, optional, refuse, refuseField } from '#lib/server/answers.ts'
import { keep, LANGUAGE_COOKIE, ZONE_COOKIE } from '#lib/server/preferences.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

/** Where somebody left off, on whichever device that was; an earlier step can be looked at again. */
export const load: PageServerLoad = async (event) => {
  const { full_name } = await signedIn(event)
  const { api } = event.locals
  const settings = await need(api.GET('/api/v1/me/settings'))
  const { goals, step: next } = settings.onboarding
  const asked = event.url.searchParams.get('step')
  const step: Step = isStep(asked) ? asked : next === 'done' ? 'goals' : next
  const q = event.url.searchParams.get('q')?.trim() ?? ''
  return {
    name: full_name,
    step,
    goals,
    language: settings.language,
    zone: settings.timezone,
    zones: step === 'language' ? commonZones() : [],
    q,
    skills: step === 'skills' ? await skillsFor(api, q) : null,
  }
}

async function skillsFor(api: Api, q: string) {
  const query = { category: 'skill', limit: 24, ...(q !== '' && { q }) }
  const [found, mine] = await Promise.all([
    optional(api.GET('/api/v1/tags', { params: { query } })),
    optional(api.GET('/api/v1/me/skills')),
  ])
  return { found: found?.items ?? [], mine: mine?.items ?? [] }
}

export const actions: Actions = {
  goals: async ({ locals, request }) => {
    const form = await request.formData()
    const goals = GOALS.filter((goal): goal is Goal => form.getAll('goals').includes(goal))
    const answer = await goOn(locals.api, { goals, step: 'skills' })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, `${localized(locals.locale, '/welcome')}?step=skills`)
  },

  skills: async ({ locals, request }) => {
    const form = await request.formData()
    for (const tag_id of form.getAll('skills').map(String)) {
      const params = { path: { tag_id } }
      const answer = await locals.api.PUT('/api/v1/me/skills/{tag_id}', {
        params,
        body: { level: 'intermediate' },
      })
      if (answer.error) return refuse(answer, form)
    }
    const answer = await goOn(locals.api, { step: 'language' })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, `${localized(locals.locale, '/welcome')}?step=language`)
  },

  language: async ({ locals, request, cookies }) => {
    const form = await request.formData()
    const [language, timezone] = [field(form, 'language'), field(form, 'timezone').trim()]
    if (!isLocale(language)) return refuseField(form, 'language', 'choice')
    const body = { language, timezone, onboarding: { step: 'done' as const } }
    const answer = await locals.api.PATCH('/api/v1/me/settings', { body })
    if (answer.error) return refuse(answer, form)
    keep(cookies, LANGUAGE_COOKIE, language)
    keep(cookies, ZONE_COOKIE, timezone)
    throw redirect(303, localized(language, '/dashboard'))
  },

  skip: async ({ locals, request }) => {
    const form = await request.formData()
    const step = form.get('step')
    const next = isStep(step) ? (STEPS[STEPS.indexOf(step) + 1] ?? 'done') : 'goals'
    const answer = await goOn(locals.api, { step: next })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, next === 'done' ? '/dashboard' : `/welcome?step=${next}`))
  },
}

function goOn(api: Api, onboarding: { goals?: Goal[]; step: Step | 'done' }) {
  return api.PATCH('/api/v1/me/settings', { body: { onboarding } })
}
