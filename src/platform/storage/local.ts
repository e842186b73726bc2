import path from 'node:path'
import { createLocalFiles, type LocalFiles } from './local-files.ts'
import { createLocalUrls, type LocalUrls } from './local-urls.ts'
import { checkContentType, checkKey, type Storage } from './storage.ts'

export type LocalStorage = Storage & { readonly files: LocalFiles; readonly urls: LocalUrls }

export type LocalOptions = {
  readonly dataDir: string
  readonly secretKey: string
  /** Where `localStorageRoutes` are mounted, as browsers see it. */
  readonly baseUrl: string
}

/** Files in `<dataDir>/storage`, for one machine. */
export function createLocalStorage({ dataDir, secretKey, baseUrl }: LocalOptions): LocalStorage {
  const files = createLocalFiles(path.join(dataDir, 'storage'))
  const urls = createLocalUrls(secretKey)

  return {
    files,
    urls,

    async presignUpload(options) {
      checkKey(options.key)
      checkContentType(options.contentType)
      return { url: baseUrl, fields: urls.signUpload(options) }
    },

    async presignDownload(options) {
      checkKey(options.key)
      return `${baseUrl}/${urls.signDownload(options)}`
    },

    async put(key, body, contentType) {
      checkKey(key)
      checkContentType(contentType)
      await files.write(key, contentType, only(body))
    },

    async get(key) {
      checkKey(key)
      const file = await files.open(key)
      return file && { body: file.read(), contentType: file.contentType, size: file.size }
    },

    async head(key) {
      checkKey(key)
      const file = await files.open(key)
      await file?.close()
      return file && { contentType: file.contentType, size: file.size }
    },

    async delete(key) {
      checkKey(key)
      await files.remove(key)
    },

    list: (prefix) => files.list(prefix),
  }
}

async function* only(body: Buffer): AsyncIterable<Uint8Array> {
  yield body
}
