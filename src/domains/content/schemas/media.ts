import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'

/** What a picture may be uploaded for; `usages.ts` says what is made of it. */
export const USAGE_WORDS = ['profile_photo', 'cover_photo', 'portfolio'] as const
/** What may be announced. What is taken is decided by the bytes. */
const CONTENT_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif'] as const
/** Of any usage. */
export const MOST_BYTES = 12 * 1024 * 1024

const UsageWord = OneOf(USAGE_WORDS)

export const NewUpload = Closed({
  usage: UsageWord,
  content_type: OneOf(CONTENT_TYPES, { description: 'As announced; what is taken is decided by the bytes' }),
  size: Type.Integer({ minimum: 1, maximum: MOST_BYTES, description: 'In bytes' }),
})

export const StartedUpload = Closed({
  asset_id: Uuid,
  upload: Closed({
    url: Type.String({ description: 'Where to POST a multipart/form-data form; answered with 204' }),
    fields: Type.Record(Type.String(), Type.String(), {
      description: 'The fields of the form, all before the file, which is its last part and is named `file`',
    }),
    expires_at: Timestamp,
    max_bytes: Type.Integer(),
  }),
})

export const AssetParams = Closed({ asset_id: Uuid })

const Variant = Closed({
  key: Type.String({ description: 'Immutable; what columns such as profile_photo_url hold' }),
  path: Type.String({ description: 'The address of the key: a path of this server, readable by everybody' }),
  width: Type.Integer(),
  height: Type.Integer(),
  type: OneOf(['image/webp', 'image/avif']),
  bytes: Type.Integer(),
})

export const MediaAsset = Closed({
  asset_id: Uuid,
  usage: UsageWord,
  processing_status: OneOf(['uploaded', 'processing', 'ready', 'failed'], {
    description: 'uploaded: waits for its file or its completion',
  }),
  failure_code: Nullable(Type.String({ description: 'The code that completion answers with' })),
  upload_expires_at: Nullable(Timestamp),
  variants: Type.Array(Variant),
})

export const MediaAssets = Closed({ items: Type.Array(MediaAsset) })
