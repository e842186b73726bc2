import type { Content } from './content.ts'
import type { Comment } from './shapes.ts'
import { HOUR, MINUTE, type Times } from './times.ts'

/** When each person was last here: the latest trace in the content; someone without any was never back. */
export function lastSeen(content: Content, times: Times): ReadonlyMap<string, number> {
  const seen = new Map<string, number>()
  const note = (username: string, moment: number) =>
    seen.set(username, Math.max(seen.get(username) ?? 0, times.past(moment)))
  const noteComments = (published: number, comments: readonly Comment[]) => {
    for (const { author, minutes_after, replies } of comments) {
      note(author, published + minutes_after * MINUTE)
      noteComments(published, replies)
    }
  }
  for (const { username, last_seen_days_ago } of content.enrollments) {
    note(username, times.daysAgo(last_seen_days_ago) - HOUR)
  }
  for (const post of content.posts) {
    const published = publishedAt(post, times)
    note(post.author, published)
    noteComments(published, post.comments)
  }
  return seen
}

export function publishedAt(post: { days_ago: number; minute: number }, times: Times): number {
  return times.daysAgo(post.days_ago) - post.minute * MINUTE
}
