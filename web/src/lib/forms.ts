import { asking, wanted } from '#lib/account/asking.ts'
import type { Problem } from '#lib/api/types.ts'
import { applyAction, type SubmitFunction } from '$app/forms'

/**
 * For `use:enhance`: says while a form is on its way, and keeps what was typed unless it was taken. Where the session has
 * ended, or the API wants a proof, that is asked for within the page, and the form is sent again. Without JavaScript the same
 * form posts by itself.
 */
export function submitting(say: (busy: boolean) => void, options: { keep?: boolean } = {}): SubmitFunction {
  return ({ formElement, submitter }) => {
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
          data: { problem: UNREACHABLE },
          location: result.location ?? location.href,
        })
      else await update({ reset: result.type === 'success' && !options.keep })
      // The framework takes the focus to the top; who works by keyboard goes on from where they were.
      if (held instanceof HTMLElement && held.isConnected && result.type === 'success') held.focus()
      say(false)
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
