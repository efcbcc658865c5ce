import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Catalogue, CatalogueRow } from '../../../runtime/catalogue.ts'
import type { Way } from '../../../runtime/verdict.ts'
import { COMMITTED } from '../../policy/committed.ts'
import { variants } from '../suite/row.ts'
import { predictions } from './predict.ts'
import { programs } from './program.ts'
import type { Sidecar } from './sidecar.ts'
import { sidecars } from './table.ts'

type RowWay = CatalogueRow['ways'][number]

const { catalogue } = JSON.parse(readFileSync(COMMITTED.catalogue, 'utf8')) as { catalogue: Catalogue } // a test of its own holds its shape

/** The ways by which a sidecar ends in some case, as the policy says them; by `complete` it hears TERM, and only a known exit code is held against that. */
function waysSeen(sidecar: Sidecar): Way[] {
  const predicted = predictions(sidecar)
  return variants.flatMap(variant => {
    const end = sidecar.ends[variant]
    if (end === undefined || !('by' in end)) return []
    if (end.by !== 'complete') return predicted[end.by].slice(0, 1)
    return predicted.signal.filter(way => way.way === 'signal' && way.signal === 'TERM' && way.exit !== null)
  })
}

function isOf(row: RowWay, way: Way): boolean {
  if ((row.exit ?? null) !== way.exit) return false
  if (row.way === 'exec') return way.way === 'exec' && row.argv.every((word, index) => word === '{port}' || word === way.argv[index])
  if (row.way === 'http') return way.way === 'http' && row.path === way.path && row.method === way.method
  return way.way === 'signal' && row.signal === way.signal
}

const seen = sidecars.map(sidecar => ({ sidecar, ways: waysSeen(sidecar) }))

function proofsOf(id: string, way: RowWay): string[] {
  return seen.filter(({ sidecar, ways }) => sidecar.row === id && ways.some(one => isOf(way, one))).map(({ sidecar }) => sidecar.proof)
}

t.test('sidecars have a case for each way that the catalogue calls proved, and it calls proved what has one', async t => {
  for (const [id, row] of Object.entries(catalogue.rows)) {
    for (const way of row.ways) {
      const proofs = proofsOf(id, way)
      const expected = proofs.includes('program') ? 'program' : proofs.includes('protocol') ? 'protocol' : 'documented'
      t.equal(way.proof, expected, `${id}: ${JSON.stringify(way)}`)
    }
  }
})

t.test('sidecars expect of each way what the policy says of it', async t => {
  for (const { sidecar, ways } of seen) {
    t.ok(catalogue.rows[sidecar.row], `${sidecar.row} is in the catalogue`)
    const unknown = ways.filter(way => !catalogue.rows[sidecar.row]?.ways.some(row => isOf(row, way)))
    t.same(unknown, [], `${sidecar.row} ${sidecar.title}: its ways are those of the row`)
  }
})

t.test('sidecars run in images that are made for them', async t => {
  const images = new Set(programs.flatMap(program => program.images.map(({ name }) => name)))
  for (const { container, row, title } of sidecars) t.ok(images.has(container.image), `${row} ${title}: ${container.image}`)
  for (const image of images)
    t.ok(
      sidecars.some(({ container }) => container.image === image),
      `${image} is used`,
    )
})

t.test('sidecars have titles that tell them apart', async t => {
  const titles = sidecars.map(({ row, title }) => `${row} ${title}`)
  t.equal(new Set(titles).size, titles.length)
})
