import type { World } from './world.ts'

const ASKS = {
  username: 'kwame',
  details: 'My company has another name now: please correct it on my invoices.',
}
const RECORDS = 'lindiwe'

/** Somebody who waits for an answer about their data, and a breach that was found out about; both as of now. */
export async function loadPrivacy({ names, insert }: World): Promise<void> {
  const user_id = names.of('person', ASKS.username, 'people.json')
  await insert('privacy_requests', [{ user_id, kind: 'rectification', details: ASKS.details }])
  await insert('data_breaches', [
    {
      title: 'A laptop of our team was stolen',
      severity: 'medium',
      facts:
        'It was encrypted and locked. It held no copy of the database, but mails of members of one cohort.',
      recorded_by: names.of('person', RECORDS, 'people.json'),
    },
  ])
}
