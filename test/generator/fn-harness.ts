import { readFile } from 'node:fs/promises'
import { type FunctionAnswer, krmFunction } from '../../generator/fn.ts'
import { TEMPLATES } from '../../generator/reaper/templates.ts'
import { loadReview } from '../../runtime/review.ts'
import { COMMITTED } from '../policy/committed.ts'

/** The function with the committed policy, and a reaper of one object. */
export async function fn(text: string): Promise<FunctionAnswer> {
  return krmFunction(text, {
    review: settings => loadReview(COMMITTED, settings),
    templates: TEMPLATES,
    reaper: async ({ name }) => [{ text: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "1"\n` }],
  })
}

/** A ResourceList of these documents, as a tool would write it: with their comments. */
export function resourceList(documents: string, functionConfig?: string): string {
  const items = documents
    .split(/^---\n/m)
    .filter(document => document.trim() !== '')
    .map(document => `- ${indented(document, 2).trimStart()}`)
  return [
    'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n',
    functionConfig === undefined ? '' : `functionConfig:\n${indented(functionConfig, 2)}`,
    items.length === 0 ? 'items: []\n' : `items:\n${items.join('')}`,
  ].join('')
}

function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns))
}

/** A file of a golden case, or undefined. */
export async function golden(name: string, file: string): Promise<string | undefined> {
  return readFile(new URL(`../golden/${name}/${file}`, import.meta.url), 'utf8').catch(() => undefined)
}
