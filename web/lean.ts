import type { Plugin } from 'vite'

/** Every file costs its head, some 300 bytes, and is compressed for itself: what most pages need comes in few files. */
export const chunks = {
  groups: [
    // Alone: the first script fills it in before the client, which reads it as it is loaded, is fetched.
    { name: 'payload', test: /kit[\\/]src[\\/]runtime[\\/]client[\\/]payload\.js$/, priority: 3 },
    { name: 'framework', test: /node_modules[\\/](?:svelte|devalue|clsx|esm-env)[\\/]/, priority: 2 },
    {
      name: 'parts',
      test: (id: string) => LEAF.test(id) || MESSAGE.test(id),
      minShareCount: 3,
      priority: 1,
    },
  ],
}

/** They import nothing but the framework: a group takes along whatever its modules import. */
const LEAF =
  /web[\\/]src[\\/]lib[\\/](?:i18n|paraglide[\\/]runtime|paraglide[\\/]registry|ui[\\/](?:Avatar|Badge|Button|Card|Icon|pictures|seed)\b)/
const MESSAGE = /paraglide[\\/]messages[\\/](?!_index)/

/** What the framework carries into the browser and nothing of ours calls, as each module's stand-in. */
const UNUSED: readonly (readonly [module: RegExp, instead: string])[] = [
  [/devalue[\\/]src[\\/]uneval\.js$/, 'export function uneval() {}'],
  [
    /svelte[\\/]src[\\/]internal[\\/]client[\\/]dom[\\/]elements[\\/]custom-element\.js$/,
    'export function create_custom_element() {}',
  ],
]

/** Data is written as JavaScript by the server alone, and no part of ours is a custom element: 3 KB of a first visit. */
export function withoutUnused(): Plugin {
  return {
    name: 'without-unused',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'client',
    load(id) {
      return UNUSED.find(([module]) => module.test(id))?.[1]
    },
  }
}
