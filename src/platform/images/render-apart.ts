import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer, Recipe } from './recipe.ts'

type Options = { readonly recipe: Recipe; readonly maxBytes: number; readonly signal: AbortSignal }

/** What the process said last, when it ended without an answer. */
type Lost = { readonly lost: string }

const PROGRAM = path.join(import.meta.dirname, 'renderer.ts')
/** The process itself ends a picture that takes 12 s of a processor; this is for one that gets none, or no file. */
const PATIENCE_MS = 45_000
const LONGEST_REPORT = 2000

/** Renders the file in a process of its own, which is gone afterwards. Throws what the source throws. */
export async function renderApart(
  source: Readable,
  { recipe, maxBytes, signal }: Options,
): Promise<Answer | Lost> {
  const child = startRenderer(recipe)
  if ('lost' in child) return child
  const answer = answerOf(child)
  const end = () => void child.kill('SIGKILL')
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  limit.addEventListener('abort', end)
  if (limit.aborted) end()
  try {
    const isWhole = await feed(source, child.stdin!, { maxBytes, until: answer })
    return isWhole ? await answer : { outcome: { refused: 'too_many_bytes' }, peakBytes: 0, cpuSeconds: 0 }
  } finally {
    limit.removeEventListener('abort', end)
    end()
  }
}

/** A machine that is out of processes or memory says so at once. */
function startRenderer(recipe: Recipe): ChildProcess | Lost {
  try {
    return fork(PROGRAM, [JSON.stringify(recipe)], {
      env: {},
      execArgv: [],
      serialization: 'advanced', // bytes as bytes
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    })
  } catch (error) {
    return { lost: String(error) }
  }
}

function answerOf(child: ChildProcess): Promise<Answer | Lost> {
  let report = ''
  // A file can make a decoder say as much as it likes.
  child.stderr?.setEncoding('latin1').on('data', (text: string) => {
    report = (report + text).slice(-LONGEST_REPORT)
  })
  return new Promise((resolve) => {
    const lost = () => resolve({ lost: report })
    child.once('message', (answer: Answer) => resolve(answer))
    child.once('disconnect', lost)
    child.once('error', lost)
  })
}

/** False when there is more than `maxBytes`. Once the process has answered, or fallen, nothing more is read. */
async function feed(
  source: Readable,
  stdin: Writable,
  { maxBytes, until }: { maxBytes: number; until: Promise<unknown> },
): Promise<boolean> {
  let isOver = false
  let bytes = 0
  let failure: { readonly error: unknown } | undefined
  void until.then(() => {
    isOver = true
    source.destroy()
  })
  async function* bounded() {
    try {
      for await (const chunk of source) {
        bytes += chunk.length
        if (bytes > maxBytes) return
        yield chunk
      }
    } catch (error) {
      if (!isOver) failure = { error }
    }
  }
  // Not every source can be woken by destroying it.
  await Promise.race([until, pipeline(Readable.from(bounded()), stdin).catch(() => undefined)])
  if (failure) throw failure.error
  return bytes <= maxBytes
}
