/** What of a picture is shown: its greatest part of a ratio, made smaller by a zoom, around a middle (0 to 1 each way). */
export type Cut = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
type Size = { readonly width: number; readonly height: number }
type Point = { readonly x: number; readonly y: number }

export function cutOf(picture: Size, ratio: number, zoom: number, middle: Point): Cut {
  const w = Math.min(picture.width, picture.height * ratio) / zoom
  const h = w / ratio
  return {
    x: within(middle.x * picture.width, w, picture.width),
    y: within(middle.y * picture.height, h, picture.height),
    w,
    h,
  }
}

/** Where a length begins that is to stand around `at`, and never beyond the edge. */
function within(at: number, length: number, all: number): number {
  return Math.min(Math.max(at - length / 2, 0), all - length)
}

/** The middle after a move by parts of what is shown. */
export function moved(picture: Size, { x, y, w, h }: Cut, dx: number, dy: number): Point {
  return { x: (x + w / 2 + dx * w) / picture.width, y: (y + h / 2 + dy * h) / picture.height }
}

export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, { x, y, w, h }: Cut): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.imageSmoothingQuality = 'high'
  // What is transparent becomes white: the file is sent as JPEG.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, x, y, w, h, 0, 0, canvas.width, canvas.height)
}

/** The cut as a file of at most `width` pixels; null where the browser has no room for it. */
export function fileOf(picture: ImageBitmap, cut: Cut, width: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(Math.min(width, cut.w))
  canvas.height = Math.max(1, Math.round((canvas.width * cut.h) / cut.w))
  draw(canvas, picture, cut)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.88))
}
