import t from 'tap'
import { committedFiles, type Files, renderedFiles, staleFiles } from '../../scripts/render.ts'

// The program itself changes with every change of the runtime: .ci/run compares it, by npm run render -- --check.

const committed = await committedFiles()

function withoutProgram(files: Files): Files {
  return new Map(
    [...files].filter(([path]) => !path.startsWith('program/')).map(([path, text]) => [path, text.replace(/'[0-9a-f]{64}'/g, "'sha256'")]),
  )
}

t.test('config/ is what the generator renders', async t => {
  t.strictSame(staleFiles(withoutProgram(await renderedFiles()), withoutProgram(committed)), [], 'npm run render')
})

t.test('staleFiles() names what is missing, what is too many and what differs, and looks into what is compressed', async t => {
  const part = (base64: string) => `binaryData:\n  x.gz.00: ${base64}\n`
  // One empty file, compressed at levels 1 and 9.
  const fast = 'H4sIAAAAAAAEAwMAAAAAAAAAAAA='
  const best = 'H4sIAAAAAAACAwMAAAAAAAAAAAA='
  const wanted = new Map([['a', '1'], ['b', '2'], ['c', '3'], ['program/program-0.yaml', part(fast)]]) // prettier-ignore
  const found = new Map([['b', '2'], ['c', '4'], ['d', '5'], ['program/program-0.yaml', part(best)]]) // prettier-ignore
  t.strictSame(staleFiles(wanted, found), ['a', 'c', 'd'])
})
