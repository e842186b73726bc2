export { forgetFeeds } from './feed.ts'
