import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** What a test file tells the runner, one JSON line each. `begun` and `ended` show where a hang is. */
export type Line = {
  kind: 'begun' | 'ended' | 'said' | 'passed' | 'failed' | 'skipped'
  name: string
  detail?: string
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = []
  for await (const event of source) {
    if (event.type === 'test:start') path[event.data.nesting] = event.data.name
    for (const line of lines(event, path)) yield `${JSON.stringify(line)}\n`
  }
}

function* lines(event: TestEvent, path: string[]): Generator<Line> {
  if (event.type === 'test:dequeue') yield { kind: 'begun', name: event.data.name }
  if (event.type === 'test:complete') yield { kind: 'ended', name: event.data.name }
  // Those of the outermost level are Node's own totals.
  if (event.type === 'test:diagnostic' && event.data.nesting > 0)
    yield { kind: 'said', name: event.data.message }
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return
  const name = [...path.slice(0, event.data.nesting), event.data.name].join(' › ')
  const isSuite = event.data.details.type === 'suite'
  if (isOff(event.data.skip) || isOff(event.data.todo)) yield { kind: 'skipped', name }
  else if (event.type === 'test:fail') yield* failure(event.data.details.error, name)
  else if (!isSuite) yield { kind: 'passed', name }
}

/** A reason may be the empty string, and still switches the test off. */
function isOff(flag: string | boolean | undefined): boolean {
  return flag !== undefined && flag !== false
}

function* failure(error: Error & { failureType?: string }, name: string): Generator<Line> {
  if (error.failureType === 'subtestsFailed') return // Its parts have been told already.
  const cause = error.cause ?? error
  yield {
    kind: 'failed',
    name,
    detail: cause instanceof Error ? inspect(cause, { depth: 6 }) : String(cause),
  }
}
