import { LOCALES } from '#lib/i18n/locale.ts'
import { need } from '#lib/server/answers.ts'
import { staff } from '#lib/server/staff.ts'
import type { RequestHandler } from './$types'

/** The mail as it is sent, to be framed by the page above it: it runs nothing and loads nothing. */
export const GET: RequestHandler = async (event) => {
  await staff(event)
  const { locals, params, url } = event
  const template = await need(
    locals.api.GET('/api/v1/admin/notifications/templates/{fact}', {
      params: { path: { fact: params.fact } },
    }),
  )
  const language = LOCALES.find((one) => one === url.searchParams.get('language')) ?? 'en'
  const html = template.ways.find((way) => way.language === language)?.mail.html ?? ''
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox",
    },
  })
}
