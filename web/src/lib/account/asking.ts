import type { Problem } from '#lib/api/types.ts'

export type Again = 'sign_in' | 'prove'

/** Which of the two a refusal asks for before the same request may pass; null: neither. */
export function wanted(problem: Pick<Problem, 'code'> | null | undefined): Again | null {
  if (problem?.code === 'auth.required' || problem?.code === 'auth.session_expired') return 'sign_in'
  return problem?.code === 'auth.step_up_required' ? 'prove' : null
}

/**
 * Asks within the page, so that what was typed stays. True: the same request may be sent again. The layout sets it: an import
 * of the dialog from here, though only when it is needed, would take its styles out of the pages that share them.
 */
export const asking: { again: (kind: Again) => Promise<boolean> } = { again: () => Promise.resolve(false) }

type Answer = { readonly error?: unknown }

/** A request of a page's own: where it needs a session or a proof, asks for that and sends it once more. */
export async function withAgain<A extends Answer>(send: () => Promise<A>): Promise<A> {
  const answer = await send()
  const kind = wanted(answer.error as Problem | undefined)
  return kind !== null && (await asking.again(kind)) ? send() : answer
}
