import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

/** The process that renders a picture for this one, as soon as there is one. */
export async function rendererOf(parent: number): Promise<number> {
  for (let tries = 0; tries < 500; tries++) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n')
    const found = lines
      .map((line) => line.trim().split(/\s+/))
      .find(
        ([, ppid, stat, ...args]) => Number(ppid) === parent && !stat?.startsWith('Z') && isRenderer(args),
      )
    if (found) return Number(found[0])
    await delay(10)
  }
  return assert.fail('no renderer was started')
}

function isRenderer(args: readonly string[]): boolean {
  return args.some((word) => word.endsWith('/images/renderer.ts'))
}
