import type { FastifyInstance } from 'fastify'

const DEFAULT_GRACE_MS = 8_000

/**
 * Takes no new connections, finishes what is in flight (each reply then closes its connection), closes idle ones, and
 * after `graceMs` cuts what still hangs. Resolves when all is closed.
 */
export async function closeServer(app: FastifyInstance, graceMs = DEFAULT_GRACE_MS): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
  }
}
