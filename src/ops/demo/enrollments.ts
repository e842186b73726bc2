import { secretCode, uuidV7 } from './ids.ts'
import { type Learning, learn } from './learning.ts'
import { paymentRow } from './payments.ts'
import type { PlacedProgram } from './programs.ts'
import type { Row } from './rows.ts'
import type { Enrollment } from './shapes.ts'
import { iso } from './times.ts'
import type { World } from './world.ts'

const FILE = 'enrollments.json'

/** Who learns what and how far: `enrollmentOf` finds one by person and program. */
export type Enrolled = {
  enrollmentId: string
  userId: string
  programId: string
  startedAt: number
  completedAt: number | null
}

/** Enrolments with payments, progress, submissions and certificates; the key is `username program`. */
export async function loadEnrollments(
  world: World,
  programs: ReadonlyMap<string, PlacedProgram>,
): Promise<ReadonlyMap<string, Enrolled>> {
  const taken = world.content.enrollments.map((one) => enroll(world, programs, one))
  await world.insert(
    'transactions',
    taken.flatMap(({ payment }) => payment ?? []),
  )
  await world.insert(
    'enrollments',
    taken.map(({ row }) => row),
  )
  await world.insert(
    'lesson_progress',
    taken.flatMap(({ learning }) => learning.progress),
  )
  await world.insert(
    'lesson_time',
    taken.flatMap(({ learning }) => learning.time),
  )
  await world.insert(
    'assessment_submissions',
    taken.flatMap(({ learning }) => learning.submissions),
  )
  await world.insert('certificates', certificates(taken))
  return new Map(taken.map(({ key, enrolled }) => [key, enrolled]))
}

type Taken = {
  key: string
  program: PlacedProgram
  enrolled: Enrolled
  learning: Learning
  payment: ReturnType<typeof paymentRow> | null
  row: Row
}

function enroll(world: World, programs: ReadonlyMap<string, PlacedProgram>, one: Enrollment): Taken {
  const { names, times } = world
  const userId = names.of('person', one.username, FILE)
  const programId = names.of('program', one.program, FILE)
  const program = programs.get(one.program)!
  const [startedAt, seenAt] = [times.daysAgo(one.started_days_ago), times.daysAgo(one.last_seen_days_ago)]
  const enrollmentId = uuidV7(startedAt)
  const learning = learn({ userId, enrollmentId, program, startedAt, seenAt, progress: one.progress })
  const payment =
    one.payment_type === 'one_time'
      ? paymentRow({
          userId,
          ...program.price,
          type: 'course',
          reference: { type: 'program', id: programId },
          at: startedAt,
        })
      : null
  const completedAt = learning.completed ? seenAt : null
  return {
    key: `${one.username} ${one.program}`,
    program,
    enrolled: { enrollmentId, userId, programId, startedAt, completedAt },
    learning,
    payment,
    row: {
      enrollment_id: enrollmentId,
      user_id: userId,
      program_id: programId,
      enrollment_date: iso(startedAt),
      last_accessed_at: iso(seenAt),
      progress_percent: learning.percent,
      current_module_id: learning.current.moduleId,
      current_lesson_id: learning.current.lessonId,
      status: learning.completed ? 'completed' : 'active',
      completion_date: completedAt === null ? null : iso(completedAt),
      payment_type: one.payment_type,
      transaction_id: payment?.transaction_id ?? null,
      certificate_issued: learning.completed,
      certificate_issued_at: completedAt === null ? null : iso(completedAt),
      created_at: iso(startedAt),
      updated_at: iso(seenAt),
    },
  }
}

/** Numbered in the order in which people finished. */
function certificates(taken: readonly Taken[]): Row[] {
  const finished = taken.flatMap((one) => {
    const { completedAt } = one.enrolled
    return completedAt === null ? [] : [{ ...one, completedAt }]
  })
  finished.sort((a, b) => a.completedAt - b.completedAt)
  return finished.map(({ enrolled, program, learning, completedAt }, index) => ({
    certificate_id: uuidV7(completedAt),
    enrollment_id: enrolled.enrollmentId,
    user_id: enrolled.userId,
    program_id: enrolled.programId,
    certificate_number: `BCN-${new Date(completedAt).getUTCFullYear()}-${String(index + 1).padStart(6, '0')}`,
    issued_at: iso(completedAt),
    title: program.title,
    verification_code: secretCode(),
    completion_score: learning.score,
    completion_date: iso(completedAt),
    created_at: iso(completedAt),
  }))
}
