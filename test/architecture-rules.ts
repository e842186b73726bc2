/**
 * The rules of the house as data: docs/architecture.md in a form that fails. An area is a kind of file; a file
 * belongs to the first pattern that matches it. `<d>` is a domain's name.
 */

/** Which domains a domain may import (by their `index.ts`) and join in its reads. Must stay acyclic. */
export const domainMap: Readonly<Record<string, readonly string[]>> = {
  identity: [],
  notifications: ['identity'],
  content: ['identity', 'notifications'],
  commerce: ['identity', 'notifications', 'content'],
  learning: ['identity', 'notifications', 'content', 'commerce'],
  coaching: ['identity', 'notifications', 'content', 'commerce'],
  events: ['identity', 'notifications', 'content', 'commerce'],
  community: ['identity', 'notifications', 'content'],
  partners: ['identity', 'notifications', 'content', 'commerce', 'learning'],
  privacy: [
    'identity',
    'notifications',
    'content',
    'commerce',
    'learning',
    'coaching',
    'events',
    'community',
    'partners',
  ],
  analytics: [
    'identity',
    'notifications',
    'content',
    'commerce',
    'learning',
    'coaching',
    'events',
    'community',
    'partners',
  ],
  home: [
    'identity',
    'notifications',
    'content',
    'commerce',
    'learning',
    'coaching',
    'events',
    'community',
    'partners',
  ],
}

/** They read every table and are imported by no domain. */
export const readers: readonly string[] = ['privacy', 'analytics', 'home']

export const areas: readonly (readonly [area: string, pattern: string])[] = [
  ['test', '{src,bench,scripts,web,infra}/**/*.test.ts'],
  ['test', 'test/**'],
  ['bench', 'bench/**'],
  ['scripts', 'scripts/**'],
  ['web', 'web/**'],
  ['infra', 'infra/**'],
  ['main', 'src/main.ts'],
  ['app', 'src/app/**'],
  ['ops', 'src/ops/**'],
  ['testing', 'src/testing/**'],
  ['config', 'src/platform/config.ts'],
  ['db', 'src/platform/db/**'],
  ['http', 'src/platform/http/**'],
  ['platform', 'src/platform/**'],
  ['index', 'src/domains/<d>/index.ts'],
  ['routes', 'src/domains/<d>/routes.ts'],
  ['routes', 'src/domains/<d>/routes/**'],
  ['schemas', 'src/domains/<d>/schemas.ts'],
  ['schemas', 'src/domains/<d>/schemas/**'],
  ['queries', 'src/domains/<d>/queries.ts'],
  ['queries', 'src/domains/<d>/queries/**'],
  ['jobs', 'src/domains/<d>/jobs.ts'],
  ['jobs', 'src/domains/<d>/jobs/**'],
  ['operation', 'src/domains/<d>/**'],
]

/** `npm:*` is any package, `npm:x` that package and its parts. `node:` modules are open to everyone. */
export type Rule = { readonly may: readonly string[]; readonly because: string }

const platform = ['config', 'db', 'http', 'platform']
const source = [
  ...platform,
  'main',
  'app',
  'ops',
  'index',
  'routes',
  'schemas',
  'queries',
  'jobs',
  'operation',
]

export const imports: Readonly<Record<string, Rule>> = {
  main: { may: ['app', 'ops', 'config'], because: 'main starts app or ops and knows nothing else' },
  app: {
    may: ['app', 'index', 'routes', 'jobs', ...platform, 'npm:*'],
    because: 'app composes: it takes the doors, routes and jobs of domains, and the platform',
  },
  ops: {
    may: ['ops', 'index', ...platform, 'npm:*'],
    because: 'ops commands use the platform and the doors of domains',
  },
  platform: {
    may: [...platform, 'npm:*'],
    because: 'the platform knows no business: neither app, domains nor ops',
  },
  index: {
    may: ['own operation', 'own queries', 'own schemas', ...platform],
    because: 'a door opens its own domain only, and never its routes or jobs',
  },
  routes: {
    may: ['own routes', 'own operation', 'own queries', 'own schemas', ...platform, 'npm:*'],
    because: 'routes call their own domain; another domain is reached by an operation',
  },
  jobs: {
    may: ['own jobs', 'own operation', 'own queries', 'own schemas', 'platform', 'db', 'config', 'npm:*'],
    because: 'jobs call their own domain; another domain is reached by an operation',
  },
  schemas: {
    may: ['own schemas', 'mapped index', ...platform, 'npm:typebox'],
    because: 'shapes name no behaviour; those of other domains come by their door',
  },
  operation: {
    may: ['own operation', 'own queries', 'own schemas', 'mapped index', 'config', 'db', 'platform', 'npm:*'],
    because: 'operations know rules and transactions, never HTTP; other domains by their door, along the map',
  },
  queries: {
    may: ['own queries', 'db', 'npm:kysely'],
    because: 'a query knows the database and nothing else',
  },
  testing: { may: [...source, 'testing', 'npm:*'], because: 'the test house builds on all of src' },
  test: {
    may: [...source, 'testing', 'test', 'bench', 'scripts', 'web', 'infra', 'npm:*'],
    because: 'tests may use anything',
  },
  bench: { may: [...source, 'testing', 'bench', 'npm:*'], because: 'benchmarks measure src' },
  scripts: {
    may: ['scripts', 'testing', ...platform, 'npm:*'],
    because: 'scripts build and test; they know no business',
  },
  web: { may: ['web', 'npm:*'], because: 'the web application speaks to the API by its generated client' },
  infra: { may: ['infra', 'npm:*'], because: 'infrastructure is described apart from the code it runs' },
}

/** Packages that are HTTP: closed where `npm:*` is open. */
export const httpPackages = {
  packages: ['fastify', 'fastify-plugin', '@fastify'],
  closedTo: ['operation', 'jobs'],
}

/** Marks of SQL, looked for in code without its comments and strings. */
export const sqlMarks = {
  pattern: /\bsql`|\b(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(|\.query(?:<[^>]*>)?\(/g,
  closedTo: ['main', 'index', 'routes', 'jobs', 'schemas', 'operation'],
}

/** Where a statement names a table, in code without its comments: in SQL, or by the builder. */
export const tableMarks = {
  written:
    /\b(?:insert\s+into|(?<!(?:do|for|key)\s+)update|delete\s+from|merge\s+into)\s+(?<sql>\w+)|\b(?:insertInto|updateTable|deleteFrom|mergeInto)\('(?<builder>\w+)/gi,
  read: /\b(?:from|join)\s+(?<sql>\w+)|(?:selectFrom|join)\('(?<builder>\w+)/gi,
}

export const environment = {
  pattern: /\bprocess\.env\b/g,
  openTo: ['config', 'testing', 'test', 'bench', 'scripts', 'web', 'infra'],
}

export const forbiddenNames = /^(utils?|helpers?|common|managers?|base|misc)$/

/** The framework asks for default exports in its own places. */
export const defaultExports = { openTo: ['web'] }

/** Each with its reason; one that is no longer needed fails the tests. */
export const exceptions: readonly { file: string; rule: string; because: string }[] = [
  { file: 'src/app/command.ts', rule: 'environment', because: 'hands process.env to readConfig' },
  {
    file: 'src/platform/db/embedded-cluster.ts',
    rule: 'environment',
    because: 'gives the database server PATH and nothing else of ours',
  },
  {
    file: 'scripts/test/reporter.ts',
    rule: 'default export',
    because: "Node's test reporters are default exports",
  },
  {
    file: 'src/domains/privacy/queries/person.ts',
    rule: 'owner',
    because: 'one plan erases a person from every table (docs/decisions/0006-erasure-by-plan.md)',
  },
  {
    file: 'src/domains/privacy/queries/writing.ts',
    rule: 'owner',
    because: 'one plan erases a person from every table (docs/decisions/0006-erasure-by-plan.md)',
  },
]
