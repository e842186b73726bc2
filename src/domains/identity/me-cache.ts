import type { Services } from '../../platform/services.ts'

/** Where P1's answer lives in the cache (§5.2, §9.6). */
export function meKey(userId: string): string {
  return `user:profile:${userId}`
}

/** After a commit that changed what someone's own P1 shows. Never fails. */
export function forgetMe({ cache }: Pick<Services, 'cache'>, ...userIds: readonly string[]): Promise<void> {
  return cache.forget(...userIds.map(meKey))
}
