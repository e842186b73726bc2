import type { Catalogue } from '../catalogue.ts'

/** An object as it was specified and as it stands; undefined where it does not. */
type Side = string | undefined
type Rule = (name: string, specified: Side, ours: Side, catalogue: Catalogue) => boolean

/** The rules of docs/schema-conformance.md, by the names they have there. */
export const RULES: Readonly<Record<string, Rule>> = {
  'keys are uuid_v7': (_, specified, ours) =>
    specified !== undefined && ours === specified.replace('gen_random_uuid()', 'uuid_v7()'),

  'people can be detached': (name, specified, ours, catalogue) =>
    changesOnDelete(specified, ours, 'SET NULL') && mayBeEmpty(name, ours, catalogue),

  'records hold their person': (name, specified, ours, catalogue) =>
    changesOnDelete(specified, ours, 'RESTRICT') && !mayBeEmpty(name, ours, catalogue),

  'foreign keys have an index': (_, specified, ours, catalogue) => {
    if (specified !== undefined || ours === undefined) return false
    const index = /^CREATE INDEX ON (\S+) USING btree \((\w+)\)(?: WHERE \(\2 IS NOT NULL\))?$/.exec(ours)
    return index !== null && isForeignKey(catalogue, `constraint ${index[1]}.`, `FOREIGN KEY (${index[2]})`)
  },
}

function changesOnDelete(specified: Side, ours: Side, action: string): boolean {
  return (
    specified?.endsWith(' REFERENCES users(user_id)') === true && ours === `${specified} ON DELETE ${action}`
  )
}

function mayBeEmpty(constraint: string, definition: Side, catalogue: Catalogue): boolean {
  const table = /^constraint (\w+)\./.exec(constraint)?.[1]
  const column = /^FOREIGN KEY \((\w+)\)/.exec(definition ?? '')?.[1]
  return catalogue.get(`column ${table}.${column}`)?.includes('NOT NULL') === false
}

function isForeignKey(catalogue: Catalogue, owner: string, definition: string): boolean {
  return [...catalogue].some(([name, text]) => name.startsWith(owner) && text.startsWith(definition))
}
