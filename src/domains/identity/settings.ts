import type { Static } from 'typebox'
import { type Actor, asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { badRequest, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { tellDirectory } from './directory.ts'
import { forgetMe } from './me-cache.ts'
import { matrixOf, type NotificationType, OPTIONAL_CHANNELS } from './notification-matrix.ts'
import {
  type Consent,
  lockSettings,
  patchSettings,
  recordConsent,
  type SettingsRow,
  settingsOf,
} from './queries/settings.ts'
import type { MatrixChange, Settings, SettingsChange } from './schemas/settings.ts'

/** Of the words that someone agrees to when they switch marketing on. */
const MARKETING_VERSION = '1'

export async function readSettings({ db }: Services, actor: Actor): Promise<Static<typeof Settings>> {
  const row = await db.transaction(actor, (tx) => settingsOf(tx, actor.userId), { readOnly: true })
  if (!row) throw notFound('settings')
  return shown(row)
}

/** Changes the named settings. A yes or no to marketing is written to the ledger of consents too (R9). */
export async function changeSettings(
  services: Services,
  actor: Actor,
  change: SettingsChange,
  ip: string,
): Promise<Static<typeof Settings>> {
  const quiet = change.notifications?.quiet_hours
  if (quiet && quiet.start === quiet.end) {
    const detail = 'Quiet hours end at another time than they begin.'
    throw badRequest('settings.quiet_hours_empty', detail, '/notifications/quiet_hours/end')
  }
  const { userId } = actor
  const row = await services.db.transaction(actor, async (tx) => {
    const changed = await patchSettings(tx, userId, patchOf(change))
    if (!changed) throw notFound('settings')
    if (change.notifications?.matrix?.marketing)
      await noteConsent(tx, userId, { granted: isMarketingOn(changed), ip, source: 'settings' })
    await audit(tx, {
      actor,
      action: 'identity.settings_changed',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'general',
      changes: Object.keys(change),
    })
    if (change.profile_visibility !== undefined) await tellDirectory(tx, actor)
    return changed
  })
  await forgetMe(services, userId)
  return shown(row)
}

/**
 * Switches a way of being told of these types on or off for somebody who proved by a link that it is theirs, and says which
 * of them this has changed; undefined: there is no such account (any more). A link may be passed on with its mail: it never
 * says yes to marketing, which its person alone does in the settings, but takes that yes back (R9).
 */
export async function switchTypes(
  services: Pick<Services, 'db' | 'cache' | 'log'>,
  userId: string,
  { channel, types, on, source }: TypeSwitch,
): Promise<readonly NotificationType[] | undefined> {
  const actor = asSelf(userId)
  const turned = await services.db.transaction(actor, async (tx) => {
    const before = await lockSettings(tx, userId)
    if (!before) return undefined
    const matrix = matrixOf(before)
    const turning = types.filter((type) => matrix[type][channel] !== on && !(on && type === 'marketing'))
    if (turning.length > 0) {
      const patch = JSON.stringify({ [channel]: Object.fromEntries(turning.map((type) => [type, on])) })
      const changed = await patchSettings(tx, userId, patch)
      if (changed && turning.includes('marketing') && !isMarketingOn(changed))
        await noteConsent(tx, userId, { granted: false, ip: null, source })
      await audit(tx, {
        actor,
        action: 'identity.settings_changed',
        entityType: 'user',
        entityId: userId,
        retentionClass: 'general',
        changes: ['notifications'],
        metadata: { source },
      })
    }
    return turning
  })
  if (turned && turned.length > 0) await forgetMe(services, userId)
  return turned
}

/** Whether somebody is told of each of these types in this way; undefined: there is no such account (any more). */
export async function areTypesOn(
  { db }: Pick<Services, 'db'>,
  userId: string,
  { channel, types }: Pick<TypeSwitch, 'channel' | 'types'>,
): Promise<boolean | undefined> {
  const row = await db.transaction(asSelf(userId), (tx) => settingsOf(tx, userId), { readOnly: true })
  return row && types.some((type) => matrixOf(row)[type][channel])
}

export type TypeSwitch = {
  readonly channel: (typeof OPTIONAL_CHANNELS)[number]
  readonly types: readonly NotificationType[]
  readonly on: boolean
  readonly source: 'unsubscribe_link' | 'complaint'
}

function isMarketingOn(settings: SettingsRow): boolean {
  const { email, sms, push } = matrixOf(settings).marketing
  return email || sms || push
}

function noteConsent(
  tx: Db,
  user_id: string,
  said: Pick<Consent, 'granted' | 'ip' | 'source'>,
): Promise<void> {
  return recordConsent(tx, { user_id, purpose: 'marketing', version: MARKETING_VERSION, ...said })
}

function patchOf({ notifications = {}, ...columns }: SettingsChange): string {
  const { matrix = {}, ...rest } = notifications
  const channels = OPTIONAL_CHANNELS.map((channel) => [channel, choicesOf(matrix, channel)])
  return JSON.stringify({ ...columns, ...rest, ...Object.fromEntries(channels) })
}

function choicesOf(matrix: MatrixChange, channel: 'email' | 'sms' | 'push'): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(matrix).flatMap(([type, row]) => {
      const choice = row[channel]
      return choice === undefined ? [] : [[type, choice]]
    }),
  )
}

function shown({
  email,
  sms,
  push,
  quiet_hours,
  digest,
  email_when_away,
  ...rest
}: SettingsRow): Static<typeof Settings> {
  const { timezone } = rest
  const matrix = matrixOf({ email, sms, push, quiet_hours, digest, timezone })
  return { ...rest, notifications: { matrix, quiet_hours, digest, email_when_away } }
}
