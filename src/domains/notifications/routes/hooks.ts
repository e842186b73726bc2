import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { equalText } from '../../../platform/crypto/signing.ts'
import { forbidden, notFound } from '../../../platform/errors.ts'
import { noteSmsReport } from '../../../platform/messages/index.ts'
import type { Services } from '../../../platform/services.ts'
import { takeMailReport } from '../mail-reports.ts'
import { MailReport, ReportQuery, SecretQuery, SmsReport } from '../schemas/channels.ts'

const OPEN = { access: 'public', session: 'ignored', errors: ['hook.not_found', 'hook.refused'] } as const
const REPORT_LIMIT = 1_048_576
const FORM_LIMIT = 16_384

/** What mail servers and the SMS gateway report. Whatever was understood of it, the answer is 204: they need not come again. */
export function hookRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['notifications']
  const { config, db, log } = services

  return async (app) => {
    app.addContentTypeParser(
      'message/rfc822',
      { parseAs: 'buffer', bodyLimit: REPORT_LIMIT },
      (_request, body, done) => done(null, body),
    )
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_LIMIT },
      (_request, body, done) => done(null, new URLSearchParams(body as string)),
    )

    app.post(
      '/hooks/mail/bounces',
      {
        config: { ...OPEN, posted: { types: ['message/rfc822'], body: MailReport } },
        schema: {
          tags,
          summary:
            'A mail that came to a return path, as message/rfc822, with the secret as Authorization: Bearer',
          querystring: ReportQuery,
          response: { 204: Type.Null() },
        },
      },
      async ({ headers, body, query }, reply) => {
        mustKnow(config.mailHookSecret, /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1])
        const outcome = Buffer.isBuffer(body)
          ? await takeMailReport(services, body, query.recipient)
          : 'ignored'
        log.info({ outcome }, 'a mail server reported')
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/hooks/sms/reports',
      {
        config: { ...OPEN, posted: { types: ['application/x-www-form-urlencoded'], body: SmsReport } },
        schema: {
          tags,
          summary: 'What became of an SMS, as the gateway posts it: a form with id and status',
          querystring: SecretQuery,
          response: { 204: Type.Null() },
        },
      },
      async ({ body, query }, reply) => {
        mustKnow(config.smsHookSecret, query.secret)
        const [id, status] = body instanceof URLSearchParams ? [body.get('id'), body.get('status')] : []
        if (id && status && /^[\w-]{5,100}$/.test(id) && /^[A-Za-z]{2,30}$/.test(status))
          await noteSmsReport(db.anonymous, id, status)
        return reply.code(204).send(null)
      },
    )
  }
}

/** 404 `hook.not_found` where none is configured, 403 `hook.refused` for who does not know the secret. */
function mustKnow(secret: string | null, given: string | undefined): void {
  if (secret === null) throw notFound('hook')
  if (given === undefined || !equalText(secret, given))
    throw forbidden('hook.refused', 'The secret is not the one.')
}
