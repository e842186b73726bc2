const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
])
const MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (was closed|has encountered)|Cannot use a pool after)/

/**
 * Whether a statement failed because the database could not be reached, was starting or stopping, or had no connection
 * left (SQLSTATE 08*, 57P0*, 53300): the caller answers 503, not 500.
 */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return SOCKET.has(code) || /^(08...|57P0.|53300)$/.test(code) || MESSAGE.test(error.message)
}
