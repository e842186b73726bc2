import net from 'node:net'
import type { Config } from '../platform/config.ts'
import { OperatorError } from '../platform/errors.ts'

/** Asked before any other work, so that an occupied port leaves nothing half done. Throws OperatorError. */
export function assertPortFree({ host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', (error) => reject(portError(host, port, error)))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()))
  })
}

type Listener = { listen(options: { host: string; port: number }): Promise<unknown> }

/** Listens; a port that was taken since it was asked about is the same one line. */
export async function listen(server: Listener, { host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw error instanceof Error && 'code' in error ? portError(host, port, error) : error
  }
}

function portError(host: string, port: number, error: { code?: unknown; message: string }): OperatorError {
  if (error.code === 'EADDRINUSE') {
    return new OperatorError(
      `PORT is "${port}": another process listens on it at ${host}; set PORT to a free one`,
    )
  }
  return new OperatorError(`cannot listen on HOST "${host}", PORT "${port}" (${error.code ?? error.message})`)
}
