import { readdirSync, readFileSync } from 'node:fs'
import type { Templates } from './template.ts'

const FOLDERS = ['companion', 'patch', 'reaper']

/** The texts of the templates by path in templates/. The build puts what this gives into the bundle. */
export const TEMPLATES: Templates = Object.fromEntries(FOLDERS.flatMap(folder => templatesOf(folder)))

function templatesOf(folder: string): readonly (readonly [string, string])[] {
  const at = (file: string) => new URL(`../../templates/${folder}/${file}`, import.meta.url)
  return readdirSync(at('')).map(file => [`${folder}/${file}`, readFileSync(at(file), 'utf8')])
}
