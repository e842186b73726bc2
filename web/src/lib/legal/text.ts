/** A legal document in one language: what a version of it says. Texts change with the version that the database knows. */
export type LegalText = {
  readonly version: string
  readonly title: string
  readonly summary: string
  readonly sections: readonly { readonly title: string; readonly paragraphs: readonly string[] }[]
}
