import { openApp } from '../app/server.ts'
import { openWeb } from '../app/web.ts'
import { freePort } from '../platform/db/embedded.ts'
import { startApp, type TestApp } from './app.ts'
import type { TestDatabase } from './database.ts'

export type TestSite = TestApp & { readonly origin: string }

type Overrides = Parameters<typeof startApp>[1] & {
  /** What browsers call this machine: passkeys want a name. */
  readonly hostname?: string
}

/** The real application with its pages, listening on a port of this machine. The pages must have been built. */
export async function startSite(database: TestDatabase, overrides: Overrides = {}): Promise<TestSite> {
  const port = await freePort()
  const origin = `http://${overrides.hostname ?? '127.0.0.1'}:${port}`
  const app = await startApp(database, {
    ...overrides,
    // Where files are sent to is an address of this site.
    env: { PUBLIC_URL: origin, ...overrides.env },
    open: async (services, parts) => {
      const pages = await openWeb(services.config, services.log)
      if (!pages) throw new Error('the web application is not built: npm run build')
      return openApp(services, parts, pages)
    },
  })
  await app.server.listen({ host: '127.0.0.1', port })
  return { ...app, origin }
}
