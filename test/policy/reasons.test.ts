import { readFile } from 'node:fs/promises'
import t from 'tap'

// docs/reasons.md is made from the METADATA of the rules; the chains in verdict.rego are what a verdict can say.

const documented = [...(await text('docs/reasons.md')).matchAll(/^## `(\w+)`|^\| `([a-z-]+)`/gm)]
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
  const said = chains.map(([, verdict, code]) => `${verdict} ${code}`)
  t.ok(said.length > 20)
  t.strictSame(pairs.toSorted(), said.toSorted())
})
