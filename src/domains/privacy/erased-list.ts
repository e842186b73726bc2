import { text } from 'node:stream/consumers'
import type { Storage } from '../../platform/storage/index.ts'
import type { PublicWriting } from './queries/erasures.ts'

/** Kept beside the database, so that a restore from before an erasure can be told of it. */
const LIST = 'erased-people/'

export type ErasedPerson = { readonly user_id: string; readonly public_writing: PublicWriting }

/** Written before the purge begins to delete: a list that knows of too many is put right by nobody being there. */
export async function listAsErased(storage: Storage, person: ErasedPerson): Promise<void> {
  const { user_id, public_writing } = person
  const body = Buffer.from(JSON.stringify({ user_id, public_writing }))
  await storage.put(`${LIST}${user_id}.json`, body, 'application/json')
}

export async function* erasedPeople(storage: Storage): AsyncIterable<ErasedPerson> {
  for await (const key of storage.list(LIST)) {
    const file = await storage.get(key)
    if (file) yield JSON.parse(await text(file.body)) as ErasedPerson
  }
}
