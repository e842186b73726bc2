-- migrate: no-transaction
-- Why: threads, replies, an author's posts and someone's bookmarks are walked page by page in their order.
-- Locks: none that stop anybody; each index is built while its table is in use.

DROP INDEX CONCURRENTLY IF EXISTS idx_comments_threads;
CREATE INDEX CONCURRENTLY idx_comments_threads ON comments(post_id, created_at DESC, comment_id DESC)
  WHERE parent_comment_id IS NULL;

-- The replies to a comment in their order; still begins with the column.
DROP INDEX CONCURRENTLY IF EXISTS idx_comments_parent;
CREATE INDEX CONCURRENTLY idx_comments_parent ON comments(parent_comment_id, created_at, comment_id)
  WHERE parent_comment_id IS NOT NULL;

-- Also the feed of followed people: one short walk a person, of this index alone.
DROP INDEX CONCURRENTLY IF EXISTS idx_posts_author_published;
CREATE INDEX CONCURRENTLY idx_posts_author_published ON posts(author_id, published_at DESC, post_id DESC)
  WHERE status = 'published';

DROP INDEX CONCURRENTLY IF EXISTS idx_reactions_bookmarks;
CREATE INDEX CONCURRENTLY idx_reactions_bookmarks ON reactions(user_id, created_at DESC, reaction_id DESC)
  WHERE reaction_type = 'bookmark';
