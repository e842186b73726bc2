/** Tells whether the platform serves its staff alone just now (maintenance). Asked at every request, so it must cost nothing. */
export type Gate = { isClosed(): boolean }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** 'open': served to everybody also during maintenance. Probes, and what leads staff in. */
    maintenance?: 'open'
  }
}
