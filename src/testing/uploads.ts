import assert from 'node:assert/strict'
import type { TestApp } from './app.ts'
import type { Client, Reply } from './client.ts'

export type StartedUpload = {
  readonly asset_id: string
  readonly upload: { url: string; fields: Record<string, string>; expires_at: string; max_bytes: number }
}

export type MediaAsset = {
  readonly asset_id: string
  readonly processing_status: string
  readonly failure_code: string | null
  readonly variants: readonly { key: string; path: string; width: number; type: string; bytes: number }[]
}

export async function beginUpload(client: Client, usage: string, size = 1000): Promise<StartedUpload> {
  const body = { usage, content_type: 'image/png', size }
  const reply = await client.post<StartedUpload>('/api/v1/media-uploads', body)
  assert.equal(reply.status, 201, reply.text)
  return reply.body
}

/** Posts the form to where the upload says: the bucket, or the local twin of the app. Answers the status. */
export async function sendFile(app: TestApp, { upload }: StartedUpload, file: Buffer): Promise<number> {
  const form = new FormData()
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value)
  form.append('file', new Blob([new Uint8Array(file)]), 'picture.png')
  const { publicUrl } = app.services.config
  if (!upload.url.startsWith(publicUrl))
    return (await fetch(upload.url, { method: 'POST', body: form })).status
  const encoded = new Response(form)
  const reply = await app.server.inject({
    method: 'POST',
    url: upload.url.slice(publicUrl.length),
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    payload: Buffer.from(await encoded.arrayBuffer()),
  })
  return reply.statusCode
}

export function completeUpload(client: Client, assetId: string): Promise<Reply<MediaAsset>> {
  return client.post<MediaAsset>(`/api/v1/media-uploads/${assetId}/completion`)
}

/** The whole way, to a picture that is shown. */
export async function uploadPicture(
  app: TestApp,
  client: Client,
  usage: string,
  file: Buffer,
): Promise<MediaAsset> {
  const started = await beginUpload(client, usage)
  assert.equal(await sendFile(app, started, file), 204)
  const reply = await completeUpload(client, started.asset_id)
  assert.equal(reply.status, 200, reply.text)
  return reply.body
}
