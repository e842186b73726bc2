import type { Static } from 'typebox'
import type { Db } from '../../platform/db/index.ts'
import { AppError } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { insertConsents, LEGAL } from './queries/legal.ts'
import { type Accepted, LEGAL_DOCUMENTS, type Legal, type LegalDocument } from './schemas/legal.ts'

/** What somebody has agreed to, and from where they said so. */
export type Agreement = {
  readonly versions: Readonly<Record<LegalDocument, string>>
  readonly ip: string | null
  readonly source: 'registration' | 'provider'
}

/** The documents in force as JSON text. */
export async function readLegal({ db }: Services): Promise<string> {
  return (await db.text(LEGAL, [])) ?? '{}'
}

/** Both documents in the versions in force. 422 `legal.acceptance_required`, `legal.version_outdated`, naming the field. */
export async function assertAccepted(
  services: Services,
  accepted: Static<typeof Accepted> = {},
): Promise<Record<LegalDocument, string>> {
  const inForce: Static<typeof Legal> = JSON.parse(await readLegal(services))
  const missing = LEGAL_DOCUMENTS.filter((document) => accepted[document] === undefined)
  if (missing.length > 0) throw required(missing)
  const outdated = LEGAL_DOCUMENTS.filter((document) => accepted[document] !== inForce[document].version)
  if (outdated.length > 0) throw outdatedVersion(...outdated.map(pointerOf))
  return { terms: inForce.terms.version, privacy: inForce.privacy.version }
}

/** Keeps who agreed to what, in the transaction that makes the account (R9). */
export function recordAgreement(tx: Db, userId: string, { versions, ip, source }: Agreement): Promise<void> {
  const consents = LEGAL_DOCUMENTS.map((document) => ({ document, version: versions[document], ip, source }))
  return insertConsents(tx, userId, consents)
}

function required(documents: readonly LegalDocument[]): AppError {
  const detail = 'Accept the terms and the privacy notice to have an account.'
  return new AppError(422, 'legal.acceptance_required', detail, {
    errors: fieldsOf(documents.map(pointerOf), 'legal.acceptance_required', detail),
  })
}

/** 422 `legal.version_outdated` at these fields. */
export function outdatedVersion(...pointers: readonly string[]): AppError {
  const detail = 'Another version is in force now; read it and accept that one.'
  return new AppError(422, 'legal.version_outdated', detail, {
    errors: fieldsOf(pointers, 'legal.version_outdated', detail),
  })
}

function pointerOf(document: LegalDocument): string {
  return `/accepted/${document}`
}

function fieldsOf(pointers: readonly string[], code: string, detail: string) {
  return pointers.map((pointer) => ({ pointer, code, detail }))
}
