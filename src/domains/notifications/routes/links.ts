import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { badRequest } from '../../../platform/errors.ts'
import type { Services } from '../../../platform/services.ts'
import { askForDelivery, confirmDeliveryBy, readMailDelivery } from '../mail-delivery.ts'
import {
  LinkBody,
  LinkQuery,
  MailDelivery,
  OneClick,
  SubscriptionChange,
  SubscriptionState,
} from '../schemas/channels.ts'
import { readSubscription, resubscribe, unsubscribe } from '../unsubscribe.ts'

const OPEN = { access: 'public', session: 'ignored' } as const
/** What mail programs post (RFC 8058, 3.2), as a form of either kind. */
const ONE_CLICK = /List-Unsubscribe(?:=|"\r?\n\r?\n)One-Click/
const FORM_LIMIT = 4096
const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data']

/** What links in mails lead to: whoever holds one needs no session. */
export function linkRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['notifications']

  return async (app) => {
    for (const type of FORMS)
      app.addContentTypeParser(type, { parseAs: 'string', bodyLimit: FORM_LIMIT }, (_request, body, done) =>
        done(null, body),
      )

    app.post(
      '/notifications/unsubscribe',
      {
        config: {
          ...OPEN,
          errors: ['notifications.link_invalid'],
          posted: { types: FORMS, body: OneClick },
        },
        schema: {
          tags,
          summary:
            'One click on “unsubscribe” in a mail program: a form with List-Unsubscribe=One-Click (RFC 8058)',
          querystring: LinkQuery,
          response: { 200: SubscriptionState },
        },
      },
      async ({ query, body }) => {
        if (typeof body !== 'string' || !ONE_CLICK.test(body))
          throw badRequest('notifications.link_invalid', 'Expected a form with List-Unsubscribe=One-Click.')
        return unsubscribe(services, query.token)
      },
    )

    app.get(
      '/notifications/unsubscribe',
      {
        config: OPEN,
        schema: {
          tags,
          summary: 'The same address in a browser: leads to the page, and changes nothing',
          querystring: LinkQuery,
          response: { 303: Type.Null() },
        },
      },
      async ({ query }, reply) =>
        reply
          .header('cache-control', 'no-store')
          .header('referrer-policy', 'no-referrer')
          .redirect(`${services.config.publicUrl}/unsubscribe?${new URLSearchParams(query)}`, 303),
    )

    app.get(
      '/notifications/subscription',
      {
        config: { ...OPEN, errors: ['notifications.link_invalid'] },
        schema: {
          tags,
          summary: 'What a link in a mail is about, and whether it is on',
          querystring: LinkQuery,
          response: { 200: SubscriptionState },
        },
      },
      async ({ query }, reply) => {
        reply.header('cache-control', 'no-store')
        return readSubscription(services, query.token)
      },
    )

    app.put(
      '/notifications/subscription',
      {
        config: {
          ...OPEN,
          errors: [
            'notifications.link_invalid',
            'notifications.switched_on_in_settings',
            'notifications.too_many_clicks',
          ],
        },
        schema: {
          tags,
          summary: 'Switch what a link in a mail is about off, or on again',
          querystring: LinkQuery,
          body: SubscriptionChange,
          response: { 200: SubscriptionState },
        },
      },
      ({ query: { token }, body }) =>
        body.is_on ? resubscribe(services, token, body.undo) : unsubscribe(services, token),
    )

    app.get(
      '/me/mail-delivery',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'Whether mail still goes to my address', response: { 200: MailDelivery } },
      },
      ({ actor }) => readMailDelivery(services, actor!),
    )

    app.post(
      '/me/mail-delivery/links',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          limit: 'reset',
          errors: ['notifications.too_many_links'],
        },
        schema: {
          tags,
          summary: 'Send me a link that shows that mail arrives',
          response: { 204: Type.Null() },
        },
      },
      async ({ actor }, reply) => {
        await askForDelivery(services, actor!)
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/notifications/mail-confirmations',
      {
        config: { ...OPEN, limit: 'reset', errors: ['notifications.link_expired'] },
        schema: {
          tags,
          summary: 'Take that link: mail goes to its address again',
          body: LinkBody,
          response: { 204: Type.Null() },
        },
      },
      async ({ body }, reply) => {
        await confirmDeliveryBy(services, body.token)
        return reply.code(204).send(null)
      },
    )
  }
}
