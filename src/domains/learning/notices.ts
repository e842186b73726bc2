import type { Db } from '../../platform/db/index.ts'
import type { Fact, Notice, Told } from '../../platform/facts/index.ts'
import { namedPrograms, teachersOf } from './queries/notices.ts'

const PROGRAM = {
  subjects: namedPrograms,
  nameless: { en: 'a program', sw: 'programu', fr: 'un programme' },
} as const

/** What people are told of learning. */
export const learningNotices: readonly Notice[] = [
  {
    fact: 'learning.enrollment_created',
    type: 'learning',
    channels: ['push'],
    ...PROGRAM,
    audience: teachers,
    thread: ({ reference_id }) => `program:${reference_id}`,
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} joined your program`,
        message: `${actor} now learns with you in “${subject}”.`,
        action: 'See the program',
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} amejiunga na programu yako`,
        message: `${actor} sasa anajifunza nawe katika “${subject}”.`,
        action: 'Angalia programu',
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} a rejoint votre programme`,
        message: `${actor} apprend désormais avec vous dans « ${subject} ».`,
        action: 'Voir le programme',
      }),
    },
    path: (_fact, program) => (program?.slug ? `/programs/${program.slug}` : null),
  },
]

async function teachers(db: Db, facts: readonly Fact[]): Promise<Told[]> {
  const ids = facts.map(({ reference_id }) => reference_id!)
  const byProgram = Map.groupBy(await teachersOf(db, ids), ({ program_id }) => program_id)
  return facts.flatMap(({ fact_id, reference_id }) =>
    (byProgram.get(reference_id!) ?? []).map(({ user_id }) => ({ fact_id, user_id })),
  )
}
