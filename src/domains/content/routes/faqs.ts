import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { addFaq, arrangeFaqs, changeFaq, removeFaq } from '../faq-changes.ts'
import { readEditedFaqs, readFaqs, voteForFaq, withdrawVote } from '../faqs.ts'
import {
  EditedFaq,
  EditedFaqQuery,
  EditedFaqs,
  FaqChange,
  FaqOrder,
  FaqPath,
  FaqQuery,
  Faqs,
  NewFaq,
} from '../schemas/faqs.ts'

const EDITING = { access: { permission: 'faqs.change' }, impersonation: 'refused' } as const
const VOTING = { access: 'signed_in', impersonation: 'refused' } as const

export function faqRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['content']

  return async (app) => {
    app.get(
      '/faqs',
      {
        config: { access: 'public', limit: 'search', errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'Frequently asked questions with their answers, by category',
          querystring: FaqQuery,
          response: { 200: Faqs },
        },
      },
      async ({ actor, query }, reply) =>
        sendJson(reply, await readFaqs(services, actor, query), { etag: actor === null }),
    )

    app.put(
      '/faqs/:faq_id/vote',
      {
        config: { ...VOTING, errors: ['faq.not_found'] },
        schema: { tags, summary: 'Say that it helped', params: FaqPath, response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        await voteForFaq(services, request.actor!, request.params.faq_id)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/faqs/:faq_id/vote',
      {
        config: VOTING,
        schema: { tags, summary: 'Take that back', params: FaqPath, response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        await withdrawVote(services, request.actor!, request.params.faq_id)
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/admin/faqs',
      {
        config: { access: { permission: 'faqs.change' }, errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'All questions, drafts and translations too',
          querystring: EditedFaqQuery,
          response: { 200: EditedFaqs },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readEditedFaqs(services, request.actor!, request.query)),
    )

    app.post(
      '/admin/faqs',
      {
        config: { ...EDITING, errors: ['faq.not_found', 'faq.translation_taken', 'faq.not_an_original'] },
        schema: {
          tags,
          summary: 'Add a question, or its translation',
          body: NewFaq,
          response: { 201: EditedFaq },
        },
      },
      async (request, reply) =>
        sendJson(reply.code(201), await addFaq(services, request.actor!, request.body)),
    )

    app.patch(
      '/admin/faqs/:faq_id',
      {
        config: { ...EDITING, errors: ['faq.not_found'] },
        schema: {
          tags,
          summary: 'Rewrite a question, publish it or take it down',
          params: FaqPath,
          body: FaqChange,
          response: { 200: EditedFaq },
        },
      },
      async (request, reply) =>
        sendJson(reply, await changeFaq(services, request.actor!, request.params.faq_id, request.body)),
    )

    app.delete(
      '/admin/faqs/:faq_id',
      {
        config: { ...EDITING, errors: ['faq.not_found'] },
        schema: {
          tags,
          summary: 'Remove a question with its translations',
          params: FaqPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await removeFaq(services, request.actor!, request.params.faq_id)
        return reply.code(204).send(null)
      },
    )

    app.put(
      '/admin/faqs/order',
      {
        config: { ...EDITING, errors: ['faq.not_found'] },
        schema: {
          tags,
          summary: 'Arrange the questions of a category',
          body: FaqOrder,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await arrangeFaqs(services, request.actor!, request.body.faq_ids)
        return reply.code(204).send(null)
      },
    )
  }
}
