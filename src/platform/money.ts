/** Money on the wire: whole minor units of an ISO 4217 currency, e.g. 12345 KES cents = KES 123.45. */
export type Money = { readonly amount_minor: number; readonly currency: string }

const DEFAULT_EXPONENT = 2
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...currencies(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...currencies(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...currencies(4, 'CLF UYW'),
])

/** ISO 4217, what is money somewhere today: without precious metals, bond units, test codes and what was replaced. */
const CURRENCIES: ReadonlySet<string> = new Set(
  `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP
  CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD
  IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
  MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
  SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF
  XCD XCG XOF XPF YER ZAR ZMW ZWG`.split(/\s+/),
)

/** Whether sums may be named in it. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code)
}

/** Digits after the point of a currency (ISO 4217): 0 for UGX, 3 for KWD, 2 unless told otherwise. */
export function exponentOf(currency: string): number {
  return EXPONENTS.get(currency) ?? DEFAULT_EXPONENT
}

/** A DECIMAL of the database, as its text, to wire money. Throws RangeError when it is not a number or beyond 2^53. */
export function moneyFromDecimal(decimal: string, currency: string): Money {
  return { amount_minor: minorFromDecimal(decimal, currency), currency }
}

/** '123.45', 'KES' to 12345; digits that the currency does not have are rounded half-even ('0.5' UGX is 0, '1.5' is 2). */
export function minorFromDecimal(decimal: string, currency: string): number {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(decimal)
  if (!match) throw new RangeError('a DECIMAL was expected')
  const [, sign, whole = '', fraction = ''] = match
  const exponent = exponentOf(currency)
  const digits = BigInt(whole + fraction.padEnd(exponent, '0'))
  const minor = divideHalfEven(digits, 10n ** BigInt(Math.max(0, fraction.length - exponent)))
  return safeNumber(sign === '-' ? -minor : minor)
}

/**
 * 12345, 'KES' to '123.45': text for a DECIMAL column or parameter. `scale` is the number of digits written,
 * the currency's own by default; a smaller one (KWD in a DECIMAL(10,2)) rounds half-even.
 */
export function decimalFromMinor(
  amountMinor: number,
  currency: string,
  scale = exponentOf(currency),
): string {
  const minor = wholeMinor(amountMinor)
  const exponent = exponentOf(currency)
  const scaled =
    scale >= exponent
      ? minor * 10n ** BigInt(scale - exponent)
      : divideHalfEven(minor, 10n ** BigInt(exponent - scale))
  return placePoint(scaled, scale)
}

/** The part numerator/denominator of an amount, rounded half-even; what the parts leave over belongs to the platform. */
export function portionOf(amountMinor: number, numerator: number, denominator: number): number {
  if (denominator <= 0) throw new RangeError('the denominator of a portion is positive')
  return safeNumber(divideHalfEven(wholeMinor(amountMinor) * BigInt(numerator), BigInt(denominator)))
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend
  const quotient = size / divisor
  const twice = (size % divisor) * 2n
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return dividend < 0n ? -rounded : rounded
}

function placePoint(scaled: bigint, scale: number): string {
  const sign = scaled < 0n ? '-' : ''
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(scale + 1, '0')
  if (scale === 0) return sign + digits
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function wholeMinor(amountMinor: number): bigint {
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError('minor units are a whole number below 2^53')
  return BigInt(amountMinor)
}

function safeNumber(minor: bigint): number {
  const value = Number(minor)
  if (!Number.isSafeInteger(value)) throw new RangeError('an amount of 2^53 minor units or more')
  return value
}

function currencies(exponent: number, codes: string): [string, number][] {
  return codes.split(' ').map((code) => [code, exponent])
}
