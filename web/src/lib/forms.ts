import { asking, wanted } from '#lib/account/asking.ts'
import type { Problem } from '#lib/api/types.ts'
import { applyAction, type SubmitFunction } from '$app/forms'
import { typed } from './typed.ts'

type Say = (busy: boolean) => void
type Options = {
  /** What the fields say stays when it was taken. */
  keep?: boolean
  /** Called when it was taken, once the page shows it. */
  taken?: () => void
}

/**
 * For `use:enhance`: says while a form is on its way, and keeps what was typed unless it was taken. Where the session has
 * ended, or the API wants a proof, that is asked for within the page, and the form is sent again. Without JavaScript the same
 * form posts by itself.
 */
export function submitting(say: Say = () => undefined, { keep, taken }: Options = {}): SubmitFunction {
  return ({ formData, formElement, submitter }) => {
    say(true)
    return async ({ result, update }) => {
      const kind = asksFirst(result)
      const held = document.activeElement
      if (kind !== null) {
        say(false)
        if (await asking.again(kind)) return formElement.requestSubmit(submitter)
      }
      // A network that is gone must not take the page, and with it what was typed, away.
      if (result.type === 'error')
        await applyAction({
          type: 'failure',
          status: 503,
          data: { problem: UNREACHABLE, values: typed(formData) },
          location: result.location ?? location.href,
        })
      else await update({ reset: result.type === 'success' && !keep })
      // The framework takes the focus to the top; who works by keyboard goes on from where they were.
      if (held instanceof HTMLElement && held.isConnected && result.type === 'success') held.focus()
      say(false)
      if (result.type === 'success') taken?.()
    }
  }
}

/** For a form whose outcome is shown by the part that it stands in, and not by a page made anew: null when it was taken. */
export function inPlace(say: Say, tell: (problem: Problem | null) => void): SubmitFunction {
  return ({ formElement, submitter }) => {
    say(true)
    return async ({ result }) => {
      say(false)
      const kind = asksFirst(result)
      if (kind !== null && (await asking.again(kind))) return formElement.requestSubmit(submitter)
      if (result.type === 'failure') tell((result.data as { problem: Problem }).problem)
      else if (kind !== null) tell({ ...UNREACHABLE, status: 401, code: 'auth.required' })
      else tell(result.type === 'error' ? UNREACHABLE : null)
    }
  }
}

const UNREACHABLE: Problem = { status: 503, code: 'api.unreachable', detail: '', errors: [] }
const SIGN_IN = /^(?:\/(?:sw|fr))?\/sign-in\?return_to=/

function asksFirst(result: { readonly type: string; readonly data?: unknown; readonly location?: string }) {
  if (result.type === 'redirect' && SIGN_IN.test(result.location ?? '')) return 'sign_in'
  if (result.type !== 'failure') return null
  return wanted((result.data as { problem?: Problem } | undefined)?.problem)
}
