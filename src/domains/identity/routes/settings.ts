import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { Settings, SettingsChange } from '../schemas/settings.ts'
import { changeSettings, readSettings } from '../settings.ts'

export function settingsRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me/settings',
      {
        config: { access: 'signed_in', errors: ['settings.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'My settings, with what I am told by which way',
          response: { 200: Settings },
        },
      },
      async (request) => readSettings(services, request.actor!),
    )

    app.patch(
      '/me/settings',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          errors: ['settings.not_found', 'settings.quiet_hours_empty'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Change my settings (JSON merge patch)',
          body: SettingsChange,
          response: { 200: Settings },
        },
      },
      async (request) => changeSettings(services, request.actor!, request.body, request.ip),
    )
  }
}
