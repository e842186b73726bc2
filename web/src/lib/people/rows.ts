/** Rows of a form that may grow: fields are called `name.0.field`, `name.1.field` … Rows that say nothing are left out. */
export function rowsOf(
  form: FormData,
  name: string,
  fields: readonly string[],
): Record<string, string | null>[] {
  const rows: Record<string, string | null>[] = []
  for (let i = 0; form.has(`${name}.${i}.${fields[0]}`); i++) {
    const row = Object.fromEntries(
      fields.map((field) => {
        const value = form.get(`${name}.${i}.${field}`)
        return [field, typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() || null : null]
      }),
    )
    if (!form.has(`${name}.${i}.remove`) && (row.title ?? row.name ?? row.url)) rows.push(row)
  }
  return rows
}
