declare global {
  /** Made by the script in each page's head. */
  var pageStart: { readonly wanted: Promise<void>; readonly done: () => void }
}

/**
 * Runs in the head of every page, sent as text: nothing outside of it may be used. A page can be read, and its links and
 * forms work, without the application's scripts; somebody who only reads does not pay for them. They are fetched at
 * the first use of a control, `later`, or with the page, as when its address carries values for them alone. What is pressed or sent before they are there waits for them,
 * and is done without them when they do not come; what was typed meanwhile stays.
 */
export function startWhenWanted(later: boolean): void {
  const patience = 8000
  const controls = 'input, select, textarea, button, [data-live]'
  const waiting: (() => void)[] = []
  const typed = new Map<HTMLInputElement, string | boolean>()
  let isWanted = false
  let isLive = false
  let start = () => {}
  const wanted = new Promise<void>((resolve) => {
    start = resolve
  })

  const want = () => {
    if (isWanted) return
    isWanted = true
    for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=later]'))
      link.rel = 'modulepreload'
    // Without a network what was typed would be lost to the browser's own page.
    setTimeout(() => (navigator.onLine ? done() : addEventListener('online', done, { once: true })), patience)
    start()
  }
  const done = () => {
    if (isLive) return
    isLive = true
    // Parts that wake when they are focused have not heard of it.
    const focused = document.activeElement
    if (focused?.matches(controls)) focused.dispatchEvent(new FocusEvent('focusin', { bubbles: true }))
    for (const [field, value] of typed) {
      if (typeof value === 'boolean') field.checked = value
      else if (field.value !== value) field.value = value
      else continue
      field.dispatchEvent(new Event(typeof value === 'boolean' ? 'change' : 'input', { bubbles: true }))
    }
    for (const again of waiting) again()
  }
  const control = ({ target }: Event) => {
    const found = target instanceof Element ? target.closest<HTMLElement>(controls) : null
    return isLive || found === null || found.closest('[data-plain]') ? null : found
  }
  const hold = (event: Event, again: () => void) => {
    event.preventDefault()
    event.stopImmediatePropagation()
    waiting.push(again)
    want()
  }
  const use = (event: Event) => {
    if (control(event)) want()
  }

  addEventListener('focusin', use, true)
  addEventListener('pointerdown', use, true)
  addEventListener(
    'input',
    (event) => {
      const field = control(event) as HTMLInputElement | null
      if (field) typed.set(field, /^(?:checkbox|radio)$/.test(field.type) ? field.checked : field.value)
    },
    true,
  )
  addEventListener(
    'click',
    (event) => {
      const pressed = control(event)
      if (pressed?.matches('button[type=button], [data-live]'))
        hold(event, () => (event.target as HTMLElement).click())
    },
    true,
  )
  addEventListener(
    'submit',
    (event) => {
      const form = event.target as HTMLFormElement
      if (!isLive && !form.closest('[data-plain]')) hold(event, () => form.requestSubmit(event.submitter))
    },
    true,
  )
  // The worker's own downloads must not compete with the page.
  addEventListener('load', () => {
    const idle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 2000))
    idle(() => void navigator.serviceWorker?.register('/service-worker.js', { type: 'module' }))
  })
  globalThis.pageStart = { wanted, done }
  if (!later || location.hash.includes('=')) want()
}
