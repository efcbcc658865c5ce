import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import { relative, resolve, sep } from 'node:path'
import { readProblem } from '../documents.ts'
import { note, problem, reviewText, type Selection, type TextReviewOptions } from './file-review.ts'
import { fixText } from './fix.ts'
import { type FileReview, type FindingRecord, placeOf, type Remark } from './record.ts'
import { replaceFile } from './replace-file.ts'

export interface FixFileOptions extends TextReviewOptions {
  /** `write` changes the file, `diff` shows what would be changed. */
  readonly fix: 'write' | 'diff'
  /** Which findings to mend. */
  readonly toFix: Selection
  readonly cwd: string
}

/** Reviews a file and mends what can be mended, all of it or nothing. What is left is where it then is. */
export async function fixFile(text: string, options: FixFileOptions): Promise<FileReview> {
  const { file, review, toFix, fix, cwd } = options
  const before = await reviewText(text, options)
  if (before.findings.length === 0 || before.remarks.some(({ kind }) => kind === 'problem')) return before
  const fixed = fixText(text, { review, selection: toFix })
  if (fixed.kind === 'failed') {
    const { finding, reason } = fixed
    const found = before.findings.find(({ rule, message }) => rule === finding.rule && message === finding.message)
    return withRemark(before, note(file, found ? placeOf(found) : null, `nothing was fixed here: ${reason}`))
  }
  if (fixed.text === text) return before
  if (fix === 'diff') return { ...before, diff: unified(text, fixed.text, file, cwd) }
  try {
    await replaceFile(resolve(cwd, file), text, fixed.text)
  } catch (error) {
    const reason = error instanceof RangeError ? error.message : readProblem(error)
    return withRemark(before, problem(file, null, `cannot be written: ${reason}; nothing in it was changed`))
  }
  const after = await reviewText(fixed.text, options)
  const left = new Set(after.findings.map(identity))
  const gone = before.findings.filter(one => !left.has(identity(one))).map(one => ({ ...one, fixed: true }))
  return { ...after, findings: [...gone, ...after.findings] }
}

function withRemark(review: FileReview, remark: Remark): FileReview {
  return { ...review, remarks: [...review.remarks, remark] }
}

/** What a finding is about, wherever it is. */
function identity({ rule, container, message, object }: FindingRecord): string {
  return JSON.stringify([rule, container, message, object])
}

/** As git prints it, so that git apply and patch -p1 take it. */
function unified(before: string, after: string, file: string, cwd: string): string {
  const path = relative(cwd, resolve(cwd, file)).split(sep).join('/')
  return formatPatch(structuredPatch(`a/${path}`, `b/${path}`, before, after), FILE_HEADERS_ONLY)
}
