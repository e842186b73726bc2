import type { Api } from '#lib/api/client.ts'
import type { Me } from '#lib/api/types.ts'
import type { Locale } from '#lib/i18n/locale.ts'
import type { Theme } from '#lib/theme.ts'
import type { WebRequest } from '../handler.ts'

declare global {
  namespace App {
    interface Locals {
      /** The API, asked as the person who asks us. */
      api: Api
      /** Scheme and host as people reach us, whatever the request's Host says. */
      origin: string
      locale: Locale
      theme: Theme
      /** IANA name, for dates: the person's own once signed in. */
      zone: string
      /** The browser asks for less data. */
      saveData: boolean
      /** Whether the browser sent a session; whether it still holds is for the API to say. */
      hasSession: boolean
      /** The codes with which the API refused changes within this request, '' for what it did not refuse. */
      refusals: Promise<string>[]
      /** Who is signed in, asked once a request; null: nobody. */
      me(): Promise<Me | null>
      /** They are not: a super admin acts in their name. Known once the API has answered. */
      impersonated: boolean
    }
    interface Platform {
      req: WebRequest
    }
    interface Error {
      status: number
      message: string
      /** The API's stable code. */
      code?: string
      /** To quote when asking for help. */
      requestId?: string
    }
    interface PageData {
      locale: Locale
      theme: Theme
      zone: string
      saveData: boolean
      me: import('#lib/api/types.ts').Viewer | null
      /** Who is signed in could not be asked: neither somebody nor nobody. */
      unknown: boolean
      /** A super admin sees this page as the person who is signed in. */
      impersonated: boolean
      /** Scheme and host as people reach us. */
      origin: string
    }
  }
}
