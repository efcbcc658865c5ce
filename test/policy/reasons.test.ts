import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'

// docs/reasons.md is made from the METADATA of the rules; the chains in verdict.rego are what a verdict can say.

const [reasons = '', warnings = ''] = (await text('docs/reasons.md')).split('## Warnings')
const documented = [...reasons.matchAll(/^## `(\w+)`|^\| `([a-z-]+)`/gm)]
const chains = [...(await text('policies/sidecar/verdict.rego')).matchAll(/\["(end|wait|leave|refuse)", "([a-z-]+)", /g)]

async function text(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
}

t.test('every reason that a verdict can have is documented, under its decision, and no other', async t => {
  let decision = ''
  const pairs = documented.flatMap(([, heading, code]) => {
    if (heading) decision = heading
    return code ? [`${decision} ${code}`] : []
  })
  // The runtime's own, for want of a verdict (runtime/sweep/judge.ts).
  const said = [...chains.map(([, verdict, code]) => `${verdict} ${code}`), 'refuse unreadable']
  t.ok(said.length > 20)
  t.strictSame(pairs.toSorted(), said.toSorted())
})

t.test('every warning that a verdict can have is documented, and no other', async t => {
  const folder = new URL('../../policies/sidecar/', import.meta.url)
  const files = (await readdir(folder)).filter(file => !file.endsWith('_test.rego'))
  const rules = await Promise.all(files.map(file => text(`policies/sidecar/${file}`)))
  const said = rules.flatMap(rule => [...rule.matchAll(/^_warnings contains \{"code": "([a-z-]+)"/gm)].map(([, code]) => code))
  const listed = [...warnings.matchAll(/^\| `([a-z-]+)`/gm)].map(([, code]) => code)
  t.ok(said.length > 5)
  t.strictSame(new Set(listed), new Set(said))
})
