import type { Config, S3Config } from '../config.ts'
import { createLocalStorage } from './local.ts'
import type { Storage } from './storage.ts'

export { localStorageRoutes } from './local-routes.ts'
export { mediaPath, PUBLIC_PREFIX, publicFiles } from './public-files.ts'
export {
  type DownloadOptions,
  isStorageKey,
  type Storage,
  type StoredFile,
  type UploadOptions,
} from './storage.ts'

type Settings = Pick<Config, 's3' | 'dataDir' | 'publicUrl'> & { readonly secretKey: string }

/** S3 where a bucket is configured, else the folder `<dataDir>/storage`, whose URLs `localStorageRoutes` serve. Opens nothing yet. */
export async function createStorage({ s3, dataDir, publicUrl, secretKey }: Settings): Promise<Storage> {
  // The AWS SDK costs 20 MB: only those who use it load it.
  if (s3) return (await import('./s3.ts')).createS3Storage(s3)
  return createLocalStorage({ dataDir, secretKey, baseUrl: `${publicUrl}/storage` })
}

/** Makes the bucket where it does not exist yet: for tests and development; production's is made by infra. */
export async function ensureBucket(s3: S3Config): Promise<void> {
  await (await import('./s3.ts')).ensureBucket(s3)
}
