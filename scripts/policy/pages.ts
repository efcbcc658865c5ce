import { readdir, readFile } from 'node:fs/promises'
import { load } from 'js-yaml'

const PAGES = new URL('../../docs/rules/', import.meta.url)

/** One of docs/rules: what it says of a rule, and its examples. */
export interface Page {
  readonly rule: string
  readonly severities: readonly string[]
  /** The first manifest is the one to avoid, the second the one to prefer. */
  readonly manifests: readonly object[]
  readonly settings: object
}

/** Every page, by rule. */
export async function pages(): Promise<Page[]> {
  return Promise.all(
    (await readdir(PAGES)).toSorted().map(async file => page(file.replace(/\.md$/, ''), await readFile(new URL(file, PAGES), 'utf8'))),
  )
}

function page(rule: string, written: string): Page {
  const blocks = [...written.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, yaml = '']) => load(yaml) as object) // the examples are mappings
  const manifests = blocks.filter(block => 'kind' in block)
  const settings = blocks.find(block => !('kind' in block) && ('ways' in block || 'review' in block)) ?? {}
  const [, said = ''] = /Severity:\s+([^.]*)\./.exec(written) ?? []
  return { rule, severities: [...said.matchAll(/error|warning|info/g)].map(([severity]) => severity), manifests, settings }
}
