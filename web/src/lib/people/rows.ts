import type { Problem } from '#lib/api/types.ts'

type Row = Record<string, string | null>

/**
 * Rows of a form that may grow: fields are called `name.0.field`, `name.1.field` … Rows that say nothing, or are to go, are
 * left out: `at` says where in the form each of the others stands.
 */
export function rowsOf(
  form: FormData,
  name: string,
  fields: readonly string[],
): { rows: Row[]; at: number[] } {
  const rows: Row[] = []
  const at: number[] = []
  for (let i = 0; form.has(`${name}.${i}.${fields[0]}`); i++) {
    const row = Object.fromEntries(
      fields.map((field) => {
        const value = form.get(`${name}.${i}.${field}`)
        return [field, typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() || null : null]
      }),
    )
    if (form.has(`${name}.${i}.remove`) || !(row.title ?? row.name ?? row.url)) continue
    rows.push(row)
    at.push(i)
  }
  return { rows, at }
}

/** A refusal that points at the rows of the form, and not at those that were sent. */
export function pointAtRows<P extends Pick<Problem, 'errors'>>(problem: P, at: readonly number[]): P {
  const errors = problem.errors.map((one) => ({
    ...one,
    pointer: one.pointer.replace(
      /^(\/[^/]+\/)(\d+)/,
      (_, list: string, row: string) => list + (at[Number(row)] ?? row),
    ),
  }))
  return { ...problem, errors }
}
