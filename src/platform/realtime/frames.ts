/** One event of a stream of Server-Sent Events (WHATWG HTML §9.2). `retryMs`: how long to wait before connecting again. */
export type Frame = {
  readonly id?: string | undefined
  readonly event?: string | undefined
  readonly data?: string | undefined
  readonly retryMs?: number | undefined
}

const BREAK = /\r\n|\r|\n/
const UNFIT = /[\r\n\0]/

/** A frame as it is sent. Data of several lines arrives as it was, with `\n` between them. */
export function frameText({ id, event, data, retryMs }: Frame): string {
  const lines: string[] = []
  if (retryMs !== undefined) lines.push(`retry: ${Math.round(retryMs)}`)
  if (id !== undefined) lines.push(`id: ${fieldOf(id)}`)
  if (event !== undefined) lines.push(`event: ${fieldOf(event)}`)
  if (data !== undefined) for (const line of data.split(BREAK)) lines.push(`data: ${line}`)
  return `${lines.join('\n')}\n\n`
}

/** A break in it would begin another field: what is told to one would be written by another. */
function fieldOf(value: string): string {
  if (UNFIT.test(value)) throw new Error('the id or name of an event holds a line break')
  return value
}
