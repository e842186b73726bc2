import type { FieldCipher } from '../../platform/crypto/fields.ts'
import type { SealedColumn } from '../../platform/crypto/sealed-columns.ts'

/** Where to send what was ordered; whoever sells decides which lines there are. */
export type ShippingAddress = Readonly<Record<string, string>>

/** What `orders.shipping_address` holds: the text of a JSON string, which opens in this order alone. */
export function sealShippingAddress(
  fields: Pick<FieldCipher, 'sealText'>,
  orderId: string,
  address: ShippingAddress,
): string {
  return JSON.stringify(fields.sealText(contextOf(orderId), JSON.stringify(address)))
}

/** `sealed`: the JSON string's value. Throws UnopenableField. */
export function openShippingAddress(
  fields: Pick<FieldCipher, 'openText'>,
  orderId: string,
  sealed: string,
): ShippingAddress {
  return JSON.parse(fields.openText(contextOf(orderId), sealed))
}

function contextOf(orderId: string): string {
  return `orders.shipping_address:${orderId}`
}

export const sealedOfOrders: SealedColumn = {
  table: 'orders',
  key: 'order_id',
  column: 'shipping_address',
  form: 'json',
  place: 'order_id',
  context: contextOf,
}
