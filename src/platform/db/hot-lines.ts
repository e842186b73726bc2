import pg from 'pg'
import { type Ahead, Forget, isForgotten, isPrepared, Prepare, SET_ACTOR, TextQuery } from './pipeline.ts'
import { type Wire, wireOf } from './wire.ts'

/** A connection that carries many statements at once, opened on first use and again after a loss. */
type Line = {
  client: pg.Client | null
  opening: Promise<pg.Client> | null
  inFlight: number
  corked: boolean
}

export type HotLines = {
  run(
    name: string | undefined,
    text: string,
    values: readonly unknown[],
    actorId?: string,
  ): Promise<string | null>
  gauges(): { hot: number; hotInFlight: number }
  close(): Promise<void>
}

/**
 * A line with fewer unanswered statements than this takes the next one before another line is asked: one backend that is
 * kept busy answers sooner than two that take turns on the same cores (P1's p99 on two quiet cores: 3 ms against 9).
 * Beyond it the next line helps, so that a slow statement holds up no more than these, and heavy ones run side by side.
 */
const DEPTH = 16

/** `count` lines; each statement goes to the first with room, else to the one with the fewest unanswered. */
export function hotLines(config: pg.ClientConfig, count: number): HotLines {
  const lines = Array.from(
    { length: count },
    (): Line => ({ client: null, opening: null, inFlight: 0, corked: false }),
  )
  let closed = false

  return {
    async run(name, text, values, actorId) {
      if (closed) throw new Error('the database connection is closed')
      const line = chosen(lines)
      line.inFlight++
      try {
        const client = line.client ?? (await opened(line, config))
        return await sendAgainIfForgotten(line, client, { name, text }, values, actorId)
      } finally {
        line.inFlight--
      }
    },
    gauges: () => ({
      hot: lines.filter((line) => line.client !== null).length,
      hotInFlight: lines.reduce((sum, line) => sum + line.inFlight, 0),
    }),
    async close() {
      closed = true
      await Promise.all(
        lines.map(async (line) => ((await line.opening?.catch(() => null)) ?? line.client)?.end()),
      )
    },
  }
}

function chosen(lines: readonly Line[]): Line {
  let best = lines[0]!
  for (const line of lines) {
    if (line.inFlight < DEPTH) return line
    if (line.inFlight < best.inFlight) best = line
  }
  return best
}

function opened(line: Line, config: pg.ClientConfig): Promise<pg.Client> {
  line.opening ??= open(line, config).finally(() => {
    line.opening = null
  })
  return line.opening
}

async function open(line: Line, config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config)
  const lost = () => {
    if (line.client === client) line.client = null
  }
  client.on('error', lost)
  client.on('end', lost)
  await client.connect()
  line.client = client
  return client
}

async function sendAgainIfForgotten(...sent: Parameters<typeof send>): Promise<string | null> {
  const [, client, { name }] = sent
  try {
    return await send(...sent)
  } catch (error) {
    if (name === undefined || !isForgotten(error)) throw error
    client.query(new Forget(name))
    return await send(...sent)
  }
}

function send(
  line: Line,
  client: pg.Client,
  statement: { name: string | undefined; text: string },
  values: readonly unknown[],
  actorId: string | undefined,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const ahead: Ahead | undefined = actorId === undefined ? undefined : { ...SET_ACTOR, values: [actorId] }
    const query = new TextQuery(statement, values, ahead, { resolve, reject })
    const wire = wireOf(client)
    corkForThisTurn(line, wire)
    if (ahead && statement.name !== undefined && !isPrepared(wire, ahead.name))
      client.query(new Prepare(ahead.name, ahead.text))
    client.query(query)
  })
}

/** Statements of one turn of the event loop leave in one write: under load a system call serves many of them. */
function corkForThisTurn(line: Line, wire: Wire): void {
  if (line.corked) return
  line.corked = true
  wire.stream.cork()
  setImmediate(() => {
    line.corked = false
    wire.stream.uncork()
  })
}
