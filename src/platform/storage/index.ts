import type { Config } from '../config.ts'
import { createLocalStorage } from './local.ts'
import { createS3Storage } from './s3.ts'
import type { Storage } from './storage.ts'

export { localStorageRoutes } from './local-routes.ts'
export { ensureBucket } from './s3.ts'
export {
  type DownloadOptions,
  isStorageKey,
  type Storage,
  type StoredFile,
  type UploadOptions,
} from './storage.ts'

type Settings = Pick<Config, 's3' | 'dataDir' | 'publicUrl'> & { readonly secretKey: string }

/** S3 where a bucket is configured, else the folder `<dataDir>/storage`, whose URLs `localStorageRoutes` serve. Opens nothing yet. */
export function createStorage({ s3, dataDir, publicUrl, secretKey }: Settings): Storage {
  if (s3) return createS3Storage(s3)
  return createLocalStorage({ dataDir, secretKey, baseUrl: `${publicUrl}/storage` })
}
