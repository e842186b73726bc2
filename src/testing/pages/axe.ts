import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export type Violation = { readonly rule: string; readonly target: string; readonly why: string }

/** What axe finds on the page as it stands, with best practices, one line an element. The page's policy allows it: it is evaluated, not loaded. */
export async function violations(tab: Page): Promise<readonly Violation[]> {
  await tab.evaluate(`if (!window.axe) { ${SOURCE} }`)
  const { violations: found } = await tab.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ['violations'] })`,
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => ({
      rule: id,
      target: target.flat().join(' '),
      why: failureSummary.split('\n').slice(1, 2).join('').trim(),
    })),
  )
}

type AxeResults = {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly {
      readonly target: readonly (string | string[])[]
      readonly failureSummary?: string
    }[]
  }[]
}
