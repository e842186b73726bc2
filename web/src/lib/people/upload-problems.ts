import { m } from '#lib/paraglide/messages.js'

const TEXTS: Readonly<Record<string, () => string>> = {
  'upload.wrong_type': m.people_upload_wrong_type,
  'upload.too_large': m.people_upload_too_large,
  'upload.interrupted': m.people_upload_interrupted,
  'upload.cancelled': m.people_upload_cancelled,
  'media.too_large': m.people_upload_too_large,
  'media.too_many_bytes': m.people_upload_too_large,
  'media.too_many_pixels': m.people_upload_too_large,
  'media.unsupported': m.people_upload_wrong_type,
  'media.damaged': m.people_upload_damaged,
  'media.too_small': m.people_upload_too_small,
  'media.too_narrow': m.people_upload_too_small,
  'media.portfolio_full': m.people_upload_full,
  'auth.required': m.problem_sign_in,
}

export function sayUpload(code: string): string {
  return (TEXTS[code] ?? m.people_upload_interrupted)()
}

/** Those where the same file may pass the next time. */
export function mayTryAgain(code: string): boolean {
  return !(code in TEXTS) || ['upload.interrupted', 'upload.cancelled', 'auth.required'].includes(code)
}
