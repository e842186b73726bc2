import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { moment, notATime, outcome } from '#lib/server/acts.ts'
import { field, need, optional, refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const asked = { params: { path: { user_id: params.id } } }
  const [person, sessions, grants] = await Promise.all([
    need(api.GET('/api/v1/admin/people/{user_id}', asked)),
    optional(api.GET('/api/v1/admin/people/{user_id}/sessions', asked)),
    optional(api.GET('/api/v1/admin/people/{user_id}/roles', asked)),
  ])
  return { person, sessions: sessions?.items ?? null, grants: grants?.items ?? null }
}

const GRANTED = ['coach', 'admin', 'super_admin'] as const

export const actions: Actions = {
  async grant({ locals, params, request }) {
    const form = await request.formData()
    const role = GRANTED.find((one) => one === field(form, 'role'))
    const [from, until] = [moment(form, 'valid_from'), moment(form, 'expires_at')]
    if (from === null) return notATime(form, 'valid_from')
    if (until === null) return notATime(form, 'expires_at')
    if (role === undefined) return fail(400)
    const body = {
      role,
      reason: field(form, 'reason').trim(),
      ...(from !== undefined && { valid_from: from }),
      ...(until !== undefined && { expires_at: until }),
    }
    const path = { user_id: params.id }
    return outcome(
      await locals.api.POST('/api/v1/admin/people/{user_id}/roles', { params: { path }, body }),
      form,
    )
  },

  async end({ locals, request }) {
    const form = await request.formData()
    const until = moment(form, 'expires_at')
    if (until === null) return notATime(form, 'expires_at')
    const path = { user_role_id: field(form, 'user_role_id') }
    const body = { expires_at: until ?? null, reason: field(form, 'reason').trim() }
    return outcome(
      await locals.api.PATCH('/api/v1/admin/roles/{user_role_id}', { params: { path }, body }),
      form,
    )
  },

  async revoke({ locals, request }) {
    const form = await request.formData()
    const path = { user_role_id: field(form, 'user_role_id') }
    const body = { reason: field(form, 'reason').trim() }
    return outcome(
      await locals.api.POST('/api/v1/admin/roles/{user_role_id}/revocation', { params: { path }, body }),
      form,
    )
  },

  async suspend({ locals, params, request }) {
    const form = await request.formData()
    const until = moment(form, 'until')
    if (until === null) return notATime(form, 'until')
    const path = { user_id: params.id }
    const body = { reason: field(form, 'reason').trim(), ...(until !== undefined && { until }) }
    return outcome(
      await locals.api.POST('/api/v1/admin/people/{user_id}/suspension', { params: { path }, body }),
      form,
    )
  },

  async restore({ locals, params, request }) {
    const form = await request.formData()
    const path = { user_id: params.id }
    const body = { reason: field(form, 'reason').trim() }
    return outcome(
      await locals.api.POST('/api/v1/admin/people/{user_id}/restoration', { params: { path }, body }),
      form,
    )
  },

  async unlock({ locals, params, request }) {
    const form = await request.formData()
    const path = { user_id: params.id }
    return outcome(await locals.api.DELETE('/api/v1/admin/people/{user_id}/lock', { params: { path } }), form)
  },

  async signOut({ locals, params, request }) {
    const form = await request.formData()
    const user_id = params.id
    const session_id = field(form, 'session_id')
    const answer = session_id
      ? await locals.api.DELETE('/api/v1/admin/people/{user_id}/sessions/{session_id}', {
          params: { path: { user_id, session_id } },
        })
      : await locals.api.DELETE('/api/v1/admin/people/{user_id}/sessions', { params: { path: { user_id } } })
    return outcome(answer, form)
  },

  /** In the place of the session that asks: the browser is then signed in as the other person. */
  async impersonate({ locals, params, request }) {
    const form = await request.formData()
    const path = { user_id: params.id }
    const body = {
      reason: field(form, 'reason').trim(),
      minutes: Number(field(form, 'minutes')),
      session: 'cookie' as const,
    }
    const answer = await locals.api.POST('/api/v1/admin/people/{user_id}/impersonation', {
      params: { path },
      body,
    })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, '/dashboard'))
  },
}
