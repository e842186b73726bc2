type Kind = 'photo' | 'cover' | 'portfolio'

/** The renditions that the storage has of each kind, by width in pixels. */
const WIDTHS: Readonly<Record<Kind, readonly number[]>> = {
  photo: [64, 128, 256, 512],
  cover: [640, 1280, 1920],
  portfolio: [320, 960],
}

export type Picture = { readonly src: string; readonly srcset: string | undefined }

/**
 * Where a picture of ours is served, in the size that a place of so many CSS pixels needs. Null for what is not ours:
 * no page asks another site for anything. `saveData`: for one device pixel a CSS pixel, whatever the screen.
 */
export function pictureOf(
  key: string | null | undefined,
  { kind, size, saveData }: { readonly kind: Kind; readonly size: number; readonly saveData: boolean },
): Picture | null {
  if (!key || /^[a-z]+:|^\//i.test(key)) return null
  const rendition = /^(.+\/)\d+(\.\w+)$/.exec(key)
  if (!rendition) return { src: `/media/${key}`, srcset: undefined }
  const [, folder, ending] = rendition
  const at = (pixels: number) => {
    const width = WIDTHS[kind].find((one) => one >= pixels) ?? WIDTHS[kind].at(-1)
    return `/media/${folder}${width}${ending}`
  }
  const [once, twice] = [at(size), at(size * 2)]
  return { src: once, srcset: saveData || once === twice ? undefined : `${once} 1x, ${twice} 2x` }
}
