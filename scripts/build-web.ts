import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'

/**
 * Builds the web application when it is stale: first the API's types from its own description, then the pages. Does
 * nothing, in some milliseconds, when neither the pages nor the API have changed since.
 */

const root = join(import.meta.dirname, '..')
const web = join(root, 'web')
const stamp = join(web, 'build/.built')
const types = join(web, 'src/lib/api/generated/openapi.d.ts')

const wanted = fingerprint()
if (!isBuilt()) await withLock(join(web, '.building'), () => (isBuilt() ? undefined : build()))

function isBuilt(): boolean {
  return existsSync(stamp) && existsSync(types) && readFileSync(stamp, 'utf8') === wanted
}

function build(): void {
  process.stderr.write('Building the web application …\n')
  const document = run(join(root, 'src/main.ts'), ['ops', 'openapi'], root)
  mkdirSync(join(types, '..'), { recursive: true })
  writeFileSync(types, run(bin('openapi-typescript/bin/cli.js'), [], web, document))
  run(bin('vite/bin/vite.js'), ['build', '--logLevel', 'warn'], web)
  writeFileSync(stamp, wanted)
}

/** What the build reads: the pages, the code that the API's description is made from, and the packages. */
function fingerprint(): string {
  const sources = globSync(
    [
      'package-lock.json',
      'src/{app,domains,platform}/**/*.ts',
      'web/{messages,project.inlang,src,static}/**/*.*',
      'web/*.{json,ts}',
    ],
    { cwd: root },
  )
  const made = /[\\/](?:paraglide|generated|cache)[\\/]|\.test\.ts$/
  const hash = createHash('sha256')
  // A route's folder may have a dot in its name: sitemap.xml.
  const isFile = (name: string) => statSync(join(root, name)).isFile()
  for (const file of sources.filter((name) => !made.test(name) && isFile(name)).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/** A package of the web application stands in its own folder or, hoisted, in ours. */
function bin(path: string): string {
  const folder = [web, root].find((place) => existsSync(join(place, 'node_modules', path)))
  if (folder === undefined) throw new Error(`${path} is not installed: run npm ci`)
  return join(folder, 'node_modules', path)
}

function run(script: string, words: string[], cwd: string, input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [script, ...words], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LOG_LEVEL: 'error', NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(43) },
    ...(input !== undefined && { input }),
  })
  if (status !== 0) {
    process.stderr.write(
      `${stdout}${stderr}${error?.message ?? ''}\nThe web application could not be built.\n`,
    )
    process.exit(1)
  }
  return stdout
}
