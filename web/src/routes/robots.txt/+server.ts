import type { RequestHandler } from './$types'

/** What is for members says noindex itself, where robots must be able to read it. */
export const GET: RequestHandler = ({ locals }) =>
  new Response(
    `User-agent: *\nDisallow: /api/\nDisallow: /dev/\nDisallow: /*?cursor=\nSitemap: ${locals.origin}/sitemap.xml\n`,
    { headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=3600' } },
  )
