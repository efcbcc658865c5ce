import t from 'tap'
import { documents, fileName, readText } from '../../runtime/documents.ts'

t.test('documents() reads several documents and leaves empty ones out', async t => {
  t.strictSame(documents('a: 1\n---\n---\nb: 2\n', { name: 'x' }), [{ a: 1 }, { b: 2 }])
})

t.test('documents() keeps a time as the text it is', async t => {
  t.strictSame(documents('at: 2026-11-24T03:00:00Z', { name: 'x' }), [{ at: '2026-11-24T03:00:00Z' }])
})

t.test('documents() names file, line and column of a mistake', async t => {
  t.throws(() => documents('a: 1\nb: [', { name: 'pod.yaml' }), { message: /^pod\.yaml:2:5: / })
})

t.test('readText() reads a file that is exactly as large as allowed', async t => {
  t.equal(await readText(t.testdir({ file: 'text' }) + '/file', { maxBytes: 4 }), 'text')
})

t.test('fileName() is safe to print', async t => {
  t.equal(fileName('-'), '<stdin>')
  t.equal(fileName('a\x1b[31m'), 'a\\u{1b}[31m')
})
