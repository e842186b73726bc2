export { forgetEvent } from './event-page.ts'
