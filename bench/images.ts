import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import type { Recipe } from '../src/platform/images/index.ts'
import { renderApart } from '../src/platform/images/render-apart.ts'
import { makePhoto } from '../src/testing/pictures.ts'
import type { StartedUpload } from '../src/testing/uploads.ts'
import { signInAll } from './access-patterns/sign-in.ts'
import { subjectsOf } from './access-patterns/subjects.ts'
import { type BenchDatabase, openBenchDatabase } from './bench-database.ts'
import { startServer } from './bench-server.ts'
import { type LoadResult, load } from './load.ts'
import { wholeNumber } from './options.ts'
import { circumstances, figure, publish, record, table } from './report.ts'

const ROUNDS = 5
const CONNECTIONS = 16
/** Two, so that one waits whenever one has been rendered. */
const UPLOADERS = 2

/** As `usages.ts` of content has them. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  photo: { ratio: 1, widths: [64, 128, 256, 512], leastSide: 64 },
  cover: { ratio: 3, widths: [640, 1280, 1920], leastSide: 200 },
}

/**
 * `images [--users 1000] [--seconds 5]`: what a 12-megapixel JPEG costs as a photo and as a cover, and what P1 feels of
 * pictures that are uploaded and completed without a pause. Idle and busy take turns, the best of five counts.
 */
export async function images(args: readonly string[]): Promise<void> {
  const options = { users: { type: 'string' }, seconds: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const users = wholeNumber('--users', values.users ?? '1000')
  const seconds = wholeNumber('--seconds', values.seconds ?? '5')
  const photo = await (await makePhoto(4032, 3024)).jpeg({ quality: 92 }).toBuffer()
  const costs = await costsOf(photo)
  const database = await openBenchDatabase(users)
  try {
    const beside = await besideOf(database, photo, seconds)
    report(costs, beside, { ...circumstances(), postgresql: database.version, users, seconds })
  } finally {
    await database.stop()
  }
}

type Cost = {
  readonly name: string
  ms: number
  cpuMs: number
  peakMb: number
  bytesIn: number
  bytesOut: number
}

async function costsOf(photo: Buffer): Promise<Cost[]> {
  const costs: Cost[] = []
  for (const [name, recipe] of Object.entries(RECIPES)) {
    const runs: Cost[] = []
    for (let round = 0; round < ROUNDS; round++) runs.push(await costOf(name, recipe, photo))
    costs.push(runs.reduce((best, run) => (run.cpuMs < best.cpuMs ? run : best)))
  }
  return costs
}

async function costOf(name: string, recipe: Recipe, photo: Buffer): Promise<Cost> {
  const from = performance.now()
  const limits = { recipe, maxBytes: photo.length, signal: new AbortController().signal }
  const answer = await renderApart(Readable.from([photo]), limits)
  const ms = performance.now() - from
  if ('lost' in answer || 'refused' in answer.outcome) throw new Error(JSON.stringify(answer))
  return {
    name,
    ms,
    cpuMs: answer.cpuSeconds * 1000,
    peakMb: answer.peakBytes / 1e6,
    bytesIn: photo.length,
    bytesOut: answer.outcome.renditions.reduce((sum, { bytes }) => sum + bytes.length, 0),
  }
}

type Beside = {
  readonly idle: LoadResult
  readonly busy: LoadResult
  readonly completed: number
  readonly medianMs: number
}

async function besideOf(database: BenchDatabase, photo: Buffer, seconds: number): Promise<Beside> {
  const server = await startServer(database, { cache: true, poolSize: 8 })
  try {
    const tokens = [...(await signInAll(server.url, await subjectsOf(database.ownerUrl))).values()]
    const requests = tokens.map((token) => ({
      path: '/api/v1/me',
      headers: { authorization: `Bearer ${token}` },
    }))
    const ask = () =>
      load({ url: server.url, requests, connections: CONNECTIONS, seconds, warmupSeconds: 1.5 })
    const idle: LoadResult[] = []
    const busy: LoadResult[] = []
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      idle.push(await ask())
      const stop = new AbortController()
      const uploading = tokens
        .slice(0, UPLOADERS)
        .map((token) => keepUploading(server.url, token, photo, times, stop.signal))
      busy.push(await ask())
      stop.abort()
      await Promise.all(uploading)
    }
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
    return { idle: calmest(idle), busy: calmest(busy), completed: times.length, medianMs: median }
  } finally {
    await server.stop()
  }
}

async function keepUploading(
  url: string,
  token: string,
  photo: Buffer,
  times: number[],
  stop: AbortSignal,
): Promise<void> {
  // The answer to a completion is not looked into.
  const post = async (path: string, body?: object): Promise<StartedUpload> => {
    const reply = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!reply.ok) throw new Error(`${path} → ${reply.status} ${await reply.text()}`)
    return (await reply.json()) as StartedUpload
  }
  while (!stop.aborted) {
    const { asset_id, upload } = await post('/media-uploads', {
      usage: 'profile_photo',
      content_type: 'image/jpeg',
      size: photo.length,
    })
    const form = new FormData()
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value)
    form.append('file', new Blob([new Uint8Array(photo)]))
    const sent = await fetch(upload.url, { method: 'POST', body: form })
    if (!sent.ok) throw new Error(`the file → ${sent.status}`)
    const from = performance.now()
    await post(`/media-uploads/${asset_id}/completion`)
    times.push(performance.now() - from)
  }
}

function calmest(runs: readonly LoadResult[]): LoadResult {
  return runs.reduce((best, run) => (run.p99 < best.p99 ? run : best))
}

function report(
  costs: readonly Cost[],
  beside: Beside,
  run: Record<string, string | number | boolean>,
): void {
  const figures = [
    table(
      ['12-megapixel JPEG as', 'ms', 'of a core', 'peak MB', 'bytes in', 'bytes out'],
      costs.map(({ name, ms, cpuMs, peakMb, bytesIn, bytesOut }) => [
        name,
        ...[ms, cpuMs, peakMb, bytesIn, bytesOut].map(figure),
      ]),
    ),
    table(
      ['P1', 'HTTP/s', 'p50', 'p95', 'p99', 'errors'],
      (['idle', 'busy'] as const).map((name) => {
        const { rate, p50, p95, p99, errors } = beside[name]
        return [
          name === 'idle' ? 'alone' : 'beside pictures',
          ...[rate, p50, p95, p99].map(figure),
          String(errors),
        ]
      }),
    ),
    `${beside.completed} pictures were completed meanwhile, one in ${figure(beside.medianMs)} ms (median, its wait included).`,
  ].join('\n\n')
  process.stdout.write(`${figures}\n`)
  process.stdout.write(`recorded in ${record('images', { run, costs, beside })} and docs/benchmarks.md\n`)
  const where = Object.entries(run).map(([name, value]) => `${name} ${value}`)
  publish('images', `${figures}\n\n${where.join(' · ')}`)
}
