import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { confirmEmailChange, requestEmailChange } from '../email-change.ts'
import { resendLink, verifyEmail } from '../email-verification.ts'
import { changePassword } from '../password-change.ts'
import { ratePassword } from '../password-policy.ts'
import { requestReset, resetPassword } from '../password-reset.ts'
import { register } from '../registration.ts'
import {
  EmailOnly,
  EmailVerification,
  MailSent,
  PasswordChange,
  PasswordReset,
  PasswordStrength,
  PasswordToRate,
  Registration,
  SignedIn,
  TokenOnly,
} from '../schemas/accounts.ts'
import { deviceOf, handOver, holderOf } from './session-reply.ts'

const SENT = { status: 'mail_sent' } as const

export function accountRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config } = services
  const open = { access: 'public', session: 'ignored' } as const
  const tags = ['identity']

  return async (app) => {
    app.post(
      '/auth/register',
      {
        config: {
          ...open,
          limit: 'registration',
          errors: [
            'auth.username_taken',
            'auth.registration_closed',
            'auth.password_weak',
            'auth.busy',
            'legal.acceptance_required',
            'legal.version_outdated',
          ],
        },
        schema: {
          tags,
          summary: 'Create an account; a link goes to its address',
          body: Registration,
          response: { 202: MailSent },
        },
      },
      async (request, reply) => {
        await register(services, request.body, deviceOf(request, config).ip)
        return reply.code(202).send(SENT)
      },
    )

    app.post(
      '/auth/email-verifications',
      {
        config: {
          ...open,
          limit: 'code',
          errors: ['auth.link_invalid', 'auth.invalid_credentials', 'auth.account_inactive', 'auth.busy'],
        },
        schema: {
          tags,
          summary: 'Verify the address by its link and the password chosen for it; signs in',
          body: EmailVerification,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { token, password, session: kind = 'cookie', device } = request.body
        const from = deviceOf(request, config, device)
        return handOver(reply, await verifyEmail(services, { token, password, kind }, from), config)
      },
    )

    app.post(
      '/auth/verification-mails',
      {
        config: { ...open, limit: 'reset' },
        schema: { tags, summary: 'Send the link once more', body: EmailOnly, response: { 202: MailSent } },
      },
      async (request, reply) => {
        await resendLink(services, request.body.email)
        return reply.code(202).send(SENT)
      },
    )

    app.post(
      '/auth/password-resets',
      {
        config: { ...open, limit: 'reset' },
        schema: {
          tags,
          summary: 'Ask for a link to set a password',
          body: EmailOnly,
          response: { 202: MailSent },
        },
      },
      async (request, reply) => {
        await requestReset(services, request.body.email)
        return reply.code(202).send(SENT)
      },
    )

    app.post(
      '/auth/password-resets/completion',
      {
        config: { ...open, limit: 'code', errors: ['auth.link_invalid', 'auth.password_weak', 'auth.busy'] },
        schema: {
          tags,
          summary: 'Set a password by the link; signs out everywhere',
          body: PasswordReset,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await resetPassword(services, request.body)
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/auth/password-strength',
      {
        config: { ...open, limit: 'search' },
        schema: {
          tags,
          summary: 'How hard a password is to guess',
          body: PasswordToRate,
          response: { 200: PasswordStrength },
        },
      },
      async (request) => {
        const { password, hints = [] } = request.body
        const { suggestions, ...rated } = await ratePassword(password, hints)
        return { ...rated, suggestions: [...suggestions] }
      },
    )

    app.put(
      '/me/password',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['auth.password_weak', 'auth.busy'] },
        schema: {
          tags,
          summary: 'Set my password; signs every other device out',
          body: PasswordChange,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { new_password } = request.body
        const holder = holderOf(request, config)
        return handOver(reply, await changePassword(services, request.actor!, new_password, holder), config)
      },
    )

    app.put(
      '/me/email',
      {
        config: { access: 'signed_in', proof: 'recent', limit: 'reset', errors: ['auth.email_same'] },
        schema: {
          tags,
          summary: 'Ask for another address; a link goes there',
          body: EmailOnly,
          response: { 202: MailSent },
        },
      },
      async (request, reply) => {
        await requestEmailChange(services, request.actor!, request.body.email)
        return reply.code(202).send(SENT)
      },
    )

    app.post(
      '/auth/email-changes/confirmation',
      {
        config: { ...open, limit: 'code', errors: ['auth.link_invalid', 'auth.email_taken'] },
        schema: {
          tags,
          summary: 'Make the new address the account’s, by its link',
          body: TokenOnly,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await confirmEmailChange(services, request.body.token)
        return reply.code(204).send(null)
      },
    )
  }
}
