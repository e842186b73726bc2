import type pg from 'pg'
import type { Content } from './content.ts'
import { createNames, type Names } from './names.ts'
import { insertRows, type Row } from './rows.ts'
import { createTimes, type Times } from './times.ts'

/** What every part of the loading is given. */
export type World = {
  /** The owner, in the one transaction of the loading. */
  readonly client: pg.ClientBase
  readonly content: Content
  readonly names: Names
  readonly times: Times
  insert(table: string, rows: readonly Row[]): Promise<void>
}

export function createWorld(client: pg.ClientBase, content: Content, now: number): World {
  return {
    client,
    content,
    names: createNames(content),
    times: createTimes(now),
    insert: (table, rows) => insertRows(client, table, rows),
  }
}
