import type { Actor } from '../actor.ts'

/** Who may call a route. `roles`: any one of them is enough. */
export type Access = 'public' | 'signed_in' | { readonly roles: readonly string[] }

/** Finds the actor that a session token stands for; null when it stands for nobody (any more). Wired in app/. */
export type Authenticate = (token: string) => Promise<Actor | null>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required: a route without it is refused at registration. */
    access?: Access
    /** For public routes whose answer never depends on the reader: the token is not even looked at. */
    session?: 'ignored'
    /** The codes of errors that this route may answer with, besides those of every route; listed in the API document. */
    errors?: readonly string[]
  }
  interface FastifyRequest {
    /** Null = anonymous; never null on a route whose access is not 'public'. */
    actor: Actor | null
  }
}
