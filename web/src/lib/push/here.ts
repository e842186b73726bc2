/** Whose push this browser takes; the value is their id. */
export const PUSH_HERE = 'push-here'
/** Whether somebody was asked in this browser. */
export const PUSH_ASKED = 'push-asked'

export function isPushPossible(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
}

/** This browser takes no push for anybody any more. */
export async function forgetPush(): Promise<void> {
  if (typeof localStorage === 'undefined' || localStorage.getItem(PUSH_HERE) === null) return
  localStorage.removeItem(PUSH_HERE)
  sessionStorage.removeItem(PUSH_HERE)
  const registration = await navigator.serviceWorker.getRegistration()
  await (await registration?.pushManager?.getSubscription())?.unsubscribe()
}
