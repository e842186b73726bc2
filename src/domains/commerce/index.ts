export {
  openShippingAddress,
  type ShippingAddress,
  sealedOfOrders,
  sealShippingAddress,
} from './shipping-address.ts'
