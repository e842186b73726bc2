import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../platform/services.ts'
import { accountRoutes } from './routes/accounts.ts'
import { adminPeopleRoutes } from './routes/admin-people.ts'
import { auditRoutes } from './routes/audit.ts'
import { coachApplicationRoutes } from './routes/coach-applications.ts'
import { consentRoutes } from './routes/consents.ts'
import { factorRoutes } from './routes/factors.ts'
import { federationRoutes } from './routes/federation.ts'
import { impersonationRoutes } from './routes/impersonation.ts'
import { legalRoutes } from './routes/legal.ts'
import { nameRoutes } from './routes/names.ts'
import { passkeyRoutes } from './routes/passkeys.ts'
import { peopleRoutes } from './routes/people.ts'
import { phoneRoutes } from './routes/phones.ts'
import { platformSettingRoutes } from './routes/platform-settings.ts'
import { profileRoutes } from './routes/profiles.ts'
import { relationRoutes } from './routes/relations.ts'
import { roleRoutes } from './routes/roles.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { settingsRoutes } from './routes/settings.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { skillRoutes } from './routes/skills.ts'
import { tagChangeRoutes } from './routes/tag-changes.ts'
import { tagRoutes } from './routes/tags.ts'

export function identityRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(accountRoutes(services))
    await app.register(legalRoutes(services))
    await app.register(consentRoutes(services))
    await app.register(signInRoutes(services))
    await app.register(sessionRoutes(services))
    await app.register(factorRoutes(services))
    await app.register(platformSettingRoutes(services))
    await app.register(peopleRoutes(services))
    await app.register(relationRoutes(services))
    await app.register(phoneRoutes(services))
    await app.register(coachApplicationRoutes(services))
    await app.register(passkeyRoutes(services))
    await app.register(nameRoutes(services))
    await app.register(profileRoutes(services))
    await app.register(settingsRoutes(services))
    await app.register(skillRoutes(services))
    await app.register(tagRoutes(services))
    await app.register(federationRoutes(services))
    await app.register(adminPeopleRoutes(services))
    await app.register(roleRoutes(services))
    await app.register(impersonationRoutes(services))
    await app.register(tagChangeRoutes(services))
    await app.register(auditRoutes(services))
  }
}
