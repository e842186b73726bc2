import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type { Logger }

const NEVER = ['headers', 'body', 'email', 'ip', 'password', 'token', 'cookie', 'authorization', 'full_name']
const EMAIL = /[^\s@"'()=<>]+@[^\s@"'()<>]+/g

/**
 * The process's log: JSON lines on stdout in production, short readable lines elsewhere.
 * Bodies, headers, e-mails, names and addresses never reach it: they are removed by key, errors keep
 * only type, code, message and stack (PostgreSQL's `detail` quotes row values), and what looks like an e-mail is masked.
 */
export function createLog(config: Pick<Config, 'env' | 'logLevel'>): Logger {
  const options = {
    level: config.logLevel,
    base: null,
    redact: { paths: NEVER.flatMap((key) => [key, `*.${key}`]), remove: true },
    serializers: { err: describeError, error: describeError, req: describeRequest, res: describeResponse },
  }
  if (config.env === 'production') return pino(options)
  return pino(options, { write: (line: string) => void process.stdout.write(readableLine(line)) })
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: mask(String(error)) }
  const code = 'code' in error ? { code: error.code } : {}
  return { type: error.name, ...code, message: mask(error.message), stack: mask(error.stack ?? '') }
}

/** The route's pattern, not the URL: a query string may carry names. */
function describeRequest(request: { id?: unknown; method?: string; routeOptions?: { url?: string } }) {
  return { id: request.id, method: request.method, route: request.routeOptions?.url }
}

function describeResponse(reply: { statusCode?: number }) {
  return { status: reply.statusCode }
}

function mask(text: string): string {
  return text.replace(EMAIL, '[masked]')
}

function readableLine(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const clock = new Date(Number(time)).toISOString().slice(11, 23)
  const label = pino.levels.labels[Number(level)] ?? 'info'
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${[clock, label.padEnd(5), msg, ...fields, stackOf(err)].filter(Boolean).join(' ')}\n`
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return ''
  return `\n${String(error.stack)}`
}
