import type { RequestEvent } from '@sveltejs/kit'
import type { Api } from '#lib/api/client.ts'
import { apiFor } from './api.ts'

/** The API as nobody in particular asks it: for what is kept and given to everybody. */
export function asStranger({
  platform,
  url,
  getClientAddress,
}: Pick<RequestEvent, 'platform' | 'url' | 'getClientAddress'>): Api {
  return apiFor({
    transport: platform?.req.web?.api ?? fetch,
    baseUrl: process.env.API_URL ?? url.origin,
    origin: process.env.API_URL ? new URL(process.env.API_URL).origin : url.origin,
    address: getClientAddress(),
    headers: new Headers(),
    onAnswer: () => undefined,
  })
}
