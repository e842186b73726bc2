import type { AfricasTalkingConfig } from '../config.ts'
import { NotAccepted, type SmsSender } from './port.ts'

const PATIENCE_MS = 15_000
/** 100 processed, 101 sent, 102 queued. */
const TAKEN = [100, 101, 102]
/**
 * 401 held for review, and may still go out; 403 no phone number; 404 a kind of number that gets none; 406 the person has
 * blocked us; 409 their operator has. The others (no balance, our sender id, no route, their faults) can be put right.
 */
const FINAL = [401, 403, 404, 406, 409]

type Answer = { SMSMessageData?: { Recipients?: readonly { statusCode?: number }[] } } | null

/** The bulk SMS endpoint of Africa's Talking: https://developers.africastalking.com/docs/sms/sending/bulk */
export function createAfricasTalking({ url, username, apiKey, sender }: AfricasTalkingConfig): SmsSender {
  return {
    async send({ to, text }) {
      const form = new URLSearchParams({ username, to, message: text, ...(sender && { from: sender }) })
      const answer = await post(url, apiKey, form)
      // One recipient was asked for; none is listed where the request as a whole was refused.
      const code = answer?.SMSMessageData?.Recipients?.[0]?.statusCode
      if (code === undefined) throw new NotAccepted('sms_refused', false)
      if (!TAKEN.includes(code)) throw new NotAccepted(`sms_${code}`, FINAL.includes(code))
    },
  }
}

async function post(url: string, apiKey: string, body: URLSearchParams): Promise<Answer> {
  let reply: Response
  try {
    reply = await fetch(url, {
      method: 'POST',
      headers: { apiKey, accept: 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (reply.ok) return (await reply.json()) as Answer
  } catch (error) {
    // Out of reach, too slow, or no JSON. Whether a message went out is then unknown: the next try may be its second.
    throw new NotAccepted(error instanceof Error ? `sms_${error.name}` : 'sms_unknown', false)
  }
  throw new NotAccepted(`sms_http_${reply.status}`, false)
}
