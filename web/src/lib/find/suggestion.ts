import type { IconName } from '#lib/ui/Icon.svelte'

export type Suggestion = {
  /** Distinct among those that are shown together. */
  readonly id: string
  readonly label: string
  readonly note?: string | null
  readonly icon?: IconName
  /** Under which heading it stands; neighbours share it. */
  readonly group?: string
  /** Where it leads; absent: it is what the field is filled in with. */
  readonly href?: string
}

/** What may be meant by what was typed so far; null: it cannot be had. */
export type Suggest = (typed: string) => Promise<readonly Suggestion[] | null>
