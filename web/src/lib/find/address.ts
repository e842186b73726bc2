/** The address of a list with these filters; empty ones are left out. */
export function withFilters(
  path: string,
  filters: Readonly<Record<string, string | null | undefined>>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value)
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** What stands in an address under these names, without blanks around; empty when absent. */
export function filtersOf<const N extends string>(url: URL, names: readonly N[]): Record<N, string> {
  return Object.fromEntries(
    names.map((name) => [name, url.searchParams.get(name)?.trim().slice(0, 200) ?? '']),
  ) as Record<N, string>
}
