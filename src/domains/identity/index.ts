export { forgetMe, meKey } from './me-cache.ts'
export { PersonCard } from './schemas.ts'
export { authenticate } from './sessions.ts'
