import type { Reroute } from '@sveltejs/kit/hooks'
import { splitLocale } from '#lib/i18n/locale.ts'

/** A page is one route in every language. */
export const reroute: Reroute = ({ url }) => splitLocale(url.pathname).path
