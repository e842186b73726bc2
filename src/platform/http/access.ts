import type { TSchema } from 'typebox'
import type { Actor } from '../actor.ts'

/** Who may call a route. `permission`: whoever has a role that the table of permissions gives it to. */
export type Access = 'public' | 'signed_in' | { readonly permission: string }

/** Finds the actor that a session token stands for; null when it stands for nobody (any more). Wired in app/. */
export type Authenticate = (token: string) => Promise<Actor | null>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required: a route without it is refused at registration. */
    access?: Access
    /** For public routes whose answer never depends on the reader: the token is not even looked at. */
    session?: 'ignored'
    /**
     * 'recent': the session's holder proved who they are in the last ten minutes, else 403 `auth.step_up_required`.
     * Implies `impersonation: 'refused'`: who acts for another cannot prove to be them.
     */
    proof?: 'recent'
    /**
     * refused: 403 `auth.impersonation_refused` while a super admin acts for somebody else. Money, passwords, factors and
     * sessions are nobody else's to touch, nor is somebody's word: consent, application, endorsement. A route for the
     * signed-in that changes something says which, or is refused at registration.
     */
    impersonation?: 'refused' | 'allowed'
    /** Its replies stay open: their time says nothing, and they are counted by whoever holds them. */
    stays?: 'open'
    /** Set at registration: what this route says to an actor now. For replies that stay open, to ask again by. */
    judge?: (actor: Actor | null) => Error | undefined
    /** A body that is no JSON and that the route reads by itself, as the API document tells of it. */
    posted?: { readonly types: readonly string[]; readonly body: TSchema }
    /** The codes of errors that this route may answer with, besides those of every route; listed in the API document. */
    errors?: readonly string[]
  }
  interface FastifyRequest {
    /** Null = anonymous; never null on a route whose access is not 'public'. */
    actor: Actor | null
  }
}
