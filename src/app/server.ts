import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { analyticsRoutes } from '../domains/analytics/routes.ts'
import { coachingRoutes } from '../domains/coaching/routes.ts'
import { communityRoutes } from '../domains/community/routes.ts'
import { contentRoutes } from '../domains/content/routes.ts'
import { eventsRoutes } from '../domains/events/routes.ts'
import { homeRoutes } from '../domains/home/routes.ts'
import { identityRoutes } from '../domains/identity/routes.ts'
import { learningRoutes } from '../domains/learning/routes.ts'
import { streamRoutes } from '../domains/notifications/routes/stream.ts'
import { notificationsRoutes } from '../domains/notifications/routes.ts'
import { partnersRoutes } from '../domains/partners/routes.ts'
import { privacyRoutes } from '../domains/privacy/routes.ts'
import { watchOriginKeys } from '../platform/audit/index.ts'
import { assertRuntimeRole } from '../platform/db/open.ts'
import { outboxRoutes } from '../platform/delivery/index.ts'
import {
  buildServer,
  closeServer,
  type Gate,
  type MountedRoutes,
  type PageHandler,
  type Server,
} from '../platform/http/index.ts'
import type { Services } from '../platform/services.ts'
import { localStorageRoutes, publicFiles } from '../platform/storage/index.ts'
import type { CommandContext } from './command.ts'
import { prepareDataFolder } from './data-folder.ts'
import { NOTICES } from './notices.ts'
import { assertPortFree, listen } from './port.ts'
import { authenticator, PERMISSIONS, recorderOnBehalf, watchMaintenance } from './ports.ts'
import { readinessOf } from './readiness.ts'
import { openServices } from './services.ts'
import { sharedConfig } from './shared-config.ts'
import { openWith, type Parts } from './shutdown.ts'
import { WATCHABLES } from './watchables.ts'
import { openWeb } from './web.ts'

type DomainRoutes = {
  readonly prefix: string
  readonly routes: (services: Services) => FastifyPluginAsyncTypebox
}

const API = '/api/v1'

/** What is served, one line a domain. */
const DOMAINS: readonly DomainRoutes[] = [
  { prefix: API, routes: identityRoutes },
  { prefix: API, routes: (services) => notificationsRoutes(services, NOTICES) },
  {
    prefix: API,
    routes: (services) => streamRoutes(services, { registry: NOTICES, watchables: WATCHABLES }),
  },
  { prefix: API, routes: contentRoutes },
  { prefix: API, routes: learningRoutes },
  { prefix: API, routes: communityRoutes },
  { prefix: API, routes: coachingRoutes },
  { prefix: API, routes: eventsRoutes },
  { prefix: API, routes: partnersRoutes },
  { prefix: API, routes: privacyRoutes },
  { prefix: API, routes: analyticsRoutes },
  { prefix: API, routes: homeRoutes },
]

/** `server`: HTTP alone, on a database and a cache that it shares with other processes. It never migrates. */
export function serve({ config, log }: CommandContext): Promise<void> {
  return openWith({ config, log }, async (parts) => {
    const ready = sharedConfig(config)
    prepareDataFolder(config.dataDir)
    await assertPortFree(config)
    await assertRuntimeRole('DATABASE_URL', ready.databaseUrl)
    await openServer(await openServices(ready, log, parts), parts)
    log.info({ host: config.host, port: config.port }, 'serving')
  })
}

/** Builds the server with every domain and listens. */
export async function openServer(services: Services, parts: Parts): Promise<void> {
  const pages = await openWeb(services.config, services.log)
  await listen(await openApp(services, parts, pages), services.config)
}

/** The server before it listens; tests call `inject` on it. `pages`: the web application beside the API. */
export async function openApp(
  services: Services,
  parts: Parts,
  pages: PageHandler | null = null,
): Promise<Server> {
  const maintenance = await watchMaintenance(services)
  parts.add('maintenance mode', () => maintenance.stop())
  parts.add('audit keys', await watchOriginKeys(services))
  const server = await buildApp(services, maintenance, pages)
  parts.add('http server', () => closeServer(server))
  return server
}

/** The routes with all that they share, and nothing that runs beside them. */
export function buildApp(services: Services, gate: Gate, pages: PageHandler | null = null): Promise<Server> {
  const { config, log, metrics, clock, cache } = services
  return buildServer({
    config,
    log,
    metrics,
    clock,
    cache,
    gate,
    authenticate: authenticator(services),
    recordReadOnBehalf: recorderOnBehalf(services),
    permissions: PERMISSIONS,
    readiness: readinessOf(services),
    plugins: mountedRoutes(services),
    pages,
  })
}

function mountedRoutes(services: Services): MountedRoutes[] {
  const domains = DOMAINS.map(({ prefix, routes }) => ({ prefix, routes: routes(services) }))
  return [
    { prefix: '/storage', routes: localStorageRoutes(services.storage) },
    publicFiles(services.storage),
    { prefix: '/dev/outbox', routes: outboxRoutes(services.config) },
    ...domains,
  ]
}
