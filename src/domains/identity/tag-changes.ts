import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { badRequest, conflict, notFound } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { Services } from '../../platform/services.ts'
import { slugOf } from '../../platform/slug.ts'
import { COPY_SKILLS } from './copy-skills.ts'
import { deleteTag, holdTag, insertTag, mergeTags, updateTag } from './queries/tags.ts'
import type { NewTag, TagChange } from './schemas/tags.ts'

type Tag = Awaited<ReturnType<typeof insertTag>>

/** 409 `tag.name_taken`; 400 `tag.without_slug`. */
export function addTag(
  { db }: Services,
  actor: Actor,
  { name, category }: Static<typeof NewTag>,
): Promise<Tag> {
  return unlessTaken(
    db.transaction(actor, async (tx) => {
      const tag = await insertTag(tx, { ...named(name), category })
      await record(tx, actor, 'identity.tag_added', tag.tag_id, { name: tag.name, category })
      return tag
    }),
  )
}

/** A new name is copied to the profiles of those who have it by a job. 404 `tag.not_found`; 409 `tag.name_taken`. */
export function changeTag(
  { db }: Services,
  actor: Actor,
  tagId: string,
  { name, category }: Static<typeof TagChange>,
): Promise<Tag> {
  return unlessTaken(
    db.transaction(actor, async (tx) => {
      const before = await holdTag(tx, tagId)
      if (!before) throw notFound('tag', tagId)
      const tag = await updateTag(tx, tagId, {
        ...(name !== undefined && named(name)),
        ...(category !== undefined && { category }),
      })
      if (tag.name !== before.name) await enqueue(tx, COPY_SKILLS, { tag_id: tagId })
      await record(tx, actor, 'identity.tag_changed', tagId, {
        name: { from: before.name, to: tag.name },
        category: { from: before.category, to: tag.category },
      })
      return tag
    }),
  )
}

/** 404 `tag.not_found`; 409 `tag.in_use`: somebody has it as a skill. */
export async function removeTag({ db }: Services, actor: Actor, tagId: string): Promise<void> {
  try {
    await db.transaction(actor, async (tx) => {
      const removed = await deleteTag(tx, tagId)
      if (!removed) throw notFound('tag', tagId)
      await record(tx, actor, 'identity.tag_removed', tagId, { name: removed.name })
    })
  } catch (error) {
    if (!isOf(error, 'user_skills_tag_id_fkey')) throw error
    throw conflict('tag.in_use', 'People have it as a skill; merge it into another one.')
  }
}

/**
 * Puts `into` in the place of a tag, wherever it stands, with everybody who vouches for it; the tag is gone. Answers the one
 * that stays. 400 `tag.into_itself`; 404; 409 `tag.other_category`.
 */
export function mergeTag({ db }: Services, actor: Actor, tagId: string, into: string): Promise<Tag> {
  if (tagId === into) throw badRequest('tag.into_itself', 'A tag cannot be merged into itself.', '/into')
  return db.transaction(actor, async (tx) => {
    const [source, target] = await holdBoth(tx, tagId, into)
    if (source.category !== target.category) {
      throw conflict('tag.other_category', 'Only tags of one category are merged.', '/into')
    }
    const people = await mergeTags(tx, tagId, into)
    await enqueue(tx, COPY_SKILLS, { tag_id: into })
    await record(tx, actor, 'identity.tags_merged', into, { merged: source.name, into: target.name, people })
    return target
  })
}

/** In one order, so that a merge and its opposite do not wait for each other. */
async function holdBoth(tx: Db, one: string, other: string): Promise<[Tag, Tag]> {
  const held = new Map<string, Tag>()
  for (const id of [one, other].sort()) {
    const tag = await holdTag(tx, id)
    if (!tag) throw notFound('tag', id)
    held.set(id, tag)
  }
  return [held.get(one)!, held.get(other)!]
}

function named(words: string): { name: string; slug: string } {
  const name = words.trim()
  const slug = slugOf(name)
  if (slug === '') throw badRequest('tag.without_slug', 'A name needs a Latin letter or a digit.', '/name')
  return { name, slug }
}

async function unlessTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isOf(error, 'tags_name_key', 'tags_name_lower_key', 'tags_slug_key')) throw error
    throw conflict('tag.name_taken', 'There is a tag of this name, or of one that is written alike.', '/name')
  }
}

function isOf(error: unknown, ...constraints: readonly string[]): boolean {
  return error instanceof pg.DatabaseError && constraints.includes(error.constraint ?? '')
}

function record(
  tx: Db,
  actor: Actor,
  action: string,
  tagId: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  return audit(tx, { actor, action, entityType: 'tag', entityId: tagId, retentionClass: 'general', changes })
}
