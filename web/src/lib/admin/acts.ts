import type { Problem } from '#lib/api/types.ts'

/** What a page with several forms gets back: which of them it was, and how it went. */
export type ActReply =
  | {
      readonly done?: string
      readonly problem?: Problem
      readonly values?: Readonly<Record<string, string>>
    }
  | null
  | undefined

/** The refusal of one form among several. */
export function problemOfAct(form: ActReply, act: string): Problem | undefined {
  return form?.values?.act === act ? form.problem : undefined
}

/** What was typed into it, when it was refused. */
export function typedIn(form: ActReply, act: string): Readonly<Record<string, string>> {
  return (form?.values?.act === act ? form.values : undefined) ?? {}
}
