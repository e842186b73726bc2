import type { Config, ReadyConfig } from '../platform/config.ts'
import type { RouteRule, Server } from '../platform/http/index.ts'
import type { Logger } from '../platform/log.ts'
import { buildApp } from './server.ts'
import { openServices } from './services.ts'
import { openParts } from './shutdown.ts'

/** Never connected to: the server is built, and neither listens nor is asked. */
const NOWHERE = 'postgres://app_user@127.0.0.1:1/nowhere'

type Target = { config: Config; log: Logger }

/** Every route with what it asks of its caller. Needs no database, no cache and no port. */
export function listRoutes(target: Target): Promise<readonly RouteRule[]> {
  return withDetachedServer(target, (server) => server.rules)
}

/** What `/openapi.json` answers, as JSON text. Needs no database either. */
export function openApiDocument(target: Target): Promise<string> {
  return withDetachedServer(target, (server) => JSON.stringify(server.swagger(), null, 2))
}

async function withDetachedServer<T>({ config, log }: Target, read: (server: Server) => T): Promise<T> {
  const parts = openParts(log)
  try {
    const services = await openServices(detached(config), log, parts)
    const server = await buildApp(services, { isClosed: () => false })
    parts.add('http server', () => server.close())
    return read(server)
  } finally {
    await parts.closeAll()
  }
}

function detached(config: Config): ReadyConfig {
  return {
    ...config,
    databaseUrl: NOWHERE,
    databaseWorkerUrl: NOWHERE,
    redisUrl: null,
    secretKey: 'signs nothing: no address leaves this process',
  }
}
