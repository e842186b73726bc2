/** 'Crème & Café No. 5' to 'creme-cafe-no-5': what an address may hold. Empty where no Latin letter or digit is in it. */
export function slugOf(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
