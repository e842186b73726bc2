import { type Calendar, DAY, HOUR, momentAfter, shareUntil } from '../calendar.ts'
import { walkCrowd, zipfSizes } from '../crowd.ts'
import { exponential, uniform } from '../draws.ts'
import { shared } from '../shared-arrays.ts'
import type { People } from './people.ts'

/** Posts in the order in which they were written; comments and reactions counted by post. */
export type Community = {
  readonly posts: number
  readonly author: Uint32Array
  readonly at: Float64Array
  readonly likes: Uint32Array
  readonly bookmarks: Uint32Array
  /** The number of the post's first comment; one entry more than there are posts. */
  readonly firstComment: Uint32Array
  readonly commentLikes: Uint8Array
  readonly projects: number
  readonly endorsements: Uint32Array
  readonly reactions: number
}

const EACH = { posts: 3, comments: 12, likes: 13.6, bookmarks: 2 }

export function makeCommunity(seed: number, people: People, calendar: Calendar): Community {
  const posts = people.count * EACH.posts
  const rank = uniform(seed, 'posts.rank')
  const sizes = (name: string, total: number, steepness: number, most: number) =>
    zipfSizes({
      count: posts,
      total,
      steepness,
      most: Math.ceil(people.count * most),
      rank,
      rounding: uniform(seed, `posts.${name}`),
    })
  const likes = sizes('likes', EACH.likes * people.count, 0.8, 0.2)
  const bookmarks = sizes('bookmarks', EACH.bookmarks * people.count, 0.85, 0.04)
  const comments = sizes('comments', EACH.comments * people.count, 0.75, 0.05)
  const projects = Math.max(8, Math.floor(people.count / 50))
  const endorsements = zipfSizes({
    count: projects,
    total: people.count / 2,
    steepness: 0.6,
    most: Math.floor(people.count / 8),
    rank: uniform(seed, 'projects.rank'),
    rounding: uniform(seed, 'projects.rounding'),
  })
  const firstComment = runningSum(comments)
  const commentLikes = likesOfComments(seed, firstComment[posts]!)
  const reactions = sum(likes) + sum(bookmarks) + sum(commentLikes) + sum(endorsements)
  return {
    posts,
    ...writing(seed, people, calendar, posts),
    likes: copied(likes),
    bookmarks: copied(bookmarks),
    firstComment,
    commentLikes,
    projects,
    endorsements: copied(endorsements),
    reactions,
  }
}

/** Who wrote or said something at that moment: two in three times one of the tenth that writes most. */
export function speakerAt(people: People, calendar: Calendar): (moment: number, u: number) => number {
  return (moment, u) => {
    const here = Math.max(1, Math.floor(people.count * shareUntil(calendar, moment)))
    if (u >= 0.66 || here < 20) return Math.floor(((u * 31) % 1) * here)
    return Math.floor((u / 0.66) ** 1.4 * (here / 10)) * 10
  }
}

/** When something said of a thing was said: half of it within a day, never after the end. */
export function echoTime(begin: number, delay: number, end: number): number {
  const days = delay * delay * 3
  const moment = begin + 60_000 + days * DAY
  return Math.floor(moment < end ? moment : begin + (end - begin) * ((days * 0.37) % 1))
}

export type Comments = { readonly post: Uint32Array; readonly at: Float64Array }

/** Comment by comment, post by post; a thread of the load makes it when it needs it. */
export function makeComments(seed: number, community: Community, end: number): Comments {
  const total = community.firstComment[community.posts]!
  const post = new Uint32Array(total)
  const at = new Float64Array(total)
  const delay = exponential(seed, 'comments.delay')
  for (let p = 0; p < community.posts; p++) {
    for (let c = community.firstComment[p]!; c < community.firstComment[p + 1]!; c++) {
      post[c] = p
      at[c] = echoTime(community.at[p]!, delay(c), end)
    }
  }
  return { post, at }
}

/** The different people who react to a thing of that moment: those who are here within twenty days, or every fifth of them. */
export function reactors(people: People, calendar: Calendar) {
  return (moment: number, size: number, u: number, call: (person: number) => void) => {
    const here = Math.max(
      Math.ceil(people.count * 0.3),
      Math.floor(people.count * shareUntil(calendar, moment + 20 * DAY)),
    )
    const every = size * 12 < here ? 5 : 1
    walkCrowd(Math.floor(here / every), size, u, (member) => call(member * every))
  }
}

function writing(seed: number, people: People, calendar: Calendar, posts: number) {
  const author = shared.words(posts)
  const at = shared.numbers(posts)
  const place = uniform(seed, 'posts.at')
  const who = uniform(seed, 'posts.author')
  const speaker = speakerAt(people, calendar)
  for (let post = 0; post < posts; post++) {
    at[post] = Math.min(
      calendar.end - HOUR,
      momentAfter(calendar, people.joined[0]! + HOUR, (post + place(post)) / posts),
    )
    author[post] = speaker(at[post]!, who(post))
  }
  return { author, at }
}

function likesOfComments(seed: number, comments: number): Uint8Array {
  const likes = shared.bytes(comments)
  const u = uniform(seed, 'comments.likes')
  for (let c = 0; c < comments; c++) likes[c] = u(c) < 0.08 ? 1 + Math.floor(u(c) * 37) : 0
  return likes
}

function runningSum(sizes: Uint32Array): Uint32Array {
  const sums = shared.words(sizes.length + 1)
  for (let item = 0; item < sizes.length; item++) sums[item + 1] = sums[item]! + sizes[item]!
  return sums
}

function copied(from: Uint32Array): Uint32Array {
  const copy = shared.words(from.length)
  copy.set(from)
  return copy
}

function sum(sizes: Uint8Array | Uint32Array): number {
  let total = 0
  for (const size of sizes) total += size
  return total
}

type Projects = {
  readonly seed: number
  readonly calendar: Calendar
  readonly people: People
  readonly community: Community
}

export const projectPerson = ({ people, community }: Projects, project: number) =>
  Math.floor(((project + 0.5) / community.projects) * 0.95 * people.count)

export function projectTime(world: Projects): (project: number) => number {
  const u = uniform(world.seed, 'projects.at')
  return (project) => {
    const from = world.people.joined[projectPerson(world, project)]!
    return Math.floor(from + u(project) * Math.max(0, world.calendar.end - 4 * DAY - from))
  }
}
