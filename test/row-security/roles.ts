/** Who tries: no actor, people of every role, with and without a tie to the row, and the jobs' own database role. */
export const ROLES = [
  'anonymous',
  'stranger',
  'owner',
  'coach',
  'partner',
  'outside_coach',
  'outside_partner',
  'admin',
  'super_admin',
  'newcomer',
  'unborn',
  'app_worker',
] as const

export type Role = (typeof ROLES)[number]

const GROUPS: Readonly<Record<string, readonly Role[]>> = {
  staff: ['admin', 'super_admin'],
  everyone: ROLES.filter((role) => role !== 'app_worker'),
  nobody: [],
}

/** 'owner staff' → the roles that the words name. */
export function rolesIn(words: string): Set<Role> {
  return new Set(words.split(' ').flatMap((word) => GROUPS[word] ?? [roleNamed(word)]))
}

function roleNamed(word: string): Role {
  const role = ROLES.find((name) => name === word)
  if (!role) throw new Error(`"${word}" is no role`)
  return role
}
