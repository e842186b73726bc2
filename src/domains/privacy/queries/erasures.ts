import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type PublicWriting = 'stays' | 'goes'

export type Erasure = {
  erasure_id: string
  user_id: string
  public_writing: PublicWriting
  status: 'waiting' | 'purging' | 'done' | 'cancelled'
  requested_at: string
  cancellable_until: string
}

const SHOWN = [
  'erasure_id',
  'user_id',
  sql<PublicWriting>`public_writing`.as('public_writing'),
  sql<Erasure['status']>`status`.as('status'),
  'requested_at',
  'cancellable_until',
] as const

/** As the person themselves. Undefined: one is open already. */
export async function insertErasure(
  db: Db,
  userId: string,
  publicWriting: PublicWriting,
  graceDays: number,
): Promise<Erasure | undefined> {
  return db
    .insertInto('erasures')
    .values({
      user_id: userId,
      public_writing: publicWriting,
      cancellable_until: sql`now() + make_interval(days => ${graceDays})`,
    })
    .onConflict((conflict) =>
      conflict.column('user_id').where(sql<boolean>`status IN ('waiting', 'purging')`).doNothing(),
    )
    .returning(SHOWN)
    .executeTakeFirst()
}

/** False: there is none to take back, or it is too late. Whoever began to purge first holds the row. */
export async function cancelErasure(db: Db, userId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('erasures')
    .set({ status: 'cancelled', cancelled_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('status', '=', 'waiting')
    .where('cancellable_until', '>', sql<string>`now()`)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** For the job: whose time is over, and whose purge did not come to its end. Walks idx_erasures_due. */
export async function dueErasures(db: Db, size: number): Promise<string[]> {
  const rows = await db
    .selectFrom('erasures')
    .select('erasure_id')
    .where('status', 'in', ['waiting', 'purging'])
    .where('cancellable_until', '<=', sql<string>`now()`)
    .orderBy('cancellable_until')
    .limit(size)
    .execute()
  return rows.map(({ erasure_id }) => erasure_id)
}

/** Whose time was over a day ago and more: none, while the job works. Walks idx_erasures_due. */
export async function overdueErasures(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM erasures
    WHERE status IN ('waiting', 'purging') AND cancellable_until < now() - interval '1 day'`.execute(db)
  return rows[0]!.n
}

/** From here on nobody takes it back. Undefined: it was, or it is done, or its time has not come. */
export async function claimErasure(db: Db, erasureId: string): Promise<Erasure | undefined> {
  return db
    .updateTable('erasures')
    .set({ status: 'purging', started_at: sql`coalesce(started_at, now())` })
    .where('erasure_id', '=', erasureId)
    .where('status', 'in', ['waiting', 'purging'])
    .where('cancellable_until', '<=', sql<string>`now()`)
    .returning(SHOWN)
    .executeTakeFirst()
}

/** Of two that purge the same person one waits here, and finds it done. */
export async function holdErasure(db: Db, erasureId: string): Promise<Erasure | undefined> {
  return db
    .selectFrom('erasures')
    .select(SHOWN)
    .where('erasure_id', '=', erasureId)
    .where('status', '=', 'purging')
    .forUpdate()
    .executeTakeFirst()
}

export type Proof = {
  readonly outcome: 'deleted' | 'tombstone'
  readonly certificate: string
  readonly sha256: Buffer
  readonly erasedAt: string
}

export async function finishErasure(
  db: Db,
  erasureId: string,
  { outcome, certificate, sha256, erasedAt }: Proof,
): Promise<void> {
  await db
    .updateTable('erasures')
    .set({
      status: 'done',
      outcome,
      certificate,
      certificate_sha256: sha256,
      erased_at: erasedAt,
    })
    .where('erasure_id', '=', erasureId)
    .execute()
}

/** By the operator: the way back ends now. Undefined: nobody of this id waits to be erased. */
export async function endGrace(db: Db, userId: string): Promise<string | undefined> {
  const ended = await db
    .updateTable('erasures')
    .set({ cancellable_until: sql`least(cancellable_until, now())` })
    .where('user_id', '=', userId)
    .where('status', 'in', ['waiting', 'purging'])
    .returning('erasure_id')
    .executeTakeFirst()
  return ended?.erasure_id
}

export async function isErasureDone(db: Db, erasureId: string): Promise<boolean> {
  const row = await db
    .selectFrom('erasures')
    .select('status')
    .where('erasure_id', '=', erasureId)
    .executeTakeFirst()
  return row?.status === 'done'
}

/** After a restore: somebody of the list who is there again, as if they had never been erased. */
export async function isBack(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('erased_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Opens the erasure of somebody who was erased before, or takes up the one that the backup knew of; due at once. */
export async function reopenErasure(db: Db, userId: string, publicWriting: PublicWriting): Promise<string> {
  const { rows } = await sql<{ erasure_id: string }>`
    INSERT INTO erasures (user_id, public_writing, cancellable_until) VALUES (${userId}, ${publicWriting}, now())
    ON CONFLICT (user_id) WHERE status IN ('waiting', 'purging')
    DO UPDATE SET public_writing = excluded.public_writing, cancellable_until = least(erasures.cancellable_until, now())
    RETURNING erasure_id`.execute(db)
  return rows[0]!.erasure_id
}
