/** What is asked of somebody new, in this order. */
export const STEPS = ['goals', 'skills', 'language'] as const
export type Step = (typeof STEPS)[number]

/** What may bring somebody here. */
export const GOALS = ['learn', 'coaching', 'business', 'meet', 'show', 'coach'] as const
export type Goal = (typeof GOALS)[number]

export function isStep(text: unknown): text is Step {
  return STEPS.some((step) => step === text)
}
