export { forgetMe, meKey } from './me-cache.ts'
export { PERMISSIONS } from './permissions.ts'
export { PersonCard } from './schemas/people.ts'
export { authenticate } from './sessions.ts'
