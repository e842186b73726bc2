/** Ids and small values, never a name or a text of a person: what is said of them is found when it is read. */
export type FactParams = Readonly<Record<string, string | number | boolean | null>>

/** Something that has happened, or is due; who is told of it, its name says. */
export type Fact = {
  readonly fact_id: string
  readonly name: string
  /** Who caused it, and is never told of it. */
  readonly actor_id: string | null
  readonly reference_type: string | null
  readonly reference_id: string | null
  readonly params: FactParams
  /** Who is to be told, where the fact itself says so. */
  readonly recipients: readonly string[] | null
}
