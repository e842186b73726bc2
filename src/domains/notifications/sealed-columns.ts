import type { SealedColumn } from '../../platform/crypto/sealed-columns.ts'

/** The kind that endpoints are indexed as. */
export const ENDPOINT_INDEX = 'push_endpoint'

export function endpointContext(userId: string): string {
  return `push_subscriptions.endpoint_cipher:${userId}`
}

export function keysContext(userId: string): string {
  return `push_subscriptions.keys_cipher:${userId}`
}

/** Where a person's browsers are reached, and the keys that seal what is sent there. */
export const sealedOfNotifications: readonly SealedColumn[] = [
  {
    table: 'push_subscriptions',
    key: 'subscription_id',
    column: 'endpoint_cipher',
    form: 'bytes',
    place: 'user_id',
    context: endpointContext,
    index: { kind: ENDPOINT_INDEX, column: 'endpoint_index', next: 'endpoint_index_next' },
  },
  {
    table: 'push_subscriptions',
    key: 'subscription_id',
    column: 'keys_cipher',
    form: 'bytes',
    place: 'user_id',
    context: keysContext,
  },
]
