import { createServer } from 'node:http'
import { openPages } from './handler.ts'

/**
 * The pages alone, apart from the API: `API_URL` is the API's address as this machine reaches it, `PUBLIC_URL` the site's
 * as people do. The API must trust this process as a proxy (TRUST_PROXY), or it sees its address instead of people's.
 */
const { API_URL, PUBLIC_URL, PORT = '8080', HOST = '127.0.0.1', UPLOAD_ORIGIN } = process.env
if (!API_URL || !URL.canParse(API_URL)) stop(`API_URL is "${API_URL ?? ''}": expected the address of the API`)
if (!PUBLIC_URL || !URL.canParse(PUBLIC_URL))
  stop(`PUBLIC_URL is "${PUBLIC_URL ?? ''}": expected the site's address`)

const pages = await openPages({ origin: PUBLIC_URL })
const web = { api: fetch, origin: new URL(PUBLIC_URL).origin, uploadOrigin: UPLOAD_ORIGIN ?? null }
createServer((request, response) => pages(Object.assign(request, { web }), response))
  .listen(Number(PORT), HOST, () => process.stdout.write(`Pages on http://${HOST}:${PORT}\n`))
  .on('error', (error) => stop(error.message))

function stop(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
