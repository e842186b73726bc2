import type { FastifyInstance } from 'fastify'

const DEFAULT_GRACE_MS = 8_000

/**
 * Takes no new connections, finishes what is in flight (each reply then closes its connection), closes idle ones, and
 * after `graceMs` cuts what still hangs. Resolves when all is closed.
 */
export async function closeServer(app: FastifyInstance, graceMs = DEFAULT_GRACE_MS): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs)
  // A request that came before the close is answered with keep-alive: its connection is idle only afterwards.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
    clearInterval(sweep)
  }
}
