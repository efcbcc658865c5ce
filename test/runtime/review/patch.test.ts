import t from 'tap'
import { patchedValue } from '../../../runtime/review/patch.ts'

t.test('patchedValue() gives a copy with every operation carried out, one after the other', async t => {
  const value = { a: [1, 2], b: { 'c/d': 'x' } }
  const patched = patchedValue(value, [
    { op: 'test', path: '/b/c~1d', value: 'x' },
    { op: 'add', path: '/a/1', value: 9 },
    { op: 'add', path: '/a/-', value: 3 },
    { op: 'move', from: '/b/c~1d', path: '/e' },
    { op: 'replace', path: '/a/0', value: 0 },
    { op: 'remove', path: '/b' },
  ])
  t.strictSame(patched, { a: [0, 9, 2, 3], e: 'x' })
  t.strictSame(value, { a: [1, 2], b: { 'c/d': 'x' } })
})

t.test('patchedValue() refuses what finds nothing to work on', async t => {
  for (const path of ['/a/3', '/a/01', '/a/-1', '/a/x', '/b/c', ''])
    t.throws(() => patchedValue({ a: [1, 2] }, [{ op: 'add', path, value: 1 }]), RangeError, `add ${path}`)
  for (const path of ['/a/2', '/a/-', '/b', '/constructor'])
    t.throws(() => patchedValue({ a: [1, 2] }, [{ op: 'remove', path }]), RangeError, `remove ${path}`)
  t.throws(() => patchedValue({ a: 1 }, [{ op: 'test', path: '/a', value: 2 }]), /Cannot patch \/a: it is not 2/)
})
