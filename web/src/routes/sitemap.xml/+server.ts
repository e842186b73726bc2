import { sitemapIndex } from '#lib/server/sitemap.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = ({ locals }) =>
  new Response(sitemapIndex(locals.origin), {
    headers: { 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'public, max-age=3600' },
  })
