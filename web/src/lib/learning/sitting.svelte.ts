import type { Reply } from '#lib/api/types.ts'
import { flush, pending, queueWrite, type Refusal, type Write, watch } from '#lib/offline/index.ts'

type Lesson = Reply<'/api/v1/lessons/{lesson_id}'>
type State = 'reading' | 'sending' | 'sent' | 'waiting' | 'refused'

/** Time that is too short to be worth a request. */
const WORTH_TELLING_SECONDS = 30

/**
 * One person with one lesson, from opening it to leaving it: how long it was looked at, and whether it is done. What it
 * reports is queued first, so that it survives a lost network; all reports of a sitting are one write that grows.
 */
export class Sitting {
  state = $state<State>('reading')
  needsSignIn = $state(false)
  refusal = $state<Refusal | null>(null)

  readonly #lesson: Lesson
  readonly #href: string
  readonly #session = crypto.randomUUID()
  #seconds = 0
  #told = 0
  #percent: number

  constructor(lesson: Lesson, href: string) {
    this.#lesson = lesson
    this.#href = href
    this.#percent = lesson.progress_percent
  }

  /** From when the page shows to when it is left. */
  begin(): () => void {
    const clock = setInterval(() => {
      if (document.visibilityState === 'visible') this.#seconds++
    }, 1000)
    const onHidden = () => {
      if (document.visibilityState === 'hidden') void this.#tellTime()
    }
    document.addEventListener('visibilitychange', onHidden)
    const unwatch = watch(() => void this.#look())
    void this.#look()
    return () => {
      clearInterval(clock)
      document.removeEventListener('visibilitychange', onHidden)
      unwatch()
      void this.#tellTime()
    }
  }

  /** The lesson is done. False when this browser can keep nothing. */
  async finish(): Promise<boolean> {
    this.state = 'sending'
    this.#percent = 100
    if (!(await this.#queue())) return false
    await flush()
    await this.#look()
    return true
  }

  async #tellTime(): Promise<void> {
    if (this.#seconds - this.#told < WORTH_TELLING_SECONDS) return
    if (await this.#queue()) await flush()
  }

  async #queue(): Promise<boolean> {
    this.#told = this.#seconds
    try {
      await queueWrite({
        kind: 'progress',
        label: this.#lesson.title,
        href: this.#href,
        method: 'PUT',
        path: `/api/v1/lessons/${this.#lesson.lesson_id}/progress`,
        body: {
          progress_percent: Math.max(1, this.#percent),
          client_session_id: this.#session,
          time_spent_seconds: this.#seconds,
        },
        key: `progress:${this.#lesson.lesson_id}:${this.#session}`,
      })
      return true
    } catch {
      // No storage, or nobody is signed in here: the form of the page still works.
      return false
    }
  }

  /** What has become of the lesson's being done, in this sitting or in one before it. */
  async #look(): Promise<void> {
    const { waiting, refused, sent } = await pending().catch(() => ({ waiting: [], refused: [], sent: [] }))
    const ours = (write: Write) =>
      write.path === `/api/v1/lessons/${this.#lesson.lesson_id}/progress` && isDone(write)
    const [held, refusedOne] = [waiting.find(ours), refused.find(ours)]
    this.needsSignIn = held?.needsSignIn ?? false
    this.refusal = refusedOne?.refusal ?? null
    if (held) this.state = 'waiting'
    else if (refusedOne) this.state = 'refused'
    else if (sent.some(ours)) this.state = 'sent'
    else if (this.state !== 'sending') this.state = 'reading'
  }
}

function isDone({ body }: Write): boolean {
  return (body as { progress_percent?: number }).progress_percent === 100
}
