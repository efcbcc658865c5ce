import { readdirSync, readFileSync } from 'node:fs'
import type { Templates } from './template.ts'

/** The texts of templates/reaper and templates/companion by path in templates/. The build puts what this gives into the bundle. */
export const TEMPLATES: Templates = Object.fromEntries(
  ['reaper', 'companion'].flatMap(folder =>
    readdirSync(new URL(`../../templates/${folder}/`, import.meta.url)).map(file => [
      `${folder}/${file}`,
      readFileSync(new URL(`../../templates/${folder}/${file}`, import.meta.url), 'utf8'),
    ]),
  ),
)
