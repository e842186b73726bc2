import type { Recipe } from '../../platform/images/index.ts'
import { PUBLIC_PREFIX } from '../../platform/storage/index.ts'
import { MOST_BYTES, USAGE_WORDS } from './schemas/media.ts'

export type Usage = (typeof USAGE_WORDS)[number]

type Rules = {
  readonly folder: string
  readonly maxBytes: number
  readonly recipe: Recipe
  /** The width of the rendition whose key stands for all of them. */
  readonly shownWidth: number
}

export const USAGES = {
  profile_photo: {
    folder: 'photos',
    maxBytes: 8 * 1024 * 1024,
    recipe: { ratio: 1, widths: [64, 128, 256, 512], leastSide: 64 },
    shownWidth: 256,
  },
  cover_photo: {
    folder: 'covers',
    maxBytes: MOST_BYTES,
    recipe: { ratio: 3, widths: [640, 1280, 1920], leastSide: 200 },
    shownWidth: 1280,
  },
  portfolio: {
    folder: 'portfolio',
    maxBytes: 8 * 1024 * 1024,
    recipe: { ratio: null, widths: [320, 960], leastSide: 64 },
    shownWidth: 960,
  },
} as const satisfies Record<Usage, Rules>

/** Where uploads arrive; never served, and emptied as soon as they have become something. */
export const UPLOADS = 'uploads/'

export function originalKey(assetId: string): string {
  return UPLOADS + assetId
}

export function assetOfOriginal(key: string): string {
  return key.slice(UPLOADS.length)
}

/** Below it stand all renditions of an asset. Ids are random enough that nobody finds one by trying. */
export function folderOf(usage: Usage, assetId: string): string {
  return `${PUBLIC_PREFIX}${USAGES[usage].folder}/${assetId}/`
}

/** Rows of other kinds of media do not come this way. */
export function usageOf({ usage_type }: { readonly usage_type: string | null }): Usage {
  const usage = USAGE_WORDS.find((one) => one === usage_type)
  if (!usage) throw new Error(`no usage of uploads is called ${usage_type}`)
  return usage
}
