import { AppError } from '../../platform/errors.ts'
import type { Refusal } from '../../platform/images/index.ts'

export type FailureCode = `media.${Refusal}` | 'media.expired'

/** Why an upload came to nothing, as it is kept in its row. Final: only a new upload is another chance. */
const FAILURES: Readonly<Record<FailureCode, () => AppError>> = {
  'media.unsupported': () =>
    new AppError(422, 'media.unsupported', 'This is no JPEG, PNG, WebP, AVIF or GIF, whatever it is called.'),
  'media.damaged': () =>
    new AppError(422, 'media.damaged', 'The file cannot be read as a picture, or ends too early.'),
  'media.too_many_bytes': () =>
    new AppError(422, 'media.too_many_bytes', 'The file is larger than it may be.'),
  'media.too_many_pixels': () =>
    new AppError(422, 'media.too_many_pixels', 'The picture has more than 50 megapixels (AVIF: 16).'),
  'media.too_small': () =>
    new AppError(422, 'media.too_small', 'The picture is too small for what it would be shown as.'),
  'media.too_narrow': () =>
    new AppError(422, 'media.too_narrow', 'One side of the picture is more than ten times the other.'),
  'media.too_costly': () =>
    new AppError(422, 'media.too_costly', 'The picture takes more time or memory than one may.'),
  'media.expired': () =>
    new AppError(410, 'media.expired', 'The upload was not completed in time; begin a new one.'),
}

/** The error that a kept code stands for. */
export function failure(code: string | null): AppError {
  return (FAILURES[code as FailureCode] ?? FAILURES['media.damaged'])()
}
