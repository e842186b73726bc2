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

/** As it is typed: `2500.50` → 250050. What is no number is left for the API to refuse. */
export function minorOf(amount: string, currency: string): number {
  return Math.round(Number(amount.replace(',', '.')) * 10 ** digitsOf(currency))
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
