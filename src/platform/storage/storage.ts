import type { Readable } from 'node:stream'
import { badRequest } from '../errors.ts'

export type UploadOptions = {
  readonly key: string
  readonly contentType: string
  readonly maxBytes: number
  readonly expiresSeconds: number
}

export type DownloadOptions = {
  readonly key: string
  readonly expiresSeconds: number
  /** Makes the browser save under this name instead of showing. */
  readonly filename?: string
}

export type StoredFile = { readonly body: Readable; readonly contentType: string; readonly size: number }

/**
 * The storage port. S3 and a local folder keep the same contract (storage.test.ts runs against both).
 * A key that is not `isStorageKey` is refused with 400 `storage.invalid_key`; a storage that is out of reach
 * answers 503 `storage.unavailable`.
 */
export type Storage = {
  /**
   * Where and with which fields, in this order and before the file, a browser posts its form (multipart/form-data,
   * the file last, in the field `file`). Answered with 204; refused with 4xx when the key, type, signature or expiry
   * differ from what was signed, or the file is empty or larger than `maxBytes`. The type is what the form says, not
   * what the bytes are: who publishes an upload looks into it first.
   */
  presignUpload(
    options: UploadOptions,
  ): Promise<{ readonly url: string; readonly fields: Record<string, string> }>
  /** A URL that serves the file, ranges included, to whoever holds it until it expires. */
  presignDownload(options: DownloadOptions): Promise<string>
  put(key: string, body: Buffer, contentType: string): Promise<void>
  /** The caller reads `body` to its end, or destroys it. */
  get(key: string): Promise<StoredFile | null>
  head(key: string): Promise<Omit<StoredFile, 'body'> | null>
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>
  /** Keys that begin with the prefix, in the order of their letters. */
  list(prefix: string): AsyncIterable<string>
}

const KEY = /^[a-z0-9][a-z0-9/_.-]{0,480}$/
const CONTENT_TYPE = /^[a-z0-9][\w.+-]{0,99}\/[\w.+-]{1,100}(; ?[\w-]{1,20}=[\w.-]{1,30})?$/i
/** What a folder's entry may be called, less what the local twin adds. */
const MAX_SEGMENT = 200

/** Lower-case path of letters, digits, `_`, `.` and `-`; no empty, `.` or `..` segment, none longer than 200. */
export function isStorageKey(key: string): boolean {
  if (!KEY.test(key) || key.includes('..')) return false
  return key.split('/').every((part) => part !== '' && part !== '.' && part.length <= MAX_SEGMENT)
}

export function checkKey(key: string): void {
  if (!isStorageKey(key))
    throw badRequest('storage.invalid_key', 'A storage key is a path of lower-case letters.')
}

export function checkContentType(contentType: string): void {
  if (!CONTENT_TYPE.test(contentType))
    throw badRequest('storage.invalid_type', 'A content type looks like image/png.')
}

/** RFC 6266, with RFC 8187 for names beyond ASCII. */
export function contentDisposition(filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\%/]/g, '_')
  const encoded = encodeURIComponent(filename.replace(/\p{Cc}/gu, '_').toWellFormed()).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
