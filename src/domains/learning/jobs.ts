export { learningNotices } from './notices.ts'
