type Money = { readonly amount_minor: number; readonly currency: string }

/** Where people of ours are paid; others are taken too, once they stand in a profile. */
export const CURRENCIES = [
  'KES',
  'UGX',
  'TZS',
  'RWF',
  'ETB',
  'NGN',
  'GHS',
  'XOF',
  'XAF',
  'ZAR',
  'EGP',
  'MAD',
  'USD',
  'EUR',
]

/**
 * As people type it: `2500.50`, `2 500,50`, `2,500` → minor units. A point or comma before three digits parts thousands. What
 * is no amount is NaN, which the API refuses.
 */
export function minorOf(amount: string, currency: string): number {
  const plain = amount
    .replace(/\s/g, '')
    .replace(/[.,](?=\d{3}(?:[.,]|$))/g, '')
    .replace(',', '.')
  return /^\d+(?:\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 10 ** digitsOf(currency)) : Number.NaN
}

/** As it is typed again. */
export function amountOf({ amount_minor, currency }: Money): string {
  return String(amount_minor / 10 ** digitsOf(currency))
}

function digitsOf(currency: string): number {
  try {
    return (
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ??
      2
    )
  } catch (error) {
    if (error instanceof RangeError) return 2
    throw error
  }
}
