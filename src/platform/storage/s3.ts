import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { S3Config } from '../config.ts'
import { unavailable } from '../errors.ts'
import { checkContentType, checkKey, contentDisposition, type Storage } from './storage.ts'

/** Files in a bucket, by the S3 API: AWS, or what speaks it (Ceph's radosgw is what the tests run on). */
export function createS3Storage(config: S3Config): Storage {
  const client = connect(config)
  const Bucket = config.bucket

  return {
    async presignUpload({ key, contentType, maxBytes, expiresSeconds }) {
      checkKey(key)
      checkContentType(contentType)
      return createPresignedPost(client, {
        Bucket,
        Key: key,
        Expires: expiresSeconds,
        Fields: { 'Content-Type': contentType },
        Conditions: [
          ['eq', '$Content-Type', contentType],
          ['content-length-range', 1, maxBytes],
        ],
      })
    },

    async presignDownload({ key, expiresSeconds, filename }) {
      checkKey(key)
      const named = filename === undefined ? {} : { ResponseContentDisposition: contentDisposition(filename) }
      const command = new GetObjectCommand({ Bucket, Key: key, ...named })
      return getSignedUrl(client, command, { expiresIn: expiresSeconds })
    },

    async put(key, body, contentType) {
      checkKey(key)
      checkContentType(contentType)
      await reach(
        client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType })),
      )
    },

    async get(key) {
      checkKey(key)
      const found = await unlessMissing(client.send(new GetObjectCommand({ Bucket, Key: key })))
      return found?.Body instanceof Readable ? { body: found.Body, ...describe(found) } : null
    },

    async head(key) {
      checkKey(key)
      const found = await unlessMissing(client.send(new HeadObjectCommand({ Bucket, Key: key })))
      return found && describe(found)
    },

    async delete(key) {
      checkKey(key)
      await reach(client.send(new DeleteObjectCommand({ Bucket, Key: key })))
    },

    async *list(prefix) {
      const pages = paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })[Symbol.asyncIterator]()
      for (let page = await reach(pages.next()); !page.done; page = await reach(pages.next())) {
        for (const { Key } of page.value.Contents ?? []) if (Key !== undefined) yield Key
      }
    },
  }
}

/** For development and tests: in production the bucket, its encryption and its lifecycle come from the infrastructure. */
export async function ensureBucket(config: S3Config): Promise<void> {
  const client = connect(config)
  const found = await unlessMissing(client.send(new HeadBucketCommand({ Bucket: config.bucket })))
  if (!found) await reach(client.send(new CreateBucketCommand({ Bucket: config.bucket })))
  client.destroy()
}

/** Checksums only where S3 asks for them: other servers do not know the newer headers. */
function connect(config: S3Config): S3Client {
  return new S3Client({
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    credentials: { accessKeyId: config.accessKeyId, secretAccessKey: config.secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2000, requestTimeout: 30_000 },
    ...(config.endpoint === null ? {} : { endpoint: config.endpoint }),
  })
}

function describe(found: { ContentType?: string | undefined; ContentLength?: number | undefined }) {
  return { contentType: found.ContentType ?? 'application/octet-stream', size: found.ContentLength ?? 0 }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  return reach(
    answer.catch((error: unknown) => {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return null
      throw error
    }),
  )
}

/** No answer, or one that is the server's fault, is an outage; a refusal is ours and is shown as it is. */
async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
    if (status !== undefined && status < 500) throw error
    throw Object.assign(unavailable('storage.unavailable', 'The file storage is out of reach.'), {
      cause: error,
    })
  }
}
