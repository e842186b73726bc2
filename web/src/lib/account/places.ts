/** Currencies that members are paid in most, and those of the neighbours; others are kept where they are set. */
export const CURRENCIES = [
  'KES',
  'UGX',
  'TZS',
  'RWF',
  'ETB',
  'NGN',
  'GHS',
  'ZAR',
  'XOF',
  'XAF',
  'EGP',
  'MAD',
  'USD',
  'EUR',
  'GBP',
] as const

/** To choose from while typing; any zone there is may be typed. */
export function commonZones(): string[] {
  const african = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('Africa/'))
  return [...african, 'Europe/London', 'Europe/Paris', 'Indian/Mauritius', 'UTC']
}
