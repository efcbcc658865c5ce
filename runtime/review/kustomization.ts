import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { load } from 'js-yaml'

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The name of the kustomization among the files of a folder. */
export function kustomizationOf(names: ReadonlySet<string>): string | undefined {
  return NAMES.find(name => names.has(name))
}

/** The files that a kustomization names: resources, but also patches, which are no whole manifests. A component is built only as a part of others. */
export async function coveredFiles(path: string): Promise<{ readonly isComponent: boolean; readonly files: readonly string[] }> {
  try {
    const value = load(await readFile(path, 'utf8'), { maxAliases: 100 })
    const isComponent = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Component'
    return { isComponent, files: texts(value).map(text => resolve(dirname(path), text)) }
  } catch {
    return { isComponent: false, files: [] } // its build says what is wrong
  }
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < 1000 ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}
