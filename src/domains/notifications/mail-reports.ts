import { createHash } from 'node:crypto'
import { parseReport, readReturnPath } from '../../platform/delivery/index.ts'
import { noteBounce } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { switchTypes } from '../identity/index.ts'
import { typesOf } from './unsubscribe.ts'
import { readUnsubscribeToken } from './unsubscribe-token.ts'

/** What became of a report: nothing of ours, counted, an address that takes no more, or a type that was switched off. */
export type ReportOutcome = 'ignored' | 'counted' | 'suppressed' | 'switched_off'

type Parts = Pick<Services, 'db' | 'cache' | 'log' | 'clock'> & {
  readonly config: Pick<Services['config'], 'secretKey' | 'mailBounceAddress'>
}

/**
 * Takes a mail that a server sent to a return path of ours. Nothing in it is believed that we did not sign: whom a mail was
 * for, and what it was about. `recipient`: the envelope's, where the mail server tells it.
 */
export async function takeMailReport(
  services: Parts,
  raw: Buffer,
  recipient?: string,
): Promise<ReportOutcome> {
  const { config, clock, db } = services
  const report = parseReport(raw)
  if (!report) return 'ignored'
  if (report.kind === 'complaint') {
    const token = /[?&]token=([\w.-]{1,200})/.exec(report.listUnsubscribe ?? '')?.[1]
    const subscription = readUnsubscribeToken(config, token ?? '')
    if (subscription) {
      const { userId, channel, topic } = subscription
      const off = { channel, types: typesOf(topic), on: false, source: 'complaint' } as const
      return (await switchTypes(services, userId, off)) ? 'switched_off' : 'ignored'
    }
  }
  const sent = [recipient ?? '', ...report.addresses]
    .map((address) => readReturnPath(config, address, clock.now()))
    .find((one) => one !== undefined)
  if (!sent) return 'ignored'
  const hash = createHash('sha256').update(raw).digest()
  const bounce =
    report.kind === 'bounce'
      ? ({
          isGone: report.isGone,
          reason: report.isGone ? 'gone' : 'soft_bounces',
          status: report.status,
          hash,
        } as const)
      : ({ isGone: false, reason: 'complaint', status: null, hash } as const)
  return (await noteBounce(db.anonymous, sent, bounce)) ? 'suppressed' : 'counted'
}
