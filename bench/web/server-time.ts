import { fork } from 'node:child_process'
import { Agent, get } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Browser } from 'playwright-core'
import { addressesOf } from './addresses.ts'
import { atMost, type Line, type Measured } from './measure.ts'

const RATE = 50
const SECONDS = 20
const WARMUP_SECONDS = 5

type Plan = { readonly urls: readonly string[] }
type Times = { readonly p50: number; readonly p95: number; readonly p99: number; readonly failed: number }

/** How long the server takes for a public page, to its last byte, when fifty are asked for a second, each on time. */
export async function serverTime(browser: Browser, origin: string): Promise<Measured> {
  const pages = await addressesOf(browser, origin, ({ reader }) => reader === 'stranger')
  const times = await apart({ urls: pages.map(({ address }) => origin + address) })
  const line: Line = atMost(
    'server time of a page, p95 at 50 requests/s',
    50,
    { 'public pages': times.p95 },
    'ms',
  )
  return {
    lines: [{ ...line, pass: line.pass && times.failed === 0 }],
    detail: { ...times, pages: pages.length },
  }
}

/** In a process of its own, so that asking is not the server's work. */
function apart(plan: Plan): Promise<Times> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [], { env: { ...process.env, BENCH_PAGES_CHILD: '1' } })
    child.once('message', (times: Times) => {
      resolve(times)
      child.kill()
    })
    child.once('exit', (code) => reject(new Error(`whoever asks ended early (${code})`)))
    child.send(plan)
  })
}

/** A request leaves when its time has come, whether the others are answered or not; its wait counts from that time. */
async function ask({ urls }: Plan): Promise<Times> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const begin = performance.now()
  const warmups = WARMUP_SECONDS * RATE
  const asked = Array.from({ length: warmups + SECONDS * RATE }, async (_, i) => {
    const due = begin + (i * 1000) / RATE
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const ok = await answered(urls[i % urls.length] ?? '', agent)
    return { ok, ms: performance.now() - due }
  })
  const measured = (await Promise.all(asked)).slice(warmups)
  const sorted = measured.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), failed: measured.filter(({ ok }) => !ok).length }
}

/** Some pages lead a stranger on: that is their answer. */
function answered(url: string, agent: Agent): Promise<boolean> {
  const headers = { 'accept-encoding': 'br', accept: 'text/html' }
  return new Promise((resolve) => {
    get(url, { agent, headers }, (reply) => {
      reply.resume()
      reply.once('end', () => resolve((reply.statusCode ?? 500) < 400))
      reply.once('error', () => resolve(false))
    }).once('error', () => resolve(false))
  })
}

if (process.env.BENCH_PAGES_CHILD === '1' && process.send !== undefined) {
  process.once('message', (plan: Plan) => ask(plan).then((times) => process.send?.(times)))
}
