import { withAgain } from '#lib/account/asking.ts'
import { api } from '#lib/api/browser.ts'
import type { Problem } from '#lib/api/types.ts'

export type Usage = 'profile_photo' | 'cover_photo' | 'portfolio'
export type Started = {
  readonly asset_id: string
  readonly upload: { url: string; fields: Record<string, string> }
}

/** What stopped it, by the API's code or one of ours: `upload.interrupted`, `upload.wrong_type`, `upload.too_large`. */
export class UploadRefused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif'] as const
/** The picture is made smaller here before it is sent: this is what may be opened. */
const MOST_BYTES = 40 * 1024 * 1024

export const ACCEPTED = TYPES.join(',')

/** Throws UploadRefused for what is no picture, before anything is sent. */
export function checkFile(file: File): void {
  if (!TYPES.some((type) => type === file.type)) throw new UploadRefused('upload.wrong_type')
  if (file.size > MOST_BYTES) throw new UploadRefused('upload.too_large')
}

/** Begins an upload. Where five are open already, those that came to nothing are given up, and it is tried once more. */
export async function begin(usage: Usage, blob: Blob): Promise<Started> {
  const start = () =>
    api.POST('/api/v1/media-uploads', {
      body: {
        usage,
        content_type: blob.type === 'image/webp' ? 'image/webp' : 'image/jpeg',
        size: blob.size,
      },
    })
  let answer = await withAgain(start).catch(lost)
  if (codeOf(answer.error) === 'media.too_many_open') {
    await giveUpOpen()
    answer = await start().catch(lost)
  }
  if (!answer.data) throw new UploadRefused(codeOf(answer.error))
  return answer.data
}

async function giveUpOpen(): Promise<void> {
  const { data } = await api.GET('/api/v1/media-uploads')
  const open = data?.items.filter(({ processing_status }) => processing_status === 'uploaded') ?? []
  for (const { asset_id } of open) {
    await api.DELETE('/api/v1/media-uploads/{asset_id}', { params: { path: { asset_id } } })
  }
}

/** Sends the file to where the platform said. Only XMLHttpRequest tells how far an upload is. */
export function send(
  { upload }: Started,
  blob: Blob,
  progress: (percent: number) => void,
  signal: AbortSignal,
) {
  return new Promise<void>((resolve, reject) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value)
    form.append('file', blob)
    const request = new XMLHttpRequest()
    request.open('POST', upload.url)
    request.upload.onprogress = ({ loaded, total }) => progress(Math.round((100 * loaded) / total))
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(new UploadRefused(request.status === 413 ? 'upload.too_large' : 'upload.interrupted'))
    request.onerror = () => reject(new UploadRefused('upload.interrupted'))
    request.onabort = () => reject(new UploadRefused('upload.cancelled'))
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

const PATIENCE_MS = 1500
const LOOKS = 20

/** The platform looks into the file and makes its variants. Waits while another request is at it. */
export async function complete({ asset_id }: Started): Promise<string> {
  const params = { path: { asset_id } }
  for (let look = 0; look < LOOKS; look++) {
    const { data, error } = await withAgain(() =>
      api.POST('/api/v1/media-uploads/{asset_id}/completion', { params }),
    ).catch(lost)
    if (!data) throw new UploadRefused(codeOf(error))
    if (data.processing_status === 'ready') return asset_id
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
  }
  throw new UploadRefused('upload.interrupted')
}

function lost(): { data?: undefined; error: Problem } {
  return { error: { status: 503, code: 'upload.interrupted', detail: '', errors: [] } }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'upload.interrupted'
}
