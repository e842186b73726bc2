import type { Db } from '../../platform/db/index.ts'
import type { Fact, Notice, Told } from '../../platform/facts/index.ts'
import { authorsOfComments, authorsOfPosts, namedPosts, postsOfComments } from './queries/notices.ts'

const POST = {
  type: 'community',
  subjects: namedPosts,
  nameless: { en: 'a post', sw: 'chapisho', fr: 'une publication' },
  thread: ({ reference_id }) => `post:${reference_id}`,
  path: ({ reference_id }) => `/community/${reference_id}`,
} as const satisfies Partial<Notice>

/** What people are told of what others say to their writing; all of one post is one thread. */
export const communityNotices: readonly Notice[] = [
  {
    fact: 'community.comment_created',
    ...POST,
    channels: ['email', 'push'],
    audience: unlessRepliedTo,
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} commented on your post`,
        message: `There is a new comment on “${subject}”.`,
        action: 'Read it',
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} ametoa maoni kwenye chapisho lako`,
        message: `Kuna maoni mapya kwenye “${subject}”.`,
        action: 'Yasome',
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} a commenté votre publication`,
        message: `Il y a un nouveau commentaire sur « ${subject} ».`,
        action: 'Le lire',
      }),
    },
  },
  {
    fact: 'community.reply_created',
    ...POST,
    channels: ['email', 'push'],
    audience: (db, facts) => told(facts, ({ params }) => params.parent_comment_id, authorsOfComments, db),
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} replied to you`,
        message: `There is a reply to your comment on “${subject}”.`,
        action: 'Read it',
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} amekujibu`,
        message: `Kuna jibu kwa maoni yako kwenye “${subject}”.`,
        action: 'Lisome',
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} vous a répondu`,
        message: `Il y a une réponse à votre commentaire sur « ${subject} ».`,
        action: 'La lire',
      }),
    },
  },
  {
    fact: 'community.post_liked',
    ...POST,
    channels: ['push'],
    audience: (db, facts) => told(facts, ({ reference_id }) => reference_id, authorsOfPosts, db),
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} likes your post`,
        message: `“${subject}” was well received.`,
        action: 'See it',
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} amependa chapisho lako`,
        message: `“${subject}” limepokelewa vizuri.`,
        action: 'Liangalie',
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} aime votre publication`,
        message: `« ${subject} » a plu.`,
        action: 'La voir',
      }),
    },
  },
  {
    fact: 'community.comment_liked',
    type: 'community',
    channels: ['push'],
    audience: (db, facts) => told(facts, ({ reference_id }) => reference_id, authorsOfComments, db),
    subjects: postsOfComments,
    nameless: POST.nameless,
    thread: ({ reference_id }) => `comment:${reference_id}`,
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} likes your comment`,
        message: `You wrote it on “${subject}”.`,
        action: 'See it',
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} amependa maoni yako`,
        message: `Uliyaandika kwenye “${subject}”.`,
        action: 'Yaangalie',
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} aime votre commentaire`,
        message: `Vous l’aviez écrit sur « ${subject} ».`,
        action: 'Le voir',
      }),
    },
    path: (_fact, comment) => (comment?.slug ? `/community/${comment.slug}` : '/community'),
  },
]

/** Who wrote the post; a reply to their own comment is told to them as a reply. */
async function unlessRepliedTo(db: Db, facts: readonly Fact[]): Promise<Told[]> {
  const replies = facts.filter(({ params }) => params.parent_comment_id !== undefined)
  const answered = await told(replies, ({ params }) => params.parent_comment_id, authorsOfComments, db)
  const heard = new Set(answered.map(({ fact_id, user_id }) => `${fact_id} ${user_id}`))
  const authors = await told(facts, ({ reference_id }) => reference_id, authorsOfPosts, db)
  return authors.filter(({ fact_id, user_id }) => !heard.has(`${fact_id} ${user_id}`))
}

/** Of each fact the one who wrote what it answers. */
async function told(
  facts: readonly Fact[],
  idOf: (fact: Fact) => unknown,
  authorsOf: (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  db: Db,
): Promise<Told[]> {
  const authors = await authorsOf(
    db,
    facts.map((fact) => String(idOf(fact))),
  )
  return facts.flatMap((fact) => {
    const user_id = authors.get(String(idOf(fact)))
    return user_id === undefined ? [] : [{ fact_id: fact.fact_id, user_id }]
  })
}
