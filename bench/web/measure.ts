/** One line of the table: what must be reached, what was. */
export type Line = {
  readonly what: string
  readonly limit: string
  readonly measured: string
  readonly pass: boolean
}

/** One part of the benchmark: its lines, and all that was seen, page by page. */
export type Measured = { readonly lines: readonly Line[]; readonly detail: object }

export function atMost(
  what: string,
  limit: number,
  values: Readonly<Record<string, number>>,
  unit: string,
): Line {
  const [worst, value] = Object.entries(values).reduce((a, b) => (b[1] > a[1] ? b : a), ['none', 0])
  const over = Object.values(values).filter((each) => each > limit).length
  const rest = over > 1 ? `; ${over} of ${Object.keys(values).length} are over` : ''
  return {
    what,
    limit: `<= ${limit} ${unit}`,
    measured: `${round(value)} ${unit} (${worst}${rest})`,
    pass: over === 0,
  }
}

/** What nobody has set a limit to and everybody should know: the worst. */
export function recorded(what: string, values: Readonly<Record<string, number>>, unit: string): Line {
  return { ...atMost(what, Number.POSITIVE_INFINITY, values, unit), limit: 'recorded' }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}
