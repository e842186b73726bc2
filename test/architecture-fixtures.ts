/** Small houses that break one rule each, and some that only look as if they did. */

export const refused: readonly (readonly [what: string, file: string, text: string, says: RegExp])[] = [
  ['a domain in main', 'src/main.ts', "import { a } from './domains/home/index.ts'", /main\.ts:1 import/],
  [
    'queries in app',
    'src/app/server.ts',
    "\nimport { a } from '../domains/home/queries.ts'",
    /server\.ts:2 import.*composes/,
  ],
  [
    'a domain in the platform',
    'src/platform/log.ts',
    "export * from '../domains/home/index.ts'",
    /knows no business/,
  ],
  [
    'another domain in routes',
    'src/domains/home/routes.ts',
    "import { a } from '../identity/index.ts'",
    /by an operation/,
  ],
  [
    'an inner file of another domain',
    'src/domains/learning/enrolments.ts',
    "import type { A } from '../identity/users.ts'",
    /by their door/,
  ],
  [
    'an arrow that is not on the map',
    'src/domains/identity/users.ts',
    "import { a } from '../learning/index.ts'",
    /no arrow from identity to learning/,
  ],
  [
    'a dynamic import over a border',
    'src/domains/identity/users.ts',
    "const a = await import('../learning/index.ts')",
    /no arrow/,
  ],
  [
    'an import type over a border',
    'src/domains/identity/queries.ts',
    "import type {\n  A,\n} from './users.ts'",
    /queries\.ts:1 import.*nothing else/,
  ],
  [
    'HTTP in an operation',
    'src/domains/identity/users.ts',
    "import { a } from '../../platform/http/index.ts'",
    /never HTTP/,
  ],
  [
    'Fastify in an operation',
    'src/domains/identity/users.ts',
    "import type { FastifyRequest } from 'fastify'",
    /never HTTP/,
  ],
  ['a package in queries', 'src/domains/identity/queries.ts', "import pg from 'pg'", /nothing else/],
  [
    'the test house in production',
    'src/app/server.ts',
    "import '../testing/database.ts'",
    /server\.ts:1 import/,
  ],
  ['routes in ops', 'src/ops/demo.ts', "import { a } from '../domains/home/routes.ts'", /doors of domains/],
  ['src in the web', 'web/src/page.ts', "import { a } from '../../src/platform/log.ts'", /generated client/],
  ['an import without .ts', 'src/app/server.ts', "import { a } from './wiring'", /ends in \.ts/],
  [
    'SQL by tag in an operation',
    'src/domains/identity/users.ts',
    'const a = sql`SELECT 1`',
    /users\.ts:1 SQL/,
  ],
  [
    'SQL by builder in routes',
    'src/domains/identity/routes.ts',
    "// why\ndb.selectFrom('users')",
    /routes\.ts:2 SQL/,
  ],
  ['SQL by driver in jobs', 'src/domains/identity/jobs.ts', "client.query('SELECT 1')", /jobs\.ts:1 SQL/],
  [
    "another domain's table written by the builder",
    'src/domains/learning/queries.ts',
    "\ndb.updateTable('posts').set({})",
    /queries\.ts:2 owner: posts is community's to write/,
  ],
  [
    "another domain's table written in SQL",
    'src/domains/learning/queries/progress.ts',
    'const a = `\n  WITH b AS (DELETE FROM user_roles r)`',
    /progress\.ts:2 owner: user_roles is identity's to write/,
  ],
  [
    'a table read against the map',
    'src/domains/identity/queries.ts',
    "db.selectFrom('users').innerJoin('enrollments as e', (on) => on)",
    /no arrow from identity to enrollments of learning/,
  ],
  [
    'the environment in the platform',
    'src/platform/log.ts',
    `const a = \`\${process.env.HOME}\``,
    /log\.ts:1 environment/,
  ],
  ['a default export', 'src/platform/log.ts', 'export default 1', /default export/],
  ['a renamed default export', 'src/platform/log.ts', 'export { a as default }', /default export/],
  ['a file of helpers', 'src/platform/http/test-helpers.ts', '', /name: "helpers"/],
  ['a folder of utils', 'src/platform/utils/text.ts', '', /name: "utils"/],
  ['a domain that is not on the map', 'src/domains/billing/index.ts', '', /"billing" is not on the map/],
  ['a file without a place', 'src/lib/text.ts', '', /stands in no area/],
]

export const accepted: readonly (readonly [what: string, file: string, text: string])[] = [
  [
    'an operation that uses a door along the map',
    'src/domains/learning/enrolments.ts',
    "import { a } from '../identity/index.ts'\nimport { b } from './queries.ts'",
  ],
  [
    'the words of SQL and imports in comments and strings',
    'src/domains/learning/enrolments.ts',
    "// sql`x` from '../x'\nconst a = \"import { b } from '../identity/users.ts'\" /* process.env */",
  ],
  [
    'a domain that writes its own tables, locks what it reads, and reads along the map',
    'src/domains/learning/queries.ts',
    "// UPDATE posts\nconst a = 'INSERT INTO enrollments SELECT 1 FROM users FOR UPDATE ON CONFLICT DO UPDATE SET b = 1'",
  ],
  [
    'a regular expression with a quote in it',
    'src/app/server.ts',
    'const a = /["\'`/]/.test(b)\nconst c = d / 2 / e',
  ],
  [
    'nested templates',
    'src/platform/log.ts',
    `const a = \`x \${b({ c: \`process.env \${d}\` })} process.env\``,
  ],
  [
    'tests that build on the test house',
    'src/domains/learning/enrolments.test.ts',
    "import { a } from '../../testing/database.ts'",
  ],
]
