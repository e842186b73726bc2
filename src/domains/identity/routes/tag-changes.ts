import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { NewTag, Tag, TagChange, TagMerge, TagPath } from '../schemas/tags.ts'
import { addTag, changeTag, mergeTag, removeTag } from '../tag-changes.ts'

const KEEPING = { access: { permission: 'tags.change' }, impersonation: 'refused' } as const

export function tagChangeRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/admin/tags',
      {
        config: { ...KEEPING, errors: ['tag.name_taken', 'tag.without_slug'] },
        schema: {
          tags: ['identity'],
          summary: 'Add a tag to the taxonomy',
          body: NewTag,
          response: { 201: Tag },
        },
      },
      async (request, reply) => reply.code(201).send(await addTag(services, request.actor!, request.body)),
    )

    app.patch(
      '/admin/tags/:tag_id',
      {
        config: { ...KEEPING, errors: ['tag.not_found', 'tag.name_taken', 'tag.without_slug'] },
        schema: {
          tags: ['identity'],
          summary: 'Give a tag another name or category',
          params: TagPath,
          body: TagChange,
          response: { 200: Tag },
        },
      },
      async (request) => changeTag(services, request.actor!, request.params.tag_id, request.body),
    )

    app.delete(
      '/admin/tags/:tag_id',
      {
        config: { ...KEEPING, errors: ['tag.not_found', 'tag.in_use'] },
        schema: {
          tags: ['identity'],
          summary: 'Remove a tag that nobody has',
          params: TagPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await removeTag(services, request.actor!, request.params.tag_id)
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/admin/tags/:tag_id/merge',
      {
        config: {
          ...KEEPING,
          errors: ['tag.not_found', 'tag.into_itself', 'tag.other_category'],
        },
        schema: {
          tags: ['identity'],
          summary:
            'Put another tag in the place of this one, with all who have it and all who vouch for them',
          params: TagPath,
          body: TagMerge,
          response: { 200: Tag },
        },
      },
      async (request) => mergeTag(services, request.actor!, request.params.tag_id, request.body.into),
    )
  }
}
