import t from 'tap'
import { catalogueRows, indexCatalogue, markKeys } from '../../runtime/catalogue.ts'

const row = { title: 'A proxy', names: ['proxy'], images: ['acme/proxy'], sources: ['https://acme.example'] }

t.test('catalogueRows fills in what a row may leave out', async t => {
  t.strictSame(catalogueRows.parse({ acme: row }), { acme: { ...row, marks: [], ways: [] } })
})

t.test('catalogueRows refuses what the policy would not understand', async t => {
  const wrong = {
    'an unknown key': { acme: { ...row, image: 'x' } },
    'no names': { acme: { ...row, names: [] } },
    'a mark with two keys': { acme: { ...row, marks: [{ annotation: 'a', label: 'b' }] } },
    'a signal that PID 1 never gets': { acme: { ...row, ways: [{ way: 'signal', signal: 'KILL' }] } },
    'an exit code that no process has': { acme: { ...row, ways: [{ way: 'signal', signal: 'TERM', exit: 256 }] } },
    'an id with spaces': { 'a cme': row },
  }
  for (const [what, rows] of Object.entries(wrong)) t.notOk(catalogueRows.safeParse(rows).success, what)
})

t.test('indexCatalogue() finds rows by name, in their order, for any name', async t => {
  const rows = catalogueRows.parse({ b: { ...row, names: ['proxy', '__proto__'] }, a: row })
  const { by_name: byName } = indexCatalogue(rows)
  t.strictSame(Object.entries(byName), [
    ['proxy', ['b', 'a']],
    ['__proto__', ['b']],
  ])
})

t.test('markKeys() gives the annotations and labels that marks look at', async t => {
  const marks = [{ annotation: 'a' }, { label: 'b', value: 'x' }, { namespaceLabel: 'c' }]
  t.strictSame(markKeys(indexCatalogue(catalogueRows.parse({ acme: { ...row, marks } }))), { annotations: ['a'], labels: ['b'] })
})
