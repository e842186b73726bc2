import type { LimitResult, LimitRule } from './cache.ts'

/** `window` holds the times (ms) of the requests that passed, oldest first, and is changed in place. */
export function passLimit(window: number[], rule: LimitRule, now: number): LimitResult {
  const span = rule.windowSeconds * 1000
  const firstInside = window.findIndex((time) => time > now - span)
  window.splice(0, firstInside < 0 ? window.length : firstInside)
  const allowed = window.length < rule.max
  if (allowed) window.push(now)
  return {
    allowed,
    remaining: Math.max(0, rule.max - window.length),
    resetSeconds: Math.max(1, Math.ceil(((window[0] ?? now) + span - now) / 1000)),
  }
}
