export { forgetEvent } from './event-page.ts'
export { WATCHED_EVENTS } from './watched.ts'
