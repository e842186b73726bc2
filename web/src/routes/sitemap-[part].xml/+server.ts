import { error } from '@sveltejs/kit'
import { Kept } from '#lib/server/kept.ts'
import { PARTS, sitemapOf } from '#lib/server/sitemap.ts'
import { asStranger } from '#lib/server/stranger.ts'
import type { RequestHandler } from './$types'

/** Walking all lists is some hundred questions: once an hour will do. */
const maps = new Kept<string>({ most: PARTS.length, seconds: 3600 })

export const GET: RequestHandler = async (event) => {
  const part = PARTS.find((one) => one === event.params.part)
  if (!part) throw error(404)
  const text = await maps.get(part, () => sitemapOf(asStranger(event), part, event.locals.origin))
  return new Response(text, {
    headers: { 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'public, max-age=3600' },
  })
}
