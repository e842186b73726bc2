import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/openapi.d.ts'

/** The API, typed by its own description. Paths begin with /api/v1. */
export type Api = Client<paths>

/** Answers as they are: `data` or `error`, and the `response`. Rejects only when the API cannot be reached. */
export function createApi(baseUrl: string, fetch: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({ baseUrl, fetch })
}
