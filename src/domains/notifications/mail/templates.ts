import type { AnyTemplate } from '../../../platform/messages/index.ts'
import { confirmDelivery } from './confirm-delivery.ts'

/** Everything that notifications says to people by mail of its own accord. */
export const notificationsTemplates: readonly AnyTemplate[] = [confirmDelivery]
