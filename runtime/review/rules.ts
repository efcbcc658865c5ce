import { readdirSync, readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { Severity } from '../review.ts'

/** A rule of policies/review/, as its own METADATA and its page say it. */
export interface Rule {
  readonly name: string
  readonly severity: Severity
  /** One sentence. */
  readonly description: string
  /** Its page of docs/rules/, in Markdown. */
  readonly page: string
}

const FOLDER = '../../policies/review/'

/** Every rule, by name. The build puts what this gives into the bundle. */
export const RULES: readonly Rule[] = readdirSync(at(FOLDER))
  .filter(file => file.endsWith('.rego') && !file.endsWith('_test.rego'))
  .flatMap(file => rulesOf(readFileSync(at(`${FOLDER}${file}`), 'utf8')))
  .filter((rule, index, all) => all.findIndex(({ name }) => name === rule.name) === index) // some have several ways to be broken
  .toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** Those of a Rego text: the METADATA blocks with a severity. */
function rulesOf(text: string): readonly Rule[] {
  const blocks = [...text.matchAll(/^# METADATA\n((?:#.*\n)+)/gm)].map(([, block = '']) => block.replaceAll(/^# ?/gm, ''))
  return blocks.flatMap(block => {
    const { title, description, custom } = load(block) as Metadata // opa checked its shape
    return custom?.severity === undefined ? [] : [{ name: title, severity: custom.severity, description, page: pageOf(title) }]
  })
}

interface Metadata {
  readonly title: string
  readonly description: string
  readonly custom?: { readonly severity?: Severity }
}

function pageOf(rule: string): string {
  return readFileSync(at(`../../docs/rules/${rule}.md`), 'utf8')
}

function at(path: string): URL {
  return new URL(path, import.meta.url)
}
