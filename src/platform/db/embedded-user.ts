import { spawnSync } from 'node:child_process'
import { chownSync, lchownSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { OperatorError } from '../errors.ts'

/** How PostgreSQL's programs are started: what stands before the program, and as whom. */
export type Launch = {
  readonly prefix: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
  /** Who owns the cluster's files; null leaves them with the user of this process. */
  readonly owner: number | null
}

const NOBODY = 65534
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]

/**
 * PostgreSQL refuses to run as root. An ordinary user runs it as himself. Root lends it the name `nobody` where nobody
 * can reach the binaries and the folder; under a closed home folder a user namespace, in which root is called nobody.
 */
export function chooseLaunch(binaries: string, folder: string): Launch {
  if (process.getuid?.() !== 0) return { prefix: [], identity: {}, owner: null }
  const identity = { uid: NOBODY, gid: NOBODY }
  if (nobodyReaches(path.join(binaries, 'postgres')) && nobodyReaches(folder)) {
    return { prefix: [], identity, owner: NOBODY }
  }
  if (spawnSync(NAMESPACE[0]!, [...NAMESPACE.slice(1), 'true']).status === 0) {
    return { prefix: NAMESPACE, identity: {}, owner: 0 }
  }
  throw new OperatorError(
    `PostgreSQL does not run as root, and no other user can reach ${folder}: start as an ordinary user, or move the folder`,
  )
}

/** Gives a file or a whole folder to the user that PostgreSQL runs as; a no-op where that is us already. */
export function giveTo(launch: Launch, target: string): void {
  if (launch.owner === null || statSync(target).uid === launch.owner) return
  for (const entry of statSync(target).isDirectory() ? readdirSync(target, { recursive: true }) : []) {
    lchownSync(path.join(target, String(entry)), launch.owner, launch.owner)
  }
  // Last, so that a run that was cut short begins again.
  chownSync(target, launch.owner, launch.owner)
}

function nobodyReaches(target: string): boolean {
  const test = spawnSync('test', ['-x', target], { uid: NOBODY, gid: NOBODY, cwd: '/' })
  return test.status === 0
}
