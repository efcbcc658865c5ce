import { applyPatch as applyDiff, structuredPatch } from 'diff'
import { dump } from 'js-yaml'
import { type Document, parseAllDocuments, visit } from 'yaml'
import { applyPatch } from '../../generator/patch/apply.ts'
import type { Operation } from '../review.ts'

/**
 * A text with a patch applied to one of its documents: comments stay, and so does every line that the patch does not touch, as far as that
 * can be. What it means is for the caller to check. @throws {RangeError} saying why it cannot be done
 */
export function rewritten(text: string, index: number, patch: readonly Operation[], patched: object): readonly string[] {
  if (/^\s*\{/.test(text) && isJson(text)) return [asJson(text, patched)]
  const hasReturns = /\r\n/.test(text) && !/[^\r]\n/.test(text)
  const lines = hasReturns ? text.replaceAll('\r\n', '\n') : text
  const documents = parsed(lines)
  const document = documents[index]
  if (document === undefined || document.errors.length > 0) throw new RangeError('its YAML is too unusual to be changed by a program')
  visit(document, {
    Alias: () => {
      throw new RangeError('it has YAML aliases, which no patch can follow; write them out')
    },
  })
  // What stands between two documents belongs to the first of them.
  const start = index === 0 ? 0 : document.range[0]
  const end = documents[index + 1]?.range[0] ?? lines.length
  const style = styleOf(lines.slice(start, end))
  const before = document.toString(style)
  applyPatch(document.contents as never, dump(patch, { lineWidth: -1 })) // a document that is reviewed has contents
  const after = document.toString(style)
  const slice = lines.slice(start, end)
  const small = applyDiff(slice, structuredPatch('', '', before, after, '', '', { context: 2 }))
  const whole = (part: string) => {
    const all = `${lines.slice(0, start)}${part}${lines.slice(end)}`
    return hasReturns ? all.replaceAll('\n', '\r\n') : all
  }
  return [...(small === false ? [] : [whole(small)]), whole(after)]
}

type Parsed = Document.Parsed

function parsed(text: string): readonly Parsed[] {
  const documents = parseAllDocuments(text, { schema: 'failsafe' })
  return Array.isArray(documents) ? documents : []
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
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function asJson(text: string, value: object): string {
  const [, indent = ''] = /^\s*\{\r?\n([ \t]+)/.exec(text) ?? []
  return `${JSON.stringify(value, null, indent)}${/\r?\n?$/.exec(text)?.[0] ?? ''}`
}
