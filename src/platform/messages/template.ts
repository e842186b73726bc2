import type { Db } from '../db/index.ts'
import type { Mail } from '../delivery/index.ts'
import type { Language } from '../languages.ts'
import type { Services } from '../services.ts'

/** Ids and small values, kept in the message's row for thirty days; never a token or a code. */
export type Params = Readonly<Record<string, string | number | boolean | null>>
export type Secrets = Readonly<Record<string, string>>

export type NoParams = Readonly<Record<string, never>>

/** What a text is given: the parameters, and what `prepare` made. */
type Values<P, S> = (P extends NoParams ? unknown : P) & (S extends NoParams ? unknown : S)

/** A message that is about to be sent, as `prepare` sees it. */
export type Waiting<P> = {
  readonly messageId: string
  readonly userId: string | null
  /** The address or number it goes to. */
  readonly recipient: string
  readonly language: Language
  readonly params: P
}

/** What a text may ask of where it stands. */
export type Setting = {
  readonly brand: string
  /** A page of the web application in the reader's language: `url('/verify-email', { token })`. */
  url(path: string, query?: Readonly<Record<string, string>>): string
  /** A moment (ISO 8601) in the reader's language and time zone, which it names. */
  moment(iso: string): string
}

/** What a mail says; the layout makes text and HTML of it. Plain text everywhere: nothing in it is taken for HTML. */
export type Letter = {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly facts?: readonly (readonly [label: string, value: string])[]
  /** The one thing to do. */
  readonly action?: { readonly label: string; readonly url: string }
  /** What to know beside it: how long a link is good for, what to do if it was somebody else. */
  readonly notes?: readonly string[]
  /** Small, at the end: where to say that one wants no more of it. */
  readonly links?: readonly { readonly label: string; readonly url: string }[]
}

type Kind = {
  readonly name: string
  /**
   * anyone: whoever types an address causes it (registration, reset). account: only the holder or staff do, on what is
   * proven to be the holder's. The ceilings of `queue_message` differ.
   */
  readonly causedBy: 'anyone' | 'account'
  /** Beyond this age it is not sent any more: nobody waits for yesterday's code. Absent: it is sent, however late. */
  readonly usefulForSeconds?: number
}

/**
 * Makes what is secret in the message, when it is sent: a random token or code of which only the hash is stored, in
 * `tx` (as app_worker). So no secret is ever in the table, the queue or the log. Null: no longer needed, it is not sent.
 * A message that has to be tried again gets new secrets; leave those of the try before in force, since a server may
 * have taken that mail though its answer was lost, and mail boxes keep the first of two with one Message-ID.
 */
type Prepare<P, S> = (tx: Db, message: Waiting<P>, services: Pick<Services, 'fields'>) => Promise<S | null>

type Preparing<P, S> = S extends NoParams ? { readonly prepare?: never } : { readonly prepare: Prepare<P, S> }

export type MailTemplate<P extends Params = NoParams, S extends Secrets = NoParams> = Kind &
  Preparing<P, S> & {
    readonly channel: 'email'
    readonly texts: Readonly<Record<Language, (values: Values<P, S>, on: Setting) => Letter>>
  }

export type SmsTemplate<P extends Params = NoParams, S extends Secrets = NoParams> = Kind &
  Preparing<P, S> & {
    readonly channel: 'sms'
    readonly texts: Readonly<Record<Language, (values: Values<P, S>, on: Setting) => string>>
  }

export type Template<P extends Params = NoParams, S extends Secrets = NoParams> =
  | MailTemplate<P, S>
  | SmsTemplate<P, S>

/** Of whatever parameters: for lists. */
export type AnyTemplate = Template<never, Secrets> | Template<never, NoParams>

export type Rendered = Pick<Mail, 'subject' | 'text' | 'html'>
