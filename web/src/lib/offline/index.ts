/**
 * What works without a network. Whoever lets people write something that must not be lost calls `queueWrite` and then
 * `flush`: it is sent now, or kept and sent once the network is back, also by another tab or by the service worker.
 */
export { watch } from './changes.ts'
export { flush } from './flush.ts'
export { claim, draftsHere, wipe } from './owner.ts'
export {
  keepList,
  type LessonToSave,
  NotSaved,
  refresh,
  removeLesson,
  savedLessons,
  saveLesson,
} from './saved.ts'
export { send, startSending } from './start.ts'
export type { Refusal, SavedLesson, Write, WriteKind } from './store.ts'
export { discard, type NewWrite, type Pending, pending, queueWrite, retry } from './writes.ts'
