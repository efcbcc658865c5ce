import { readdir, writeFile } from 'node:fs/promises'
import t from 'tap'
import { load } from 'js-yaml'
import { fn, golden, resourceList } from './fn-harness.ts'

// UPDATE=1 writes what comes out; read the diff before it is committed.

const FOLDER = new URL('../golden/', import.meta.url)
const isUpdating = process.env['UPDATE'] === '1'

for (const name of (await readdir(FOLDER)).toSorted()) {
  t.test(name, async t => {
    const text = resourceList((await golden(name, 'input.yaml')) ?? '', await golden(name, 'config.yaml'))
    const answer = await fn(text)
    const said = answer.lines.join('')
    if (isUpdating) {
      await writeFile(new URL(`${name}/expected.yaml`, FOLDER), answer.text)
      await writeFile(new URL(`${name}/${answer.failed ? 'errors' : 'said'}.txt`, FOLDER), said)
    }
    t.equal(answer.text, await golden(name, 'expected.yaml'))
    t.equal(said, await golden(name, answer.failed ? 'errors.txt' : 'said.txt'))

    const again = await fn(withoutResults(answer.text))
    t.equal(withoutResults(again.text), withoutResults(answer.text), 'twice is once')
    if (answer.failed) t.strictSame(itemsOf(answer.text), itemsOf(text), 'what fails is given back as it came')
  })
}

function withoutResults(text: string): string {
  return text.replace(/^results:\n[^]*/m, '')
}

function itemsOf(text: string): unknown {
  return (load(text) as { items: unknown }).items // of a ResourceList
}
