import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { endorse, withdrawEndorsement } from '../endorsements.ts'
import { PersonSkillPath, PersonSkillsPath, SkillLevel, SkillPath, Skills } from '../schemas/skills.ts'
import { addSkill, readSkills, removeSkill } from '../skills.ts'

export function skillRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me/skills',
      {
        config: { access: 'signed_in', errors: ['person.not_found'] },
        schema: { tags: ['identity'], summary: 'My skills', response: { 200: Skills } },
      },
      async (request, reply) =>
        sendJson(reply, await readSkills(services, request.actor, request.actor!.userId)),
    )

    app.put(
      '/me/skills/:tag_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['skill.not_found', 'skill.too_many'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Say that I have a skill, and how well',
          params: SkillPath,
          body: SkillLevel,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await addSkill(services, request.actor!, { ...request.params, ...request.body })
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/me/skills/:tag_id',
      {
        config: { access: 'signed_in', impersonation: 'allowed' },
        schema: {
          tags: ['identity'],
          summary: 'Take one of my skills away, with its endorsements',
          params: SkillPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await removeSkill(services, request.actor!, request.params.tag_id)
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/people/:user_id/skills',
      {
        config: { access: 'public', errors: ['person.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'Somebody’s skills, and who vouches for them',
          params: PersonSkillsPath,
          response: { 200: Skills },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readSkills(services, request.actor, request.params.user_id)),
    )

    app.put(
      '/people/:user_id/skills/:tag_id/endorsement',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          errors: ['skill.not_found', 'endorsement.own_skill'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Vouch for somebody’s skill',
          params: PersonSkillPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await endorse(services, request.actor!, request.params)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/people/:user_id/skills/:tag_id/endorsement',
      {
        config: { access: 'signed_in', impersonation: 'refused' },
        schema: {
          tags: ['identity'],
          summary: 'Vouch for it no longer',
          params: PersonSkillPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await withdrawEndorsement(services, request.actor!, request.params)
        return reply.code(204).send(null)
      },
    )
  }
}
