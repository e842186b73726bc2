/** `id` is the message's own, the same at each try, so that a repeat can be known for one. */
export type Mail = {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Beside those that every mail has, each on one line: `List-Unsubscribe`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where servers report that they gave up (RFC 5321, MAIL FROM); absent: the sender. */
  readonly returnPath?: string | undefined
}

/** `to` in E.164. */
export type Sms = { readonly id: string; readonly to: string; readonly text: string }

export type Mailer = {
  /** Resolves once the server has taken the mail. Throws NotAccepted. */
  send(mail: Mail): Promise<void>
  close(): Promise<void>
}

/** What a gateway answers of a message that it took; null: it does not say. */
export type SmsReceipt = {
  readonly gatewayId: string | null
  readonly cost: { readonly currency: string; readonly minor: number } | null
}

export type SmsSender = {
  /** Resolves once the gateway has taken the message. Throws NotAccepted. */
  send(sms: Sms): Promise<SmsReceipt>
}

type More = {
  readonly isGone?: boolean
  readonly isUnsent?: boolean
  readonly retryAfter?: number | null
}

/**
 * The other side did not take a message. Its own words stay where they are: they quote addresses, and errors end in logs
 * and in the queue. `isFinal`: it never will, so trying again is of no use.
 */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted'
  /** At most 60 characters: `smtp_550`, `ECONNECTION`, `sms_403`. */
  readonly code: string
  readonly isFinal: boolean
  /** Nobody is there any more, so that nothing else is worth sending there either. */
  readonly isGone: boolean
  /** The other side has said that it did not take it; false: nobody knows. */
  readonly isUnsent: boolean
  /** When the other side asks to come again, in seconds; null: it did not say. */
  readonly retryAfter: number | null

  constructor(
    code: string,
    isFinal: boolean,
    { isGone = false, isUnsent = false, retryAfter = null }: More = {},
  ) {
    super(`not accepted: ${code}`)
    this.code = code.slice(0, 60)
    this.isFinal = isFinal
    this.isGone = isGone
    this.isUnsent = isUnsent
    this.retryAfter = retryAfter
  }
}
