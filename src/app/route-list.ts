import type { Config, ReadyConfig } from '../platform/config.ts'
import type { RouteRule } from '../platform/http/index.ts'
import type { Logger } from '../platform/log.ts'
import { buildApp } from './server.ts'
import { openServices } from './services.ts'
import { openParts } from './shutdown.ts'

/** Never connected to: the server is built, and neither listens nor is asked. */
const NOWHERE = 'postgres://app_user@127.0.0.1:1/nowhere'

/** Every route with what it asks of its caller. Needs no database, no cache and no port. */
export async function listRoutes({
  config,
  log,
}: {
  config: Config
  log: Logger
}): Promise<readonly RouteRule[]> {
  const parts = openParts(log)
  try {
    const services = await openServices(detached(config), log, parts)
    const server = await buildApp(services, { isClosed: () => false })
    parts.add('http server', () => server.close())
    return server.rules
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
