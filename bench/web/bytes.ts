import type { Browser } from 'playwright-core'
import { firstVisit, precache, scripts, secondPage, type Transfer } from '../../src/testing/pages/bytes.ts'
import { addressesOf } from './addresses.ts'
import { atMost, type Measured, recorded } from './measure.ts'

/** First visit, second page, precache, in kilobytes of 1,000 as they come over the wire, heads included. */
export async function bytes(browser: Browser, origin: string): Promise<Measured> {
  const first: Record<string, Transfer> = {}
  const second: Record<string, Transfer> = {}
  const used: Record<string, Transfer> = {}
  const pages = await addressesOf(browser, origin, ({ reader }) => reader === 'stranger')
  for (const { name, address } of pages) {
    first[name] = await firstVisit(browser, origin + address)
    used[name] = await scripts(browser, origin + address)
    const from = address === '/' ? '/programs' : '/'
    second[name] = await secondPage(browser, origin + from, origin + address)
  }
  const kept = { 'service worker': await precache(browser, origin) }
  return {
    lines: [
      atMost('first visit to a public page', 60, kilobytes(first), 'KB'),
      recorded('its scripts, when a control is first used', kilobytes(used), 'KB'),
      atMost('second page', 15, kilobytes(second), 'KB'),
      atMost('precache', 60, kilobytes(kept), 'KB'),
    ],
    detail: {
      first: kilobytes(first),
      scripts: kilobytes(used),
      second: kilobytes(second),
      precache: kilobytes(kept),
    },
  }
}

function kilobytes(all: Readonly<Record<string, Transfer>>): Record<string, number> {
  return Object.fromEntries(Object.entries(all).map(([name, { bytes }]) => [name, bytes / 1000]))
}
