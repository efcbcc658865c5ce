import { krmFunction } from '../../generator/fn.ts'
import { TEMPLATES } from '../../generator/reaper/templates.ts'
import { readText, STDIN } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { loadReview } from '../review.ts'
import type { Terminal } from '../terminal.ts'
import { rendered } from './render.ts'

/** As much as ten thousand manifests. */
const MAX_BYTES = 256 * 1024 * 1024

/** Reads a ResourceList from standard input and prints the one that comes of it. */
export async function fnCommand({ out, err, signal }: Terminal): Promise<number> {
  const text = await readText(STDIN, { maxBytes: MAX_BYTES, signal })
  const answer = await krmFunction(text, {
    review: settings => loadReview(POLICY_FILES, settings, { today: new Date() }),
    templates: TEMPLATES,
    reaper: rendered,
  })
  err(answer.lines.join(''))
  out(answer.text)
  return answer.failed ? EXIT.failed : EXIT.fine
}
