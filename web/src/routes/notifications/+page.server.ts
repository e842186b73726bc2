import { redirect } from '@sveltejs/kit'
import { localized, splitLocale } from '#lib/i18n/locale.ts'
import { listQuery } from '#lib/notifications/list.ts'
import { field, need, optional, refuse } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { api } = event.locals
  const { searchParams } = event.url
  const cursor = searchParams.get('cursor')
  const show = searchParams.has('archived') ? 'archived' : searchParams.has('unread') ? 'unread' : 'all'
  const thread = searchParams.get('thread')?.slice(0, 100) || null
  const query = listQuery({ show, thread, cursor })
  const [list, mutes] = await Promise.all([
    need(api.GET('/api/v1/me/notifications', { params: { query } })),
    optional(api.GET('/api/v1/me/notification-mutes')),
  ])
  return {
    show,
    thread,
    isFirst: cursor === null,
    list,
    muted: mutes?.items.map(({ thread_key }) => thread_key) ?? [],
  } as const
}

type Answer = Parameters<typeof refuse>[0]
type Event = Parameters<Actions[string]>[0]

/** What was done, and the action that takes it back with the same fields. */
function done(answer: Answer, form: FormData, what: string, undo: string | null) {
  if (answer.error) return refuse(answer, form)
  const kept = ['notification_id', 'thread_key', 'user_id'].map((name) => [name, field(form, name)] as const)
  return { done: what, undo, fields: Object.fromEntries(kept.filter(([, value]) => value !== '')) }
}

/** One, or its whole thread up to it. */
function upTo(form: FormData) {
  const thread_key = field(form, 'thread_key')
  return { up_to: field(form, 'notification_id'), ...(thread_key && { thread_key }) }
}

const pathOf = (form: FormData) => ({ path: { notification_id: field(form, 'notification_id') } })
const threadOf = (form: FormData) => ({ path: { thread_key: field(form, 'thread_key') } })
const personOf = (form: FormData) => ({ path: { user_id: field(form, 'user_id') } })

function markRead({ locals: { api } }: Event, form: FormData) {
  return form.has('thread_key')
    ? api.PUT('/api/v1/me/notifications/read', { body: upTo(form) })
    : api.PUT('/api/v1/me/notifications/{notification_id}/read', { params: pathOf(form) })
}

export const actions: Actions = {
  /** What is looked at has been read, with what came before it in its thread. */
  open: async (event) => {
    const { locals, request } = event
    const form = await request.formData()
    const answer = await markRead(event, form)
    if (answer.error) return refuse(answer, form)
    const { path } = splitLocale(ownPath(form.get('to'), '/notifications'))
    throw redirect(303, localized(locals.locale, path))
  },

  read: async (event) => {
    const form = await event.request.formData()
    return done(await markRead(event, form), form, 'read', null)
  },

  unread: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const params = pathOf(form)
    return done(
      await api.DELETE('/api/v1/me/notifications/{notification_id}/read', { params }),
      form,
      'unread',
      null,
    )
  },

  read_all: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.PUT('/api/v1/me/notifications/read', { body: upTo(form) })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, '/notifications'))
  },

  archive: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const answer = form.has('thread_key')
      ? await api.PUT('/api/v1/me/notifications/archive', { body: upTo(form) })
      : await api.PUT('/api/v1/me/notifications/{notification_id}/archive', { params: pathOf(form) })
    return done(answer, form, 'archive', 'restore')
  },

  restore: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const params = pathOf(form)
    const answer = await api.DELETE('/api/v1/me/notifications/{notification_id}/archive', { params })
    return done(answer, form, 'restore', null)
  },

  mute_thread: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const answer = await api.PUT('/api/v1/me/notification-mutes/{thread_key}', { params: threadOf(form) })
    return done(answer, form, 'mute_thread', 'unmute_thread')
  },

  unmute_thread: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const answer = await api.DELETE('/api/v1/me/notification-mutes/{thread_key}', { params: threadOf(form) })
    return done(answer, form, 'unmute_thread', null)
  },

  mute_person: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const answer = await api.PUT('/api/v1/people/{user_id}/mute', { params: personOf(form) })
    return done(answer, form, 'mute_person', 'unmute_person')
  },

  unmute_person: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const answer = await api.DELETE('/api/v1/people/{user_id}/mute', { params: personOf(form) })
    return done(answer, form, 'unmute_person', null)
  },
}
