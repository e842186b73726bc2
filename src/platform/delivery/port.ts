/** `id` is the message's own, the same at each try, so that a repeat can be known for one. */
export type Mail = {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** `to` in E.164. */
export type Sms = { readonly id: string; readonly to: string; readonly text: string }

export type Mailer = {
  /** Resolves once the server has taken the mail. Throws NotAccepted. */
  send(mail: Mail): Promise<void>
  close(): Promise<void>
}

export type SmsSender = {
  /** Resolves once the gateway has taken the message. Throws NotAccepted. */
  send(sms: Sms): Promise<void>
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

  constructor(code: string, isFinal: boolean) {
    super(`not accepted: ${code}`)
    this.code = code.slice(0, 60)
    this.isFinal = isFinal
  }
}
