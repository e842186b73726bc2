import type { Static } from 'typebox'
import { oneLine } from '../../platform/delivery/index.ts'
import type { FactParams, Notice, NoticeText, NoticeValues, Subject } from '../../platform/facts/index.ts'
import { LANGUAGES, type Language } from '../../platform/languages.ts'
import { momentIn } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { isTimeZone } from '../../platform/time-zones.ts'
import type { PersonCard } from '../identity/index.ts'
import { PLAIN_WORDS, SOMEBODY } from './plain-words.ts'
import { isType, type Registry } from './registry.ts'
import { hostsIn } from './web-addresses.ts'

/** As `notification_json` (V071) gives it. */
export type Stored = {
  readonly notification_id: string
  readonly seq: number
  readonly kind: string | null
  readonly type: string
  readonly params: FactParams
  readonly title: string
  readonly message: string
  readonly action_url: string | null
  readonly reference_type: string | null
  readonly reference_id: string | null
  readonly actor_id: string | null
  readonly actor: Static<typeof PersonCard> | null
  readonly thread_key: string | null
  readonly is_read: boolean
  readonly archived_at: string | null
  readonly created_at: string
}

/** As its reader gets it. */
export type Item = Omit<Stored, 'params' | 'actor_id'> & { readonly action_label: string | null }

export type Reader = { readonly language: Language; readonly timezone: string }
export type Unrendered = { readonly stored: Stored; readonly reader: Reader }

type Rendering = Pick<Services, 'db' | 'log' | 'metrics'>

/**
 * The words of many notifications for many readers, each in theirs, as things are called now. What they are about is asked
 * for once a kind, with nobody's rights: it says nothing that not everybody may read.
 */
export async function render(
  services: Rendering,
  registry: Registry,
  unrendered: readonly Unrendered[],
): Promise<Item[]> {
  const subjects = await subjectsOf(services, registry, unrendered)
  return unrendered.map(({ stored, reader }) => {
    const notice = stored.kind === null ? undefined : registry.of(stored.kind)
    if (!notice) return itemOf(stored, stored, stored.action_url)
    const subject = subjects.get(notice)?.get(subjectId(notice, stored) ?? '')
    const text = textOf(services, notice, { stored, reader }, subject)
    return itemOf(stored, text, notice.path?.(stored, subject) ?? null)
  })
}

export function readerOf(language: string | null, timezone: string | null): Reader {
  const isKnown = timezone !== null && isTimeZone(timezone)
  return { language: LANGUAGES.find((one) => one === language) ?? 'en', timezone: isKnown ? timezone : 'UTC' }
}

function itemOf(stored: Stored, text: NoticeText, action_url: string | null): Item {
  const { params: _, actor_id: __, ...rest } = stored
  return {
    ...rest,
    title: oneLine(text.title),
    message: text.message,
    action_url,
    action_label: text.action ?? null,
  }
}

type Subjects = ReadonlyMap<string, Subject>

async function subjectsOf(
  { db, log, metrics }: Rendering,
  registry: Registry,
  unrendered: readonly Unrendered[],
): Promise<ReadonlyMap<Notice, Subjects>> {
  const wanted = new Map<Notice, Set<string>>()
  for (const { stored } of unrendered) {
    const notice = stored.kind === null ? undefined : registry.of(stored.kind)
    const id = notice?.subjects && subjectId(notice, stored)
    if (notice && id) wanted.set(notice, (wanted.get(notice) ?? new Set()).add(id))
  }
  const found = [...wanted].map(async ([notice, ids]): Promise<[Notice, Subjects]> => {
    try {
      return [notice, await notice.subjects!(db.anonymous, [...ids])]
    } catch (error) {
      // The other kinds keep their words; these have the plain ones of their type.
      metrics.notices.unrendered()
      log.error({ err: error, kind: notice.fact }, 'what notices are about could not be read')
      return [notice, new Map()]
    }
  })
  return new Map(await Promise.all(found))
}

function subjectId(notice: Notice, stored: Stored): string | null {
  return notice.subjectId ? notice.subjectId(stored) : stored.reference_id
}

function textOf(
  { log, metrics }: Rendering,
  notice: Notice,
  { stored, reader }: Unrendered,
  subject: Subject | undefined,
): NoticeText {
  try {
    return (
      subject?.texts?.[reader.language] ??
      notice.texts[reader.language](valuesOf(notice, { stored, reader }, subject))
    )
  } catch (error) {
    metrics.notices.unrendered()
    log.error(
      { err: error, kind: stored.kind, notification_id: stored.notification_id },
      'a notice has no words',
    )
    return PLAIN_WORDS[isType(notice.type) ? notice.type : 'account'][reader.language]
  }
}

function valuesOf(
  notice: Notice,
  { stored, reader }: Unrendered,
  subject: Subject | undefined,
): NoticeValues {
  const { language, timezone } = reader
  const param = (name: string) => {
    const value = stored.params[name]
    if (value === undefined || value === null) throw new Error(`the parameter ${name} is missing`)
    return String(value)
  }
  return {
    actor: sayable(stored.actor?.full_name ?? '') ?? SOMEBODY[language],
    get subject() {
      const title = subject?.title ?? notice.nameless?.[language]
      if (title === undefined) throw new Error('the subject is missing')
      return title.length > 80 ? `${title.slice(0, 79)}…` : title
    },
    param,
    moment: (name, zone = timezone) => momentIn(language, zone).format(new Date(param(name))),
  }
}

const LONGEST_NAME = 60

/** A name as a subject of ours may hold it: no advertisement, and no address that a mail program would make a link of. */
function sayable(name: string): string | undefined {
  const plain = oneLine(name)
  if (plain === '' || hostsIn(plain, { careful: true }).length > 0) return undefined
  const letters = [...plain]
  if (letters.length <= LONGEST_NAME) return plain
  const cut = letters.slice(0, LONGEST_NAME - 1).join('')
  return `${cut.replace(/(?<=.{20})\s+\S*$/su, '')}…`
}
