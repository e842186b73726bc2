import type { HandleClientError } from '@sveltejs/kit/hooks'
import { isLocale } from '#lib/i18n/locale.ts'
import { overwriteGetLocale } from '#lib/paraglide/runtime.js'

const locale = document.documentElement.lang
overwriteGetLocale(() => (isLocale(locale) ? locale : 'en'))

/** Not reachable is the likeliest reason why a page cannot be loaded in place. */
export const handleError: HandleClientError = ({ kind }) =>
  kind === 'unknown' ? { status: navigator.onLine ? 500 : 503 } : {}
