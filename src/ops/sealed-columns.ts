import { sealedOfOrders } from '../domains/commerce/index.ts'
import { sealedOfAccounts } from '../domains/identity/index.ts'
import { sealedOfNotifications } from '../domains/notifications/index.ts'
import { sealedOfAudit } from '../platform/audit/sealed-columns.ts'
import type { SealedColumn } from '../platform/crypto/sealed-columns.ts'
import { sealedOfMessages } from '../platform/messages/index.ts'

/** Every sealed column that there is. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  ...sealedOfAccounts,
  sealedOfOrders,
  sealedOfMessages,
  ...sealedOfNotifications,
  ...sealedOfAudit,
]
