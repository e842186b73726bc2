import { uuidV7 } from './ids.ts'
import { publishedAt } from './last-seen.ts'
import type { Row } from './rows.ts'
import type { Comment } from './shapes.ts'
import { DAY, iso, MINUTE } from './times.ts'
import type { World } from './world.ts'

type Written = { posts: Row[]; comments: Row[]; reactions: Row[] }

/** Posts with their conversations and likes; projects with their people. Counters follow from the triggers. */
export async function loadCommunity(world: World): Promise<void> {
  const written: Written = { posts: [], comments: [], reactions: [] }
  for (const post of world.content.posts) writePost(world, written, post)
  await world.insert('posts', written.posts)
  await world.insert('comments', written.comments)
  const projects = world.content.projects.map((project) => present(world, project))
  await world.insert(
    'projects',
    projects.map(({ row }) => row),
  )
  await world.insert(
    'project_collaborators',
    projects.flatMap(({ collaborators }) => collaborators),
  )
  await world.insert('reactions', [...written.reactions, ...projects.flatMap(({ reactions }) => reactions)])
}

const POSTS = 'posts.json'

function writePost(world: World, written: Written, post: World['content']['posts'][number]): void {
  const { names, times } = world
  const published = publishedAt(post, times)
  const postId = uuidV7(published)
  for (const tag of post.tags) names.of('tag', tag, POSTS)
  written.posts.push({
    post_id: postId,
    author_id: names.of('person', post.author, POSTS),
    title: post.title,
    content: post.content,
    category: post.category,
    tags: post.tags,
    language: post.language,
    view_count: 9 * post.likes.length + 14 * post.comments.length + 20,
    is_pinned: post.pinned,
    is_featured: post.featured,
    featured_until: post.featured ? iso(times.now + 30 * DAY) : null,
    slug: post.slug,
    created_at: iso(published),
    updated_at: iso(published),
    published_at: iso(published),
  })
  written.reactions.push(...likes(world, POSTS, 'post', postId, post.likes, published))
  writeComments(world, written, { postId, published, parent: null }, post.comments)
}

type Thread = { postId: string; published: number; parent: string | null }

function writeComments(world: World, written: Written, thread: Thread, comments: readonly Comment[]): void {
  for (const comment of comments) {
    const at = world.times.past(thread.published + comment.minutes_after * MINUTE)
    const commentId = uuidV7(at)
    written.comments.push({
      comment_id: commentId,
      post_id: thread.postId,
      author_id: world.names.of('person', comment.author, POSTS),
      parent_comment_id: thread.parent,
      content: comment.content,
      created_at: iso(at),
      updated_at: iso(at),
    })
    written.reactions.push(...likes(world, POSTS, 'comment', commentId, comment.likes, at))
    writeComments(world, written, { ...thread, parent: commentId }, comment.replies)
  }
}

/** One every eleven minutes. */
function likes(
  { names, times }: World,
  file: string,
  entity: 'post' | 'comment' | 'project',
  entityId: string,
  people: readonly string[],
  from: number,
): Row[] {
  return people.map((name, index) => {
    const at = times.past(from + (index + 1) * 11 * MINUTE)
    return {
      reaction_id: uuidV7(at),
      user_id: names.of('person', name, file),
      entity_type: entity,
      entity_id: entityId,
      reaction_type: entity === 'project' ? 'endorse' : 'like',
      created_at: iso(at),
    }
  })
}

const PROJECTS = 'projects.json'

/** What staff approved was published two days after it came in. */
function present(world: World, project: World['content']['projects'][number]) {
  const { content, names, times } = world
  const submitted = times.daysAgo(project.days_ago)
  const published = project.status === 'approved' ? times.past(submitted + 2 * DAY) : null
  const projectId = uuidV7(submitted)
  const admin = content.people.find(({ roles }) => roles.includes('admin'))
  return {
    row: {
      project_id: projectId,
      submitted_by: names.of('person', project.submitted_by, PROJECTS),
      title: project.title,
      slug: project.slug,
      problem_statement: project.problem_statement,
      solution_description: project.solution_description,
      target_market: project.target_market,
      stage: project.stage,
      support_needed: project.support_needed,
      view_count: 40 * project.endorsed_by.length,
      status: project.status,
      reviewed_by: published && admin ? names.of('person', admin.username, 'people.json') : null,
      is_featured: project.featured,
      created_at: iso(submitted),
      updated_at: iso(published ?? submitted),
      published_at: published === null ? null : iso(published),
    },
    collaborators: project.collaborators.map(({ username, role }) => ({
      project_id: projectId,
      user_id: names.of('person', username, PROJECTS),
      role,
      joined_at: iso(times.past(submitted + DAY)),
    })),
    reactions: likes(world, PROJECTS, 'project', projectId, project.endorsed_by, published ?? submitted),
  }
}
