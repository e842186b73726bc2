import { createApi } from './client.ts'

/** The API from within a page: same site, with the person's cookie. Not for the server. */
export const api = createApi('', (request) => fetch(request))
