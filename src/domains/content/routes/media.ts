import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { mediaPath } from '../../../platform/storage/index.ts'
import { completeUpload } from '../completion.ts'
import type { Asset } from '../queries/media.ts'
import { discardAsset, removePicture } from '../removal.ts'
import { AssetParams, MediaAsset, MediaAssets, NewUpload, StartedUpload } from '../schemas/media.ts'
import { listAssets, readAsset, startUpload } from '../uploads.ts'
import { usageOf } from '../usages.ts'

export function mediaRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['content']

  return async (app) => {
    app.post(
      '/media-uploads',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          limit: 'upload',
          errors: ['media.too_large', 'media.too_many_open', 'media.portfolio_full'],
        },
        schema: {
          tags,
          summary: 'Begin to upload a picture: where to send the file, past this server',
          body: NewUpload,
          response: { 201: StartedUpload },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await startUpload(services, request.actor!, request.body)),
    )

    app.post(
      '/media-uploads/:asset_id/completion',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          limit: 'upload',
          errors: [
            'media.not_found',
            'media.not_uploaded',
            'media.expired',
            'media.unsupported',
            'media.damaged',
            'media.too_many_bytes',
            'media.too_many_pixels',
            'media.too_small',
            'media.too_narrow',
            'media.too_costly',
            'images.busy',
            'images.interrupted',
            'storage.unavailable',
          ],
        },
        schema: {
          tags,
          summary: 'The file has been sent: look into it, make its variants, and show it',
          description:
            'Answers when it is done, which takes about a second; 202 while another request is at it. May be repeated.',
          params: AssetParams,
          response: { 200: MediaAsset, 202: MediaAsset },
        },
      },
      async (request, reply) => {
        const asset = await completeUpload(services, request.actor!, request.params.asset_id)
        return reply.code(asset.processing_status === 'ready' ? 200 : 202).send(told(asset))
      },
    )

    app.get(
      '/media-uploads/:asset_id',
      {
        config: { access: 'signed_in', errors: ['media.not_found'] },
        schema: {
          tags,
          summary: 'An upload of mine, and what became of it',
          params: AssetParams,
          response: { 200: MediaAsset },
        },
      },
      async (request) => told(await readAsset(services, request.actor!, request.params.asset_id)),
    )

    app.get(
      '/media-uploads',
      {
        config: { access: 'signed_in' },
        schema: {
          tags,
          summary: 'My uploads that are open, and my pictures that are in use or can be',
          response: { 200: MediaAssets },
        },
      },
      async (request) => ({ items: (await listAssets(services, request.actor!)).map(told) }),
    )

    app.delete(
      '/media-uploads/:asset_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['media.not_found', 'media.in_use'],
        },
        schema: {
          tags,
          summary: 'Give up an upload, or remove a picture of my portfolio that my profile names no more',
          params: AssetParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await discardAsset(services, request.actor!, request.params.asset_id)
        return reply.code(204).send(null)
      },
    )

    for (const [path, usage] of [
      ['/me/photo', 'profile_photo'],
      ['/me/cover', 'cover_photo'],
    ] as const) {
      app.delete(
        path,
        {
          config: { access: 'signed_in', impersonation: 'allowed' },
          schema: {
            tags,
            summary: `Take my ${usage.replace('_', ' ')} down`,
            description: 'Its files are gone within two hours.',
            response: { 204: Type.Null() },
          },
        },
        async (request, reply) => {
          await removePicture(services, request.actor!, usage)
          return reply.code(204).send(null)
        },
      )
    }
  }
}

function told({ usage_type, is_expired: _, variants, ...asset }: Asset) {
  return {
    ...asset,
    usage: usageOf({ usage_type }),
    variants: (variants ?? []).map((variant) => ({ ...variant, path: mediaPath(variant.key) })),
  }
}
