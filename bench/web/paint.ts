import type { Browser } from 'playwright-core'
import { openAs } from '../../src/testing/pages/visit.ts'
import { addressesOf } from './addresses.ts'
import { atMost, type Measured, median } from './measure.ts'

const RUNS = 3
/** As the DevTools protocol slows a browser: bytes a second, and milliseconds before each answer. */
const THIN = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 } as const
const CPU_SLOWDOWN = 4

/** Largest contentful paint of every public page on a thin network and a slow phone, seconds, the median of three. */
export async function paint(browser: Browser, origin: string): Promise<Measured> {
  const seconds: Record<string, number> = {}
  for (const { name, address } of await addressesOf(browser, origin, ({ reader }) => reader === 'stranger')) {
    const runs: number[] = []
    for (let run = 0; run < RUNS; run++) runs.push(await largestPaint(browser, origin, address))
    seconds[name] = median(runs)
  }
  return {
    lines: [atMost('largest contentful paint, 400 kbit/s, 400 ms, CPU 4x slower', 2.5, seconds, 's')],
    detail: seconds,
  }
}

async function largestPaint(browser: Browser, origin: string, address: string): Promise<number> {
  const context = await openAs('stranger', browser, origin, { isMobile: true, hasTouch: true })
  try {
    const tab = await context.newPage()
    const wire = await context.newCDPSession(tab)
    await wire.send('Network.enable')
    await wire.send('Network.emulateNetworkConditions', THIN)
    await wire.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
    await tab.goto(address, { waitUntil: 'networkidle' })
    return (await tab.evaluate<number>(LARGEST)) / 1000
  } finally {
    await context.close()
  }
}

const LARGEST = `new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('nothing was painted at ' + location.href)), 10_000)
  const observer = new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
  observer.observe({ type: 'largest-contentful-paint', buffered: true })
})`
