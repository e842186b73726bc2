import type { ItemOf } from '#lib/api/types.ts'
import { m } from '#lib/paraglide/messages.js'

type Key = ItemOf<'/api/v1/admin/settings'>['key']
type Editor = {
  /** switch: on or off; line: a text or nothing; texts: one in each language, or nothing; days: a number of them by right. */
  readonly kind: 'switch' | 'line' | 'texts' | 'days'
  readonly label: () => string
  readonly hint: () => string
}

/** How each setting of the platform is edited. One that is new to the API misses here until it has its editor. */
export const SETTINGS: Readonly<Record<Key, Editor>> = {
  'platform.maintenance_mode': {
    kind: 'switch',
    label: m.admin_setting_maintenance,
    hint: m.admin_setting_maintenance_hint,
  },
  'platform.registration_open': {
    kind: 'switch',
    label: m.admin_setting_registration,
    hint: m.admin_setting_registration_hint,
  },
  'platform.support_email': {
    kind: 'line',
    label: m.admin_setting_support,
    hint: m.admin_setting_support_hint,
  },
  'platform.announcement': {
    kind: 'texts',
    label: m.admin_setting_announcement,
    hint: m.admin_setting_announcement_hint,
  },
  'billing.default_currency': {
    kind: 'line',
    label: m.admin_setting_currency,
    hint: m.admin_setting_currency_hint,
  },
  'privacy.request_due_days': {
    kind: 'days',
    label: m.admin_setting_due_days,
    hint: m.admin_setting_due_days_hint,
  },
}

/** Most used first; one that is set already is offered too. */
export const CURRENCIES = [
  'KES',
  'TZS',
  'UGX',
  'RWF',
  'NGN',
  'GHS',
  'ZAR',
  'XOF',
  'XAF',
  'ETB',
  'EGP',
  'MAD',
  'USD',
  'EUR',
]
