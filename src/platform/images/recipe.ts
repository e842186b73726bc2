/** What is made of a picture. Travels to the rendering process as JSON. */
export type Recipe = {
  /** Width over height; the crop is laid where the eye goes. Null: the picture keeps its shape. */
  readonly ratio: number | null
  /** Of the renditions, in pixels. A smaller picture is not enlarged: its rendition keeps the name and is smaller. */
  readonly widths: readonly number[]
  /** The shorter side of the original, at least. */
  readonly leastSide: number
}

export type Rendition = {
  /** The width that was asked for. */
  readonly name: number
  readonly width: number
  readonly height: number
  readonly type: 'image/webp' | 'image/avif'
  readonly bytes: Buffer
}

/** Why a file is not taken. All are the file's own doing: trying again changes nothing. */
export type Refusal =
  | 'unsupported' // no format that we decode, by its first bytes
  | 'damaged' // begins like a picture and is none, or ends too early
  | 'too_many_bytes'
  | 'too_many_pixels'
  | 'too_small'
  | 'too_narrow'
  | 'too_costly' // longer or larger in memory than any honest picture

export type Outcome = { readonly renditions: readonly Rendition[] } | { readonly refused: Refusal }

/** How the rendering process answers, and what it cost: the most memory that it held, seconds of a processor. */
export type Answer = { readonly outcome: Outcome; readonly peakBytes: number; readonly cpuSeconds: number }
