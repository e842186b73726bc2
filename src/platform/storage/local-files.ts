import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export type OpenFile = {
  readonly contentType: string
  readonly size: number
  /** Bytes `first` to `last`, both included; closes the file when it ends. */
  read(first?: number, last?: number): Readable
  close(): Promise<void>
}

/**
 * One file an object: a head of 256 bytes with the content type, then the bytes, so that one rename replaces both.
 * `~` ends a file's name and is in no key: the object `a` and the folder of `a/b` live side by side.
 */
export type LocalFiles = {
  write(key: string, contentType: string, body: AsyncIterable<Uint8Array>): Promise<void>
  open(key: string): Promise<OpenFile | null>
  remove(key: string): Promise<void>
  list(prefix: string): AsyncIterable<string>
}

const HEAD_BYTES = 256
const FILE_MARK = '~'
/** Uploads are private: other accounts of the machine see neither files nor names. */
const OURS_ALONE = { folder: 0o700, file: 0o600 }
/** A temporary file this old belongs to an upload that a crash ended. */
const ABANDONED_MS = 24 * 60 * 60_000

export function createLocalFiles(folder: string): LocalFiles {
  const objects = path.join(folder, 'objects')
  const temporary = path.join(folder, 'tmp')
  const fileOf = (key: string) => path.join(objects, ...key.split('/')) + FILE_MARK
  let prepared: Promise<void> | undefined

  return {
    async write(key, contentType, body) {
      prepared ??= prepare(temporary)
      await prepared
      const draft = path.join(temporary, randomUUID())
      // Opened first: a stream that fails while it opens would leave its file behind the removal.
      const file = await open(draft, 'wx', OURS_ALONE.file)
      try {
        await pipeline(withHead(contentType, body), file.createWriteStream({ flush: true }))
        await mkdir(path.dirname(fileOf(key)), { recursive: true, mode: OURS_ALONE.folder })
        await rename(draft, fileOf(key))
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    },

    async open(key) {
      const file = await open(fileOf(key)).catch(nullWhenMissing)
      return file && openFile(file)
    },

    remove: (key) => rm(fileOf(key), { force: true }),

    list: (prefix) => walk(objects, '', prefix),
  }
}

async function prepare(temporary: string): Promise<void> {
  await mkdir(temporary, { recursive: true, mode: OURS_ALONE.folder })
  for (const name of await readdir(temporary)) {
    const draft = path.join(temporary, name)
    const found = await stat(draft).catch(nullWhenMissing)
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(draft, { force: true })
  }
}

async function* withHead(contentType: string, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield Buffer.from(`${contentType}\n`.padEnd(HEAD_BYTES))
  yield* body
}

async function openFile(file: FileHandle): Promise<OpenFile> {
  const head = Buffer.alloc(HEAD_BYTES)
  await file.read(head, 0, HEAD_BYTES, 0)
  const size = (await file.stat()).size - HEAD_BYTES
  return {
    contentType: head.toString('utf8', 0, head.indexOf('\n')),
    size,
    // A stream of no bytes cannot be asked for by its first and last.
    read: (first = 0, last = size - 1) =>
      file.createReadStream(
        size === 0 ? { start: HEAD_BYTES } : { start: HEAD_BYTES + first, end: HEAD_BYTES + last },
      ),
    close: () => file.close(),
  }
}

/** Entries are sorted as their keys are: a folder's name counts with its slash. */
async function* walk(folder: string, above: string, prefix: string): AsyncIterable<string> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(nullWhenMissing)) ?? []
  const keys = entries.map(
    (entry) => above + (entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -1)),
  )
  for (const key of keys.sort()) {
    if (!key.endsWith('/')) {
      if (key.startsWith(prefix)) yield key
    } else if (key.startsWith(prefix) || prefix.startsWith(key)) {
      yield* walk(path.join(folder, path.basename(key)), key, prefix)
    }
  }
}

function nullWhenMissing(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return null
  throw error
}
