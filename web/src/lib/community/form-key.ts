import type { Problem } from '#lib/api/types.ts'

type Refused = { readonly problem?: Problem; readonly values?: Readonly<Record<string, string>> }

/**
 * The key under which a form is sent. An API that did not answer may have done what it was asked: the same words sent
 * again keep their key, so that they are published once.
 */
export function formKeyOf(form: Refused | null | undefined, fresh: string): string {
  return (form?.problem?.code === 'api.unreachable' && form.values?.key) || fresh
}
