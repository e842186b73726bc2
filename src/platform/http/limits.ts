/**
 * How often somebody may call. `perUser` counts who is signed in; `perNetwork` counts strangers by the network of their
 * address, and is generous, because a school or a whole mobile operator may share one. Strict classes guard what can be
 * guessed or sends mail: they count by network and by user, exactly, and refuse when nobody can count.
 */
export type LimitRules = {
  readonly strict: boolean
  readonly windowSeconds: number
  /** Null: on its routes nobody is signed in yet. */
  readonly perUser: number | null
  readonly perNetwork: number
}

const MINUTE = 60
const HOUR = 3600

/** The one table of limits. A route names its class in `config.limit`; else its method decides: `read` or `write`. */
export const LIMITS = {
  read: { strict: false, windowSeconds: MINUTE, perUser: 1200, perNetwork: 60_000 },
  write: { strict: false, windowSeconds: MINUTE, perUser: 600, perNetwork: 20_000 },
  /** Full-text search, and whatever else costs ten times a read. */
  search: { strict: false, windowSeconds: MINUTE, perUser: 120, perNetwork: 6000 },
  /** Opening a stream, which is held open: a browser comes again after each loss. */
  stream: { strict: false, windowSeconds: MINUTE, perUser: 60, perNetwork: 6000 },
  upload: { strict: false, windowSeconds: HOUR, perUser: 120, perNetwork: 6000 },
  export: { strict: false, windowSeconds: HOUR, perUser: 10, perNetwork: 600 },
  /** A sign-in by passkey is two requests. */
  sign_in: { strict: true, windowSeconds: MINUTE, perUser: null, perNetwork: 1200 },
  registration: { strict: true, windowSeconds: HOUR, perUser: null, perNetwork: 1000 },
  /** Whatever sends mail or a message to somebody. */
  reset: { strict: true, windowSeconds: HOUR, perUser: 20, perNetwork: 600 },
  /** TOTP, SMS and recovery codes, and proofs of who someone is. */
  code: { strict: true, windowSeconds: 5 * MINUTE, perUser: 30, perNetwork: 3000 },
} as const satisfies Record<string, LimitRules>

export type LimitClass = keyof typeof LIMITS
