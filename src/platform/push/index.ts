export { arePushKeys, LONGEST_PAYLOAD, type PushKeys } from './encryption.ts'
export { createPush, type PushMessage, type PushSender, type PushTarget } from './push.ts'
