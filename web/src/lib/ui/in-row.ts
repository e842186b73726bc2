/** In a row that scrolls, what is open may stand beyond the edge. Only the row moves, never the page. */
export function showCurrent(row: HTMLElement): void {
  const open = row.querySelector('[aria-current]')
  if (open === null || row.scrollWidth <= row.clientWidth) return
  const [seen, link] = [row.getBoundingClientRect(), open.getBoundingClientRect()]
  row.scrollLeft += link.left + link.width / 2 - (seen.left + seen.width / 2)
}
