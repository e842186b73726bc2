import type { Db } from '../../../platform/db/index.ts'

export async function updatePicture(
  db: Db,
  userId: string,
  column: 'profile_photo_url' | 'cover_photo_url',
  key: string | null,
): Promise<void> {
  await db
    .updateTable('user_profiles')
    .set({ [column]: key })
    .where('user_id', '=', userId)
    .execute()
}
