import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Closed } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { createStreams, type StreamOptions } from '../streams/streams.ts'

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const EVENT_ID = { pattern: '^\\d{1,15}$', examples: ['42'] }

/** The live stream; `watchables`: what of other domains can be followed on it. */
export function streamRoutes(services: Services, options: StreamOptions): FastifyPluginAsyncTypebox {
  const kinds = options.watchables.map(({ kind }) => kind).join('|')
  const subject = `(?:${kinds}):${UUID}`

  return async (app) => {
    const streams = createStreams(services, options)
    app.addHook('preClose', async () => streams.close())
    app.get(
      '/stream',
      {
        exposeHeadRoute: false,
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          limit: 'stream',
          stays: 'open',
          errors: ['stream.full', 'auth.impersonation_refused'],
        },
        schema: {
          tags: ['notifications'],
          summary: 'What happens to me, as it happens (Server-Sent Events)',
          description: DESCRIPTION,
          produces: ['text/event-stream'],
          querystring: Closed({
            last_event_id: Type.Optional(
              Type.String({
                ...EVENT_ID,
                description: 'For clients that cannot set the header, which goes before it',
              }),
            ),
            watch: Type.Optional(
              Type.String({
                maxLength: 1200,
                pattern: `^${subject}(?:,${subject}){0,19}$`,
                examples: ['post:0198f0a0-0000-7000-8000-000000000001'],
                description: `What is on the screen, at most twenty: ${kinds.replaceAll('|', ', ')}`,
              }),
            ),
          }),
          headers: Type.Object({
            'last-event-id': Type.Optional(
              Type.String({
                ...EVENT_ID,
                description: 'The id of the last event that arrived: what came after it follows',
              }),
            ),
          }),
          response: {
            200: {
              description: 'Events, without end',
              content: { 'text/event-stream': { schema: Type.String() } },
            },
          },
        },
      },
      async (request, reply) => {
        const { actor, query, headers } = request
        const lastEventId = headers['last-event-id'] ?? query.last_event_id
        await streams.prepare()
        reply.hijack()
        streams.open(reply.raw, {
          actor: actor!,
          judge: request.routeOptions.config.judge!,
          lastEventId: lastEventId === undefined ? null : Number(lastEventId),
          watch: query.watch?.split(',') ?? [],
          headers: reply.getHeaders() as Record<string, string>,
        })
      },
    )
  }
}

const DESCRIPTION =
  'Each event is a line `event:`, a line `data:` with JSON, and where it can be resumed from a line `id:`.\n\n' +
  '- `notification`: one of mine, as `GET /me/notifications` gives it, with `unread_count`. Its id is its `seq`.\n' +
  '- `unread` `{count}`: how many are unread, at the start and whenever that changes by itself.\n' +
  '- `counters` `{"post:<id>": {…}}` and `presence` `{"person:<id>": {"online": true}}`: of what `watch` names, at the start and ' +
  'whenever it changes; null: it is not there (any more) for me. What I may not see is left out.\n' +
  '- `reset` `{unread_count}`: more was missed than is sent again (200); read the inbox.\n' +
  '- `heartbeat`: nothing, every 25 seconds.\n' +
  '- `bye` `{reason}`: the last one: `shutdown`, `maintenance`, `session_ended`, `access_changed`, `replaced`. Its `retry` says when to come again.\n\n' +
  'With `Last-Event-ID` everything after it comes first, in order and once. A person has at most six streams: with one more the ' +
  'oldest is `replaced`. A client that reads too slowly is dropped, and resumes.'
