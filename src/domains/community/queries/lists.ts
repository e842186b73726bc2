import { jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import { POST_ITEM } from './posts.ts'

const byTime = { show: '$2::int', sort: 'published_at', key: ['published_at::text', 'post_id'], digest: '$5' }

/**
 * A page of what somebody has published as JSON text, newest first. $1: whose; $2: limit; $3, $4: the cursor's
 * published_at and post_id; $5: the filter's digest. Walks idx_posts_author_published from the cursor.
 */
export function postsOfAuthor(size: PageSize): Statement {
  return {
    name: `posts_of_author_${size}`,
    text: jsonPage({
      ...byTime,
      rows: `
        SELECT published_at, post_id, row_to_json(page) AS item
        FROM (
          SELECT ${POST_ITEM}
          FROM posts p LEFT JOIN people a ON a.user_id = p.author_id
          WHERE p.author_id = $1 AND p.status = 'published' AND (p.published_at, p.post_id) < ($3::timestamptz, $4::uuid)
          ORDER BY p.published_at DESC, p.post_id DESC
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}

/**
 * A page of what those have published whom somebody follows as JSON text, newest first, without whom they have muted. $1:
 * whose feed; $2: limit; $3, $4: the cursor's published_at and post_id; $5: the filter's digest. For each followed person
 * one walk of idx_posts_author_published, of that index alone and a page long at most; the page's own posts are read then.
 */
export function followFeed(size: PageSize): Statement {
  return {
    name: `follow_feed_${size}`,
    text: jsonPage({
      ...byTime,
      rows: `
        SELECT page.published_at, page.post_id, row_to_json(page) AS item
        FROM (
          SELECT newest.published_at, newest.post_id
          FROM user_connections c CROSS JOIN LATERAL (
            SELECT published_at, post_id FROM posts
            WHERE author_id = c.following_id AND status = 'published'
              AND (published_at, post_id) < ($3::timestamptz, $4::uuid)
            ORDER BY published_at DESC, post_id DESC
            LIMIT ${size + 1}
          ) newest
          WHERE c.follower_id = $1
            AND NOT EXISTS (SELECT FROM user_mutes m WHERE m.muter_id = $1 AND m.muted_id = c.following_id)
          ORDER BY newest.published_at DESC, newest.post_id DESC
          LIMIT ${size + 1}
        ) found CROSS JOIN LATERAL (
          SELECT ${POST_ITEM}
          FROM posts p LEFT JOIN people a ON a.user_id = p.author_id
          WHERE p.post_id = found.post_id
        ) page
        ORDER BY found.published_at DESC, found.post_id DESC`,
    }),
  }
}

/**
 * A page of the posts that somebody has bookmarked as JSON text, the newest bookmark first; without those that are no
 * longer to be seen. $1: whose; $2: limit; $3, $4: the cursor's created_at and reaction_id; $5: the filter's digest. Walks
 * idx_reactions_bookmarks from the cursor.
 */
export function bookmarkPage(size: PageSize): Statement {
  return {
    name: `bookmarks_of_person_${size}`,
    text: jsonPage({
      show: '$2::int',
      sort: 'bookmarked_at',
      key: ['created_at::text', 'reaction_id'],
      digest: '$5',
      rows: `
        SELECT r.created_at, r.reaction_id, row_to_json(post) AS item
        FROM reactions r CROSS JOIN LATERAL (
          SELECT ${POST_ITEM}
          FROM posts p LEFT JOIN people a ON a.user_id = p.author_id
          WHERE p.post_id = r.entity_id AND p.status = 'published' AND shows_post(p.post_id)
        ) post
        WHERE r.user_id = $1 AND r.reaction_type = 'bookmark' AND r.entity_type = 'post'
          AND (r.created_at, r.reaction_id) < ($3::timestamptz, $4::uuid)
        ORDER BY r.created_at DESC, r.reaction_id DESC
        LIMIT ${size + 1}`,
    }),
  }
}

/**
 * A page of somebody's approved projects as JSON text, newest first. $1: whose; $2: limit; $3, $4: the cursor's
 * published_at and project_id; $5: the filter's digest. A person has a handful, which idx_projects_submitted_by finds.
 */
export function projectsOfPerson(size: PageSize): Statement {
  return {
    name: `projects_of_person_${size}`,
    text: jsonPage({
      show: '$2::int',
      sort: 'projects',
      key: ['published_at::text', 'project_id'],
      digest: '$5',
      rows: `
        SELECT published_at, project_id, row_to_json(project) AS item
        FROM (
          SELECT j.project_id, j.title, j.slug, j.problem_statement, j.solution_description, j.target_market, j.stage,
            j.support_needed, j.demo_url, j.endorsement_count, j.published_at
          FROM projects j
          WHERE j.submitted_by = $1 AND j.status = 'approved' AND j.published_at IS NOT NULL
            AND (j.published_at, j.project_id) < ($3::timestamptz, $4::uuid)
          ORDER BY j.published_at DESC, j.project_id DESC
          LIMIT ${size + 1}
        ) project`,
    }),
  }
}
