import { kept } from '../lib/offline/owner.ts'

/** Longer than this, who reads what is saved does not wait for the network. */
const PATIENCE_MS = 4000

/**
 * The network's answer; or what the person has saved, where the network is away or slow, or the platform stumbles.
 * Undefined when there is neither.
 */
export async function freshOrKept(request: Request): Promise<Response | undefined> {
  const fresh = fetch(request).catch(() => undefined)
  const saved = await kept(request).catch(() => undefined)
  if (!saved) return fresh
  const inTime = await Promise.race([fresh, patience()])
  return inTime !== undefined && inTime.status < 500 ? inTime : saved
}

function patience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS))
}
