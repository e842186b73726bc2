import type { Db } from '../db/index.ts'
import type { Language } from '../languages.ts'
import type { Fact, FactParams } from './fact.ts'

/** The ways that somebody may switch off; the list in the application is always written. */
export type OptionalChannel = 'email' | 'sms' | 'push'

/** One person to be told of one fact. Named twice, or who caused it: told once, or not at all. */
export type Told = { readonly fact_id: string; readonly user_id: string }

/** What a fact is about, as everybody may see it. */
export type Subject = {
  readonly title: string
  /** What its page's path is made with. */
  readonly slug?: string
  /** Where the words themselves are stored: they are said instead of the notice's own. */
  readonly texts?: Readonly<Record<Language, NoticeText>>
}

/** Plain text: nothing in it is taken for HTML. A title fits on a phone's lock screen. */
export type NoticeText = {
  readonly title: string
  readonly message: string
  /** What the button says that opens it. */
  readonly action?: string
}

/** What words may be made of. Whatever is asked for and not there makes the reader see the plain words of the type. */
export type NoticeValues = {
  /** Who caused it, by name; a general word for somebody who is gone. */
  readonly actor: string
  /** The subject's title, or `nameless`. */
  readonly subject: string
  /** A parameter of the fact. */
  param(name: string): string
  /** A parameter that is a moment (ISO 8601), in the reader's language, and zone unless one is given. */
  moment(name: string, zone?: string): string
}

/** What people are told when a fact of this name is published. */
export type Notice = {
  readonly fact: string
  /** The row of everybody's matrix that it belongs to. */
  readonly type: string
  /** Passes quiet hours and waits for no digest. */
  readonly urgent?: boolean
  /** By which ways it goes out beside the list in the application, unless somebody has switched them off. */
  readonly channels: readonly OptionalChannel[] | ((fact: Fact) => readonly OptionalChannel[])
  /** Whom these facts concern, as app_worker; a fact with recipients of its own is not asked about. */
  readonly audience?: (db: Db, facts: readonly Fact[]) => Promise<readonly Told[]>
  /** For thousands of people instead: the next `size` of them by id, after the one who was last. Each slice commits. */
  readonly slice?: (db: Db, fact: Fact, after: string | null, size: number) => Promise<readonly string[]>
  /** What it is grouped and muted by: `post:<id>`. */
  readonly thread?: (fact: Pick<Fact, 'reference_id' | 'params' | 'actor_id'>) => string | null
  /** By id; what is not there, or not for everybody, is left out. Asked with nobody's rights. */
  readonly subjects?: (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, Subject>>
  /** Which id it is asked by; absent: the reference's. */
  readonly subjectId?: (fact: {
    readonly reference_id: string | null
    readonly params: FactParams
  }) => string | null
  /** Said for a subject that is gone. */
  readonly nameless?: Readonly<Record<Language, string>>
  readonly texts: Readonly<Record<Language, (values: NoticeValues) => NoticeText>>
  /** Parameters to show its words with, where staff look at them. */
  readonly sample?: FactParams
  /** A page of the web application, in no language: `/community/<id>`. */
  readonly path?: (
    fact: { readonly reference_id: string | null; readonly params: FactParams },
    subject: Subject | undefined,
  ) => string | null
}
