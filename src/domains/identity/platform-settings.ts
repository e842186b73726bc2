import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { badRequest, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { announceMaintenance } from './maintenance.ts'
import {
  holdSetting,
  PUBLIC_SETTINGS,
  SETTING,
  SETTINGS_LIST,
  updateSetting,
} from './queries/platform-settings.ts'
import { SETTING_KEYS, SETTINGS, type SettingKey } from './schemas/platform-settings.ts'

/** A change forgets it at once, for every process. */
const FRESH = { ttl: 3600 }
const KEY = 'settings:public'

/** What everybody may know of how the platform is set, as JSON text by key. */
export function readPublicSettings({ db, cache }: Services): Promise<string> {
  return cache.wrap(KEY, FRESH, async () => (await db.text(PUBLIC_SETTINGS, [SETTING_KEYS])) ?? '{}')
}

/** One public setting's value, from the cache where it can be reached. */
export async function publicSetting<K extends SettingKey>(
  services: Services,
  key: K,
): Promise<Static<(typeof SETTINGS)[K]> | undefined> {
  return JSON.parse(await readPublicSettings(services))[key]
}

/** Every setting as JSON text, for staff. */
export async function readSettings({ db }: Services, actor: Actor): Promise<string> {
  return (await db.textAs(actor, SETTINGS_LIST, [SETTING_KEYS])) ?? ''
}

/** Answers the setting as JSON text. 404 `setting.not_found`; 400 `setting.invalid_value`. */
export async function changeSetting(
  services: Services,
  actor: Actor,
  key: string,
  value: unknown,
): Promise<string> {
  const { db, cache } = services
  assertTakes(key, value)
  await db.transaction(actor, async (tx) => {
    const held = await holdSetting(tx, key)
    if (!held) throw notFound('setting', key)
    await updateSetting(tx, key, JSON.stringify(value), actor.userId)
    await audit(tx, {
      actor,
      action: 'identity.setting_changed',
      entityType: 'system_setting',
      entityId: null,
      retentionClass: 'security',
      changes: { [key]: { from: held.value, to: value } },
    })
  })
  await Promise.all([cache.forget(KEY), announceMaintenance(services)])
  return (await db.textAs(actor, SETTING, [key])) ?? ''
}

const VALIDATORS = new Map(Object.entries(SETTINGS).map(([key, schema]) => [key, Compile(schema)]))

function assertTakes(key: string, value: unknown): void {
  const validator = VALIDATORS.get(key)
  if (!validator) throw notFound('setting', key)
  if (validator.Check(value)) return
  const [fault] = validator.Errors(value)
  const pointer = `/value${fault?.instancePath ?? ''}`
  throw badRequest('setting.invalid_value', `${key} ${fault?.message ?? 'does not take this value'}`, pointer)
}
