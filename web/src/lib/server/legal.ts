import type { Api } from '#lib/api/client.ts'
import type { Reply } from '#lib/api/types.ts'

/** What a form says was agreed to: the versions that its page showed, where their boxes were ticked. */
export function acceptedIn(form: FormData) {
  const version = (document: string) => {
    const value = form.get(`accept_${document}`)
    return typeof value === 'string' && value !== '' ? { [document]: value } : {}
  }
  return { ...version('terms'), ...version('privacy') } as { terms?: string; privacy?: string }
}

/** The versions in force; null where the API cannot be reached, and the page is shown all the same. */
export async function legalInForce(api: Api): Promise<Reply<'/api/v1/legal'> | null> {
  return (await api.GET('/api/v1/legal')).data ?? null
}
