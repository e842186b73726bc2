import { deriveKey, isSignedText, signText } from '../crypto/signing.ts'
import { badRequest, forbidden } from '../errors.ts'
import type { DownloadOptions, UploadOptions } from './storage.ts'

export type UploadPolicy = { readonly key: string; readonly contentType: string; readonly maxBytes: number }

/** Signs and checks the URLs of the local twin, in the manner of S3: what is signed cannot be changed by its holder. */
export type LocalUrls = {
  signUpload(options: UploadOptions): Record<string, string>
  /** The policy that a form's fields carry. Throws 400 when one is missing, 403 when they were changed or expired. */
  checkUpload(fields: Readonly<Record<string, string>>): UploadPolicy
  signDownload(options: DownloadOptions): string
  /** Throws 403. Seconds that remain. */
  checkDownload(key: string, query: DownloadQuery): number
}

export type DownloadQuery = {
  readonly expires: number
  readonly signature: string
  readonly filename?: string
}

export function createLocalUrls(secret: string): LocalUrls {
  const uploadKey = deriveKey(secret, 'storage.upload.v1')
  const downloadKey = deriveKey(secret, 'storage.download.v1')

  return {
    signUpload({ key, contentType, maxBytes, expiresSeconds }) {
      const policy = { key, contentType, maxBytes, expires: inSeconds(expiresSeconds) }
      const text = Buffer.from(JSON.stringify(policy)).toString('base64url')
      return { key, 'Content-Type': contentType, policy: text, signature: signText(uploadKey, text) }
    },

    checkUpload(fields) {
      const { key, 'Content-Type': contentType, policy: text, signature } = fields
      if (!key || !contentType || !text || !signature)
        throw badRequest(
          'storage.form_incomplete',
          'key, Content-Type, policy and signature come before the file.',
        )
      if (!isSignedText(uploadKey, text, signature)) throw refused()
      const policy: UploadPolicy & { expires: number } = JSON.parse(Buffer.from(text, 'base64url').toString())
      if (policy.key !== key || policy.contentType !== contentType) throw refused()
      if (secondsLeft(policy.expires) <= 0) throw refused()
      return policy
    },

    signDownload({ key, expiresSeconds, filename }) {
      const expires = inSeconds(expiresSeconds)
      const query = new URLSearchParams({ expires: String(expires) })
      if (filename !== undefined) query.set('filename', filename.toWellFormed())
      query.set('signature', signText(downloadKey, downloadText(key, expires, filename?.toWellFormed())))
      return `${key}?${query}`
    },

    checkDownload(key, { expires, signature, filename }) {
      const left = secondsLeft(expires)
      if (!isSignedText(downloadKey, downloadText(key, expires, filename), signature) || left <= 0)
        throw refused()
      return left
    },
  }
}

function downloadText(key: string, expires: number, filename: string | undefined): string {
  return JSON.stringify([key, expires, filename ?? null])
}

function inSeconds(seconds: number): number {
  return Math.ceil(Date.now() / 1000 + seconds)
}

function secondsLeft(expires: number): number {
  return Math.floor(expires - Date.now() / 1000)
}

function refused() {
  return forbidden('storage.url_refused', 'This address has expired or was changed.')
}
