import { slugOf } from '../../../platform/slug.ts'
import { DAY, HOUR } from '../calendar.ts'
import { idKind } from '../copy-rows.ts'
import { exponential, uniform } from '../draws.ts'
import { chosen, headline, passage, reply, sentence } from '../phrases.ts'
import { references } from '../references.ts'
import { inTimeOrder } from '../shared-arrays.ts'
import { nothing, type Table } from '../table.ts'
import { POST_CATEGORIES, SKILLS } from '../taxonomy.ts'
import {
  echoTime,
  makeComments,
  projectPerson,
  projectTime,
  reactors,
  speakerAt,
} from '../world/community.ts'
import { ADMIN } from '../world/people.ts'
import type { World } from '../world.ts'
import { hiddenPosts, languageAt } from './people.ts'

/** On average; twenty posts with what surrounds them then make a page of about 16 KB (P3). */
const POST_BYTES = 175

export const posts: Table = {
  name: 'posts',
  open(world) {
    const { community, seed } = world
    const ref = references(world)
    const u = uniform(seed, 'posts.words')
    const v = uniform(seed, 'posts.more')
    const hidden = hiddenPosts(seed)
    const topic = (i: number) => SKILLS[Math.floor(v(i) ** 2 * SKILLS.length)]!
    const title = (i: number) => headline(languageAt(u(i)), v(i), topic(i))
    const comments = visibleComments(world)
    return {
      count: community.posts,
      fields: {
        post_id: ref.post,
        author_id: (rows, i) => ref.user(rows, community.author[i]!),
        title: (rows, i) => rows.text(title(i)),
        content: (rows, i) =>
          rows.text(passage(languageAt(u(i)), v(i), POST_BYTES * (0.3 + ((v(i) * 53) % 1) * 1.4))),
        category: (rows, i) =>
          rows.text(v(i) < 0.01 ? 'announcement' : chosen(POST_CATEGORIES, (u(i) * 17) % 0.8)),
        tags: (rows, i) => rows.jsonb([slugOf(topic(i))]),
        language: (rows, i) => rows.text(languageAt(u(i))),
        view_count: (rows, i) =>
          rows.int(community.likes[i]! * 14 + community.bookmarks[i]! * 9 + Math.floor(u(i) * 30)),
        like_count: (rows, i) => rows.int(community.likes[i]!),
        comment_count: (rows, i) => rows.int(comments[i]!),
        bookmark_count: (rows, i) => rows.int(community.bookmarks[i]!),
        share_count: (rows, i) => rows.int(community.likes[i]! >> 3),
        status: (rows, i) => rows.text(hidden(i) ? (i & 1 ? 'flagged' : 'removed') : 'published'),
        moderated_by: (rows, i) => (hidden(i) ? ref.user(rows, ADMIN) : rows.null()),
        is_featured: (rows, i) => rows.bool(v(i) > 0.9995),
        slug: (rows, i) => rows.text(`${slugOf(title(i))}-${i.toString(36)}`),
        created_at: (rows, i) => rows.time(community.at[i]!),
        updated_at: (rows, i) => rows.time(community.at[i]!),
        published_at: (rows, i) => rows.time(community.at[i]!),
      },
    }
  },
}

export const comments: Table = {
  name: 'comments',
  open(world) {
    const { community, calendar, people, seed } = world
    const ref = references(world)
    const u = uniform(seed, 'comments.words')
    const who = uniform(seed, 'comments.author')
    const speaker = speakerAt(people, calendar)
    const hidden = hiddenComments(seed)
    const { post, at } = makeComments(seed, community, calendar.end)
    const order = inTimeOrder(at)
    const c = (i: number) => order[i]!
    return {
      count: order.length,
      fields: {
        comment_id: (rows, i) => ref.comment(rows, c(i), at[c(i)]!),
        post_id: (rows, i) => ref.post(rows, post[c(i)]!),
        author_id: (rows, i) => ref.user(rows, speaker(at[c(i)]!, who(c(i)))),
        parent_comment_id: (rows, i) => {
          const first = community.firstComment[post[c(i)]!]!
          const parent = first + Math.floor(who(c(i)) * (c(i) - first))
          // A reply comes after what it replies to, by more than the hour within which the order is loose.
          if (u(c(i)) < 0.3 && parent < c(i) && at[parent]! + HOUR < at[c(i)]!)
            ref.comment(rows, parent, at[parent]!)
          else rows.null()
        },
        content: (rows, i) => {
          const language = languageAt(who(c(i)))
          if (u(c(i)) < 0.5) rows.text(reply(language, (u(c(i)) * 2) % 1))
          else rows.text(sentence(language, (u(c(i)) * 2) % 1))
        },
        like_count: (rows, i) => rows.int(community.commentLikes[c(i)]!),
        status: (rows, i) => rows.text(hidden(c(i)) ? 'removed' : 'published'),
        moderated_by: (rows, i) => (hidden(c(i)) ? ref.user(rows, ADMIN) : rows.null()),
        created_at: (rows, i) => rows.time(at[c(i)]!),
        updated_at: (rows, i) => rows.time(at[c(i)]!),
      },
    }
  },
}

const KINDS = ['post', 'post', 'comment', 'project'] as const
const [LIKE, BOOKMARK, COMMENT_LIKE, ENDORSEMENT] = [0, 1, 2, 3] as const

export const reactions: Table = {
  name: 'reactions',
  open(world) {
    const ref = references(world)
    const kind = idKind(world.seed, 'reaction')
    const u = uniform(world.seed, 'reactions.type')
    const drawn = drawReactions(world)
    const order = inTimeOrder(drawn.at)
    const commentTime = drawn.comments.at
    const r = (i: number) => order[i]!
    return {
      count: order.length,
      fields: {
        reaction_id: (rows, i) => rows.id(kind, i, drawn.at[r(i)]!),
        user_id: (rows, i) => ref.user(rows, drawn.person[r(i)]!),
        entity_type: (rows, i) => rows.text(KINDS[drawn.kind[r(i)]!]!),
        entity_id: (rows, i) => {
          const target = drawn.target[r(i)]!
          if (drawn.kind[r(i)] === COMMENT_LIKE) ref.comment(rows, target, commentTime[target]!)
          else if (drawn.kind[r(i)] === ENDORSEMENT) ref.project(rows, target)
          else ref.post(rows, target)
        },
        reaction_type: (rows, i) => {
          if (drawn.kind[r(i)] === BOOKMARK) rows.text('bookmark')
          else if (drawn.kind[r(i)] === ENDORSEMENT) rows.text('endorse')
          else rows.text(u(r(i)) < 0.8 ? 'like' : 'love')
        },
        created_at: (rows, i) => rows.time(drawn.at[r(i)]!),
      },
    }
  },
}

export const projects: Table = {
  name: 'projects',
  open(world) {
    const { community, people, calendar, seed } = world
    const ref = references(world)
    const u = uniform(seed, 'projects.words')
    const at = projectTime(world)
    const topic = (i: number) => chosen(SKILLS, u(i))
    return {
      count: community.projects,
      fields: {
        project_id: ref.project,
        submitted_by: (rows, i) => ref.user(rows, projectPerson(world, i)),
        title: (rows, i) =>
          rows.text(
            `${topic(i)} for ${chosen(['markets', 'schools', 'cooperatives', 'villages'], u(i + 1))}`,
          ),
        slug: (rows, i) => rows.text(`${slugOf(topic(i))}-project-${i + 1}`),
        problem_statement: (rows, i) => rows.text(passage('en', u(i), 300)),
        solution_description: (rows, i) => rows.text(passage('en', u(i + 7), 400)),
        stage: (rows, i) => rows.text(chosen(['idea', 'prototype', 'active', 'scaling'], u(i) ** 1.5)),
        support_needed: (rows, i) =>
          rows.jsonb([chosen(['mentorship', 'funding', 'visibility', 'partnership'], u(i))]),
        endorsement_count: (rows, i) => rows.int(community.endorsements[i]!),
        collaboration_request_count: (rows) => rows.int(2),
        status: (rows, i) =>
          rows.text(u(i) < 0.85 || community.endorsements[i]! > 0 ? 'approved' : 'pending'),
        created_at: (rows, i) => rows.time(at(i)),
        updated_at: (rows, i) => rows.time(at(i)),
        published_at: (rows, i) => rows.time(Math.min(calendar.end - 1, at(i) + 2 * DAY)),
        reviewed_by: nothing,
        target_market: (rows, i) =>
          rows.text(chosen(['Kenya', 'Nigeria', 'Uganda', 'Ghana'], u(people.count + i))),
      },
    }
  },
}

export const collaborators: Table = {
  name: 'project_collaborators',
  open(world) {
    const ref = references(world)
    const kind = idKind(world.seed, 'collaborator')
    const at = projectTime(world)
    return {
      count: world.community.projects,
      fields: {
        collaborator_id: (rows, i) => rows.id(kind, i, at(i) + DAY),
        project_id: ref.project,
        user_id: (rows, i) => ref.user(rows, (projectPerson(world, i) + 1) % world.people.count),
        role: (rows, i) =>
          rows.text(chosen(['Co-founder', 'Developer', 'Designer', 'Advisor'], (i * 0.37) % 1)),
        joined_at: (rows, i) => rows.time(at(i) + DAY),
      },
    }
  },
}

export const collaborationRequests: Table = {
  name: 'project_collaboration_requests',
  open(world) {
    const ref = references(world)
    const kind = idKind(world.seed, 'collaboration_request')
    const at = projectTime(world)
    return {
      count: world.community.projects * 2,
      fields: {
        request_id: (rows, i) => rows.id(kind, i, at(i >> 1) + DAY),
        project_id: (rows, i) => ref.project(rows, i >> 1),
        user_id: (rows, i) =>
          ref.user(rows, (projectPerson(world, i >> 1) + 1 + (i & 1)) % world.people.count),
        message: (rows, i) => rows.text(sentence('en', (i * 0.173) % 1)),
        status: (rows, i) => rows.text(i & 1 ? 'pending' : 'accepted'),
        created_at: (rows, i) => rows.time(at(i >> 1) + DAY),
      },
    }
  },
}

function hiddenComments(seed: number): (comment: number) => boolean {
  const u = uniform(seed, 'comments.hidden')
  return (comment) => u(comment) < 0.004
}

function visibleComments({ community, seed }: World): Uint32Array {
  const counts = new Uint32Array(community.posts)
  const hidden = hiddenComments(seed)
  for (let post = 0; post < community.posts; post++) {
    for (let c = community.firstComment[post]!; c < community.firstComment[post + 1]!; c++)
      if (!hidden(c)) counts[post]! += 1
  }
  return counts
}

function drawReactions(world: World) {
  const { community, people, calendar, seed } = world
  const size = community.reactions
  const drawn = {
    kind: new Uint8Array(size),
    target: new Uint32Array(size),
    person: new Uint32Array(size),
    at: new Float64Array(size),
  }
  const comments = makeComments(seed, community, calendar.end)
  const who = uniform(seed, 'reactions.who')
  const delay = exponential(seed, 'reactions.delay')
  const call = reactors(people, calendar)
  let row = 0
  const react = (kind: number, target: number, times: number, begin: number) =>
    call(begin, times, who(row), (person) => {
      drawn.kind[row] = kind
      drawn.target[row] = target
      drawn.person[row] = person
      drawn.at[row] = echoTime(Math.max(begin, people.joined[person]!), delay(row), calendar.end)
      row += 1
    })
  for (let post = 0; post < community.posts; post++)
    react(LIKE, post, community.likes[post]!, community.at[post]!)
  for (let post = 0; post < community.posts; post++)
    react(BOOKMARK, post, community.bookmarks[post]!, community.at[post]!)
  for (let c = 0; c < comments.at.length; c++)
    react(COMMENT_LIKE, c, community.commentLikes[c]!, comments.at[c]!)
  const started = projectTime(world)
  for (let p = 0; p < community.projects; p++) react(ENDORSEMENT, p, community.endorsements[p]!, started(p))
  if (row !== size) throw new Error(`${size} reactions were counted, ${row} were drawn`)
  return { ...drawn, comments }
}
