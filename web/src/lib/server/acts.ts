import { fromWallTime } from '#lib/i18n/wall-time.ts'
import { field, refuse, refuseField } from './answers.ts'

type Answer = Parameters<typeof refuse>[0]

/** For a page with several forms: which of them it was, done or refused. */
export function outcome(answer: Answer, form: FormData) {
  return answer.error ? refuse(answer, form) : { done: field(form, 'act') }
}

/**
 * A time of the form, in the zone that the page named when it asked, in UTC. `undefined` when it was left empty, null when
 * it is none.
 */
export function moment(form: FormData, name: string): string | null | undefined {
  const text = field(form, name).trim()
  if (text === '') return undefined
  try {
    return fromWallTime(text.slice(0, 16), field(form, 'zone'))
  } catch {
    return null
  }
}

export const notATime = (form: FormData, name: string) => refuseField(form, name, 'not_a_time')
