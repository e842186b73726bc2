import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { changeSetting, readPublicSettings, readSettings } from '../platform-settings.ts'
import {
  PublicSettings,
  Setting,
  SettingChange,
  SettingPath,
  Settings,
} from '../schemas/platform-settings.ts'

export function platformSettingRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/settings',
      {
        config: { access: 'public', session: 'ignored', maintenance: 'open' },
        schema: {
          tags: ['identity'],
          summary: 'How the platform is set, as far as everybody may know',
          response: { 200: PublicSettings },
        },
      },
      async (_request, reply) => sendJson(reply, await readPublicSettings(services), { etag: true }),
    )

    app.get(
      '/admin/settings',
      {
        config: { access: { permission: 'settings.read' } },
        schema: {
          tags: ['identity'],
          summary: 'Every setting of the platform, and who changed it last',
          response: { 200: Settings },
        },
      },
      async (request, reply) => sendJson(reply, await readSettings(services, request.actor!)),
    )

    app.put(
      '/admin/settings/:key',
      {
        config: {
          access: { permission: 'settings.change' },
          proof: 'recent',
          errors: ['setting.not_found', 'setting.invalid_value'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Change a setting, for every process at once',
          params: SettingPath,
          body: SettingChange,
          response: { 200: Setting },
        },
      },
      async (request, reply) => {
        const { actor, params, body } = request
        return sendJson(reply, await changeSetting(services, actor!, params.key, body.value))
      },
    )
  }
}
