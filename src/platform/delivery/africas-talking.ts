import type { AfricasTalkingConfig } from '../config.ts'
import { NotAccepted, type SmsReceipt, type SmsSender } from './port.ts'

const PATIENCE_MS = 15_000
/** 100 processed, 101 sent, 102 queued. */
const TAKEN = [100, 101, 102]
/**
 * 401 held for review, and may still go out; 403 no phone number; 404 a kind of number that gets none; 406 the person has
 * blocked us; 409 their operator has. The others (no balance, our sender id, no route, their faults) can be put right.
 */
const FINAL = [401, 403, 404, 406, 409]

type Recipient = { readonly statusCode?: number; readonly messageId?: unknown; readonly cost?: unknown }
type Answer = { SMSMessageData?: { Recipients?: readonly Recipient[] } } | null

/** The bulk SMS endpoint of Africa's Talking: https://developers.africastalking.com/docs/sms/sending/bulk */
export function createAfricasTalking(
  { url, username, apiKey, sender }: AfricasTalkingConfig,
  patienceMs = PATIENCE_MS,
): SmsSender {
  return {
    async send({ to, text }) {
      const form = new URLSearchParams({ username, to, message: text, ...(sender && { from: sender }) })
      const answer = await post(url, apiKey, form, patienceMs)
      // One recipient was asked for; none is listed where the request as a whole was refused.
      const recipient = answer?.SMSMessageData?.Recipients?.[0]
      const code = recipient?.statusCode
      if (code === undefined) throw new NotAccepted('sms_refused', false, { isUnsent: true })
      if (!TAKEN.includes(code)) {
        // 401: held for review, and may still be billed.
        throw new NotAccepted(`sms_${code}`, FINAL.includes(code), { isUnsent: code !== 401 && code !== 500 })
      }
      return receiptOf(recipient ?? {})
    },
  }
}

/** `KES 0.8000`: a part of a minor unit counts as a whole one. */
function receiptOf({ messageId, cost }: Recipient): SmsReceipt {
  const [, currency, amount] = /^([A-Z]{3}) (\d{1,7}(?:\.\d{1,6})?)$/.exec(String(cost)) ?? []
  return {
    gatewayId: typeof messageId === 'string' && /^[\w-]{5,100}$/.test(messageId) ? messageId : null,
    cost:
      currency === undefined
        ? null
        : { currency, minor: Math.ceil(Number((Number(amount) * 100).toFixed(4))) },
  }
}

/** Nobody was there to take anything. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

async function post(url: string, apiKey: string, body: URLSearchParams, patienceMs: number): Promise<Answer> {
  let reply: Response
  try {
    reply = await fetch(url, {
      method: 'POST',
      headers: { apiKey, accept: 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
    if (reply.ok) return (await reply.json()) as Answer
  } catch (error) {
    // Too slow, cut off, or no JSON. Whether a message went out is then unknown: the next try may be its second.
    const isUnsent = error instanceof TypeError && UNREACHED.has(codeOf(error.cause))
    throw new NotAccepted(error instanceof Error ? `sms_${error.name}` : 'sms_unknown', false, { isUnsent })
  }
  throw new NotAccepted(`sms_http_${reply.status}`, false, { isUnsent: reply.status < 500 })
}
