import t from 'tap'
import { catalogueReads, indexCatalogue, WRAPPERS } from '../../runtime/catalogue.ts'
import { catalogueRows } from '../../runtime/catalogue/schema.ts'

const row = { title: 'A proxy', names: ['proxy'], images: ['acme/proxy'], sources: ['https://acme.example'] }
const defaults = { prefixes: [], marks: [], ways: [], doubts: [], programs: [], runsArgs: false, wrappedWhen: [], last: false, notes: [] }
const term = { way: 'signal', signal: 'TERM' }

t.test('catalogueRows fills in what a row and a way may leave out', async t => {
  const common = { when: [], unless: [], proof: 'documented' }
  t.strictSame(catalogueRows.parse({ acme: row }), { acme: { ...row, ...defaults } })
  t.strictSame(catalogueRows.parse({ acme: { ...row, ways: [term, { way: 'http', port: { default: 80 }, path: '/quit' }] } }), {
    acme: {
      ...row,
      ...defaults,
      ways: [
        { ...term, ...common },
        { way: 'http', method: 'POST', port: { default: 80 }, path: '/quit', ...common },
      ],
    },
  })
})

t.test('catalogueRows refuses what the policy would not understand', async t => {
  const wrong = {
    'an unknown key': { acme: { ...row, image: 'x' } },
    'neither a name nor a prefix': { acme: { ...row, names: [] } },
    'a mark with two keys': { acme: { ...row, marks: [{ annotation: 'a', label: 'b' }] } },
    'a signal that PID 1 never gets': { acme: { ...row, ways: [{ ...term, signal: 'KILL' }] } },
    'an exit code that no process has': { acme: { ...row, ways: [{ ...term, exit: 256 }] } },
    'a condition that reads nothing': { acme: { ...row, doubts: [{ default: 'true', is: ['true'] }] } },
    'a flag with its dashes': { acme: { ...row, doubts: [{ flag: '--quit' }] } },
    'a port that is to be had nowhere': { acme: { ...row, ways: [{ way: 'http', port: {}, path: '/quit' }] } },
    'a command with a port that is to be had nowhere': { acme: { ...row, ways: [{ way: 'exec', argv: ['quit', '-p={port}'] }] } },
    'an empty name': { acme: { ...row, names: [''] } },
    'an empty prefix, with which every name begins': { acme: { ...row, prefixes: [''] } },
    'an empty image': { acme: { ...row, images: [''] } },
    'a program with its path': { acme: { ...row, programs: ['/bin/acme'] } },
    'an image with its tag': { acme: { ...row, images: ['acme/proxy:1'] } },
    'an image with its digest': { acme: { ...row, images: ['acme/proxy@sha256:0'] } },
    'half a character': { acme: { ...row, title: '\ud800' } },
    'an id with spaces': { 'a cme': row },
  }
  for (const [what, rows] of Object.entries(wrong)) t.notOk(catalogueRows.safeParse(rows).success, what)
  t.ok(catalogueRows.safeParse({ acme: { ...row, images: ['localhost:5000/acme/proxy'] } }).success, 'a registry has its port')
  t.ok(catalogueRows.safeParse({ acme: { ...row, names: [], prefixes: ['proxy-'] } }).success, 'a prefix is enough')
})

t.test('indexCatalogue() finds rows by name, prefix and image, in their order, for any name', async t => {
  const rows = catalogueRows.parse({ b: { ...row, names: ['proxy', '__proto__'] }, a: { ...row, prefixes: ['proxy-'] } })
  const { by_name: byName, by_prefix: byPrefix, by_image: byImage } = indexCatalogue(rows)
  t.strictSame(Object.entries(byName), [
    ['proxy', ['b', 'a']],
    ['__proto__', ['b']],
  ])
  t.strictSame(Object.entries(byPrefix), [['proxy-', ['a']]])
  t.strictSame(Object.entries(byImage), [['acme/proxy', ['b', 'a']]])
})

t.test('indexCatalogue() takes ids that every object has', async t => {
  const rows = catalogueRows.parse({ constructor: { ...row, marks: [{ label: 'acme' }] } })
  t.equal(JSON.stringify(indexCatalogue(rows).by_mark.label), '{"acme":{"constructor":[]}}')
})

t.test('catalogueReads() gives what marks, conditions and ports look at in a pod', async t => {
  const rows = catalogueRows.parse({
    acme: {
      ...row,
      marks: [{ annotation: 'a' }, { label: 'b', value: 'x' }, { namespaceLabel: 'c' }],
      ways: [
        {
          way: 'http',
          port: { flag: 'port', env: 'PORT' },
          path: '/',
          when: [{ flag: 'quit', annotation: 'd' }],
          unless: [{ env: 'OFF' }],
        },
      ],
      doubts: [{ flag: 'delay' }],
      endsItself: { withinSeconds: 5, when: [{ env: 'LEAVES' }] },
      programs: ['acme'],
      wrappedWhen: [{ annotation: 'e' }],
    },
  })
  t.strictSame(catalogueReads(indexCatalogue(rows)), {
    annotations: ['a', 'e', 'd'],
    labels: ['b'],
    env: ['LEAVES', 'OFF', 'PORT'],
    valueFlags: ['port'],
    flags: ['delay', 'quit'],
    programs: ['acme'],
    wrappers: WRAPPERS,
    images: ['acme/proxy'],
  })
})
