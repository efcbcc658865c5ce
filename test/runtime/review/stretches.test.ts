import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { loadAll } from 'js-yaml'
import { stretches } from '../../../runtime/review/stretches.ts'

t.test('stretches() ends a stretch before a document, and only there', async t => {
  t.strictSame(
    [...stretches('a: 1\n---\nb: 1\n---more\n--- # c\nc: 1', 1)],
    [
      { text: 'a: 1\n', start: 0 },
      { text: '---\nb: 1\n---more\n', start: 5 },
      { text: '--- # c\nc: 1', start: 22 },
    ],
  )
})

t.test('stretches() takes as many documents as make up its size', async t => {
  t.strictSame(
    [...stretches('a: 1\n---\nb: 1\n---\nc: 1\nd: 22222222\n---\ne: 1', 20)].map(({ text }) => text),
    ['a: 1\n---\nb: 1\n', '---\nc: 1\nd: 22222222\n', '---\ne: 1'],
  )
})

t.test('stretches() leaves a directive and an end of a document with what follows', async t => {
  for (const text of ['%YAML 1.2\n---\na: 1\n---\nb: 1', 'a: 1\n...\n%TAG !e! tag:e,2000:\n---\nb: !e!x 1', 'a: 1\n...\n---\nb: 1'])
    t.strictSame([...stretches(text, 1)], [{ text, start: 0 }])
})

t.test('stretches() of a stream hold together the documents of the stream', async () => {
  const line = fc.constantFrom(
    '---',
    '--- # c',
    '---\r',
    '...',
    '# c',
    '',
    'a: 1',
    'b: |',
    '  x',
    '- 1',
    "c: 'x",
    '"y',
    '--- |',
    '%YAML 1.2',
    '---x',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 20 }), (lines, size) => {
      const text = lines.join('\n')
      const whole = documentsOf([text])
      if (whole !== undefined) deepStrictEqual(documentsOf([...stretches(text, size)].map(stretch => stretch.text)), whole)
    }),
    { numRuns: 2000 },
  )
})

function documentsOf(texts: readonly string[]): readonly unknown[] | undefined {
  try {
    return texts.flatMap(text => loadAll(text))
  } catch {
    return undefined
  }
}
