export { forgetFeeds } from './feed.ts'
export { WATCHED_POSTS } from './watched.ts'
