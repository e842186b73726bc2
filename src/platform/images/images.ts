import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics/index.ts'
import { createLane } from './lane.ts'
import type { Outcome, Recipe } from './recipe.ts'
import { renderApart } from './render-apart.ts'

export type RenderOptions = {
  readonly recipe: Recipe
  readonly maxBytes: number
  /** Called when the picture's turn has come, so that no file waits in memory. What it throws, `render` throws. */
  open(): Promise<Readable>
}

/**
 * Renders strangers' pictures: one at a time, each in a process of its own that yields to everything else on the
 * machine, is ended when it takes too much, and takes nobody along when it falls.
 */
export type Images = {
  /**
   * The renditions of a file, or why it is refused. 503 `images.busy` when too many wait; 503 `images.interrupted`
   * when its process was lost or starved, which may be the file's doing and may not: who repeats, counts.
   */
  render(options: RenderOptions): Promise<Outcome>
  /** Ends the one that runs, and refuses those that wait. */
  close(): Promise<void>
}

/** At about a second each, the last one still gets its answer before a phone gives up. */
const LONGEST_QUEUE = 10
const AGAIN = { retryAfter: 5 }

export function createImages({
  log,
  metrics,
}: {
  log: Logger
  metrics: Pick<Metrics, 'counter' | 'gauge'>
}): Images {
  const lane = createLane(LONGEST_QUEUE)
  const closing = new AbortController()
  const rendered = metrics.counter('images_rendered_total', 'Pictures that were rendered')
  const refused = metrics.counter('images_refused_total', 'Files that were refused as pictures')
  const interrupted = metrics.counter(
    'images_interrupted_total',
    'Rendering processes that were lost or starved',
  )
  metrics.gauge('images_waiting', 'Pictures that wait for their turn', () => lane.waiting)

  async function renderNow({ open, recipe, maxBytes }: RenderOptions): Promise<Outcome> {
    if (closing.signal.aborted) throw interruption()
    const answer = await renderApart(await open(), { recipe, maxBytes, signal: closing.signal })
    if ('lost' in answer) {
      interrupted.add()
      log.warn({ says: answer.lost }, 'a rendering process was lost')
      throw interruption()
    }
    const { outcome, peakBytes, cpuSeconds } = answer
    log.debug({ peak_bytes: peakBytes, cpu_seconds: cpuSeconds }, 'a picture was looked at')
    const count = 'refused' in outcome ? refused : rendered
    count.add()
    return outcome
  }

  return {
    async render(options) {
      const turn = lane.enter(() => renderNow(options))
      if (turn) return turn
      throw new AppError(503, 'images.busy', 'Many pictures are waiting; try again shortly.', AGAIN)
    },
    async close() {
      closing.abort()
      await lane.enter(async () => undefined)
    },
  }
}

function interruption(): AppError {
  return new AppError(
    503,
    'images.interrupted',
    'The picture could not be worked on; try again shortly.',
    AGAIN,
  )
}
