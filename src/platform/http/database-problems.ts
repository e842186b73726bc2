import type { ProblemSource } from './problem.ts'

const BUSY = problem(503, 'database.busy', 'Too many changes at once; try again.', 1)
const AWAY = problem(503, 'database.unavailable', 'The database is out of reach; try again in a moment.', 2)
const UNKNOWN_TEXT = 'A text holds a character that cannot be stored.'

/** SQLSTATEs that a request can cause, and system errors of a lost connection. */
const BY_CODE: Readonly<Record<string, ProblemSource>> = {
  '22001': problem(400, 'request.too_long', 'A text is longer than its field.'),
  '22003': problem(400, 'request.out_of_range', 'A number is outside the range of its field.'),
  '22007': problem(400, 'request.invalid_value', 'A date or time is not valid.'),
  '22008': problem(400, 'request.out_of_range', 'A date or time is outside the range that can be stored.'),
  '22009': problem(400, 'request.invalid_value', 'A time zone is not valid.'),
  '22021': problem(400, 'request.invalid_text', UNKNOWN_TEXT),
  '22023': problem(400, 'request.invalid_value', 'A value is not one that its field takes.'),
  '22P02': problem(400, 'request.invalid_value', 'A value does not have the form of its field.'),
  '22P05': problem(400, 'request.invalid_text', UNKNOWN_TEXT),
  '23502': problem(400, 'request.missing_value', 'A required value is missing.'),
  '23503': problem(
    409,
    'request.unknown_reference',
    'Something that is referred to does not exist, or is in use.',
  ),
  '23505': problem(409, 'request.duplicate', 'The same thing already exists.'),
  '23514': problem(422, 'request.refused_value', 'A value breaks a rule of its field.'),
  '23P01': problem(409, 'request.overlap', 'It overlaps with what already exists.'),
  '42501': problem(403, 'auth.forbidden', 'You are not allowed to do this.'),
  '40001': BUSY,
  '40P01': BUSY,
  '55P03': BUSY,
  '57014': problem(503, 'database.timeout', 'The database took too long; try again later.', 5),
  '53300': AWAY,
  '57P01': AWAY,
  '57P02': AWAY,
  '57P03': AWAY,
  ECONNREFUSED: AWAY,
  ECONNRESET: AWAY,
  EPIPE: AWAY,
  ETIMEDOUT: AWAY,
}

export const DATABASE_CODES = [...new Set(Object.values(BY_CODE).map((one) => one.code))]

/** What `pg` and our pool say, without a code, when a connection goes or cannot be had. */
const LOST =
  /^(Connection terminated|Client (was closed|has encountered)|timeout expired|timeout exceeded when trying to connect|the database connection is closed)/

/**
 * The problem for an error of PostgreSQL or of the connection to it; undefined when it can only be a fault of ours
 * (a syntax error, a missing table). Constraint names and values stay out: they may hold personal data.
 */
export function databaseProblem(error: Error): ProblemSource | undefined {
  const code = 'code' in error ? String(error.code) : ''
  if (code.startsWith('08') || LOST.test(error.message) || isFailedConnect(error)) return AWAY
  return Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined
}

function isFailedConnect(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect'
}

function problem(status: number, code: string, detail: string, retryAfter?: number): ProblemSource {
  return { status, code, detail, retryAfter }
}
