import { applyPatch as applyDiff, structuredPatch } from 'diff'
import { dump } from 'js-yaml'
import { type Document, parseAllDocuments, visit } from 'yaml'
import { applyPatch } from '../../generator/patch/apply.ts'
import type { Operation } from '../review.ts'

/** A text cut into its documents; what stands between two of them belongs to the first. @throws {RangeError} for one that cannot be cut */
export function documentTexts(text: string): readonly string[] {
  const starts = parsed(text).map((document, index) => (index === 0 ? 0 : document.range[0]))
  return starts.map((start, index) => text.slice(start, starts[index + 1]))
}

/**
 * The text of one document with a patch applied to it, the best first: comments stay, and so does every line that the patch does not touch, as
 * far as that can be. What it means is for the caller to check. @throws {RangeError} saying why it cannot be done
 */
export function rewritten(text: string, patch: readonly Operation[], patched: object): readonly string[] {
  if (isJson(text)) return [asJson(text, patched)]
  const [document] = parsed(text)
  if (document === undefined) throw new RangeError(UNUSUAL)
  visit(document, {
    Alias: () => {
      throw new RangeError('it has YAML aliases, which no patch can follow; write them out')
    },
  })
  const style = styleOf(text)
  const before = document.toString(style)
  applyPatch(document.contents as never, dump(patch, { lineWidth: -1 })) // a document that is reviewed has contents
  const after = document.toString(style)
  const small = applyDiff(text, structuredPatch('', '', before, after, '', '', { context: 2 }))
  return [small, onLines(text, before, after), after].filter(one => typeof one === 'string')
}

/** The text with the lines changed that differ between two writings of it, the first of which has as many lines: all others stay as they are. */
function onLines(text: string, before: string, after: string): string | undefined {
  const lines = text.split('\n')
  if (lines.length !== before.split('\n').length) return undefined
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 0 })
  for (const { oldStart, oldLines, lines: changed } of hunks.toReversed()) {
    const added = changed.filter(line => line.startsWith('+')).map(line => line.slice(1))
    lines.splice(oldStart - 1, oldLines, ...added)
  }
  return lines.join('\n')
}

/** Why a text is left alone that two YAML readers do not read alike. */
export const UNUSUAL = 'its YAML is too unusual to be changed by a program'

function parsed(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { schema: 'failsafe' })
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) throw new RangeError(UNUSUAL)
  return documents as readonly Document.Parsed[] // of a text that is not empty
}

/** The layout that the text has already, as far as the writer can follow it. */
function styleOf(text: string) {
  const [, indent = '  '] = /^\S.*:\n( +)\S/m.exec(text) ?? []
  return {
    lineWidth: 0,
    indent: indent.length,
    indentSeq: !/^( *)[^\s#-].*:[ \t]*(?:#.*)?\n(?: *#.*\n)*\1- /m.test(text),
    flowCollectionPadding: /\{ \S/.test(text),
  }
}

function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** @throws {RangeError} where a number would be written as another */
function asJson(text: string, value: object): string {
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)].map(([token]) => token).filter(token => !token.startsWith('"'))
  const changed = written.find(number => String(Number(number)) !== number)
  if (changed !== undefined) throw new RangeError(`it has the number ${changed}, which JavaScript would write as ${Number(changed)}`)
  const [, indent = ''] = /^\s*\{\r?\n([ \t]+)/.exec(text) ?? []
  return `${JSON.stringify(value, null, indent)}${/\r?\n?$/.exec(text)?.[0] ?? ''}`
}
