export { forgetMe, meKey } from './me-cache.ts'
export { authenticate } from './sessions.ts'
