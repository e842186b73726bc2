import { mount, unmount } from 'svelte'
import Dialog from './Again.svelte'
import type { Again } from './asking.ts'

/** Shows the dialog until it is answered. Loaded when it is needed. */
export function again(kind: Again): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = mount(Dialog, {
      target: document.body,
      props: {
        kind,
        done(passed: boolean) {
          resolve(passed)
          void unmount(dialog)
        },
      },
    })
  })
}
