import { TABLES, type TableEntry } from './classification.ts'
import { EXPORTED } from './plan.ts'
import { PURPOSES, type Purpose } from './purposes.ts'

/**
 * The record of processing activities (GDPR article 30) as Markdown, made of db/classification.json and the purposes.
 * Throws where a table with somebody's data serves no purpose that is named.
 */
export function recordOfProcessing(): string {
  const purposeless = TABLES.filter((entry) => isPersonal(entry) && !purposeOf(entry.table))
  if (purposeless.length > 0) {
    throw new Error(
      `no purpose is named for ${purposeless.map(({ table }) => table).join(', ')}: see src/domains/privacy/purposes.ts`,
    )
  }
  return `${[HEAD, ...PURPOSES.map(section), TAIL].join('\n\n')}\n`
}

/** Somebody's rows, or a person among what is nobody's. */
function isPersonal({ owner, columns }: TableEntry): boolean {
  return owner.length > 0 || [...columns.values()].some(({ kind }) => kind === 'personal')
}

function purposeOf(table: string): Purpose | undefined {
  return PURPOSES.find(({ tables }) => tables.includes(table))
}

const HEAD = `# Privacy: the record of processing

Written by \`npm run ops -- privacy record --yes\` from \`db/classification.json\` and the purposes in \`src/domains/privacy/purposes.ts\`; do not edit.
GDPR article 30, Kenya Data Protection Act (2019). Every column with its class, what exports and what erases it: \`npm run ops -- privacy columns\`.

- **Where**: one region in Africa (\`af-south-1\`), a warm copy in \`eu-west-1\`. Backups forget an erased person when they expire, and a
  restore from before is put right by \`npm run ops -- privacy replay --yes\`.
- **How it is guarded**: row security on every table with personal rows, fields sealed with AES-256-GCM, other people only through the view
  \`people\`, sensitive reads of staff in the audit log ([security/access.md](security/access.md), [security/asvs.md](security/asvs.md)).
- **Rights**: everything is exported and erased by the person themselves at \`/settings/data\`; how: [the domain's page](../src/domains/privacy/README.md).
- **In the table**: which columns are personal or secret; how long rows are kept; what erasure does, by the column that names the person.`

const TAIL = `## What erasure cannot do

- Mail that was sent is in its reader's mailbox; what others copied out of the platform is theirs.
- Public writing that stays, because its author chose so, may tell of them by what it says.
- The record of the erasure itself stays, with the number of the account and no name.`

function section({ title, why, basis, people, recipients, tables }: Purpose): string {
  const rows = TABLES.filter(({ table }) => tables.includes(table)).map(rowOf)
  return [
    `## ${title}`,
    `- **Why**: ${why}\n- **By what right**: ${basis}\n- **Whose**: ${people}\n- **Given to**: ${recipients}`,
    `| table | personal | secret | kept | erasure | in the export |\n|---|---|---|---|---|---|\n${rows.join('\n')}`,
  ].join('\n\n')
}

function rowOf({ table, retention, erasure, columns }: TableEntry): string {
  const named = (wanted: string) =>
    [...columns].flatMap(([column, { kind }]) => (kind === wanted ? [`\`${column}\``] : [])).join(', ') || '–'
  const does = [...erasure].map(([column, { decision, reason }]) => `\`${column}\` ${decision}: ${reason}`)
  const exported = EXPORTED.some((one) => one.table === table) ? 'yes' : 'no'
  return `| \`${table}\` | ${named('personal')} | ${named('secret')} | ${retention} | ${does.join('<br>') || '–'} | ${exported} |`
}
