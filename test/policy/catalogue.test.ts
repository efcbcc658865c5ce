import { readFile } from 'node:fs/promises'
import t from 'tap'
import type { CatalogueRow, Condition, Port } from '../../runtime/catalogue.ts'
import { parseSettings } from '../../runtime/settings/file.ts'
import { builtInRows } from '../../scripts/policy/artifacts.ts'
import { cataloguePage } from '../../scripts/policy/catalogue-page.ts'

// The schema lets users write a short row; ours have to say more.

const rows = await builtInRows()
const page = await readFile(new URL('../../docs/catalogue.md', import.meta.url), 'utf8')

const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const PREFIX = /^[a-z0-9][-a-z0-9]*-$/
const REPOSITORY = /^[a-z0-9]+([._/-]+[a-z0-9]+)*$/
const KEY = /^([a-z0-9][-a-z0-9.]*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const VARIABLE = /^[A-Z][A-Z0-9_]*$/
const FLAG = /^[a-z0-9][-a-z0-9]*$/
const ORDER = ['exec', 'http', 'signal']

function faults(row: CatalogueRow): readonly string[] {
  const { title, names, prefixes, images, marks, ways, sources, notes } = row
  return [
    ...(title.trim() === title && title !== '' ? [] : ['no title']),
    ...(sources.length > 0 && sources.every(source => URL.canParse(source)) ? [] : ['sources that are no URLs']),
    ...(images.length + marks.length > 0 || notes[0]?.startsWith('Never taken for a sidecar') ? [] : ['nothing but its name']),
    ...names.filter(name => !CONTAINER_NAME.test(name)).map(name => `name ${name}`),
    ...prefixes.filter(prefix => !PREFIX.test(prefix)).map(prefix => `prefix ${prefix}`),
    ...images.filter(image => !REPOSITORY.test(image)).map(image => `image ${image}`),
    ...marks.map(markKey).filter(key => !KEY.test(key)),
    ...options(row).flatMap(optionFaults),
    ...ways.flatMap((way, index) => (way.source ? [] : [`way ${index + 1} without a source`])),
    ...(isSorted(ways.map(({ way }) => ORDER.indexOf(way))) ? [] : ['ways in another order than they are taken in']),
    ...[...notes, title].filter(text => text.includes('|')),
  ]
}

function markKey(mark: CatalogueRow['marks'][number]): string {
  return 'annotation' in mark ? mark.annotation : 'label' in mark ? mark.label : mark.namespaceLabel
}

function options({ ways, doubts, endsItself }: CatalogueRow): readonly (Condition | Port)[] {
  const ports = ways.flatMap(way => ('port' in way && way.port ? [way.port] : []))
  return [...ports, ...doubts, ...(endsItself?.when ?? []), ...ways.flatMap(({ when, unless }) => [...when, ...unless])]
}

function optionFaults({ flag, env, annotation }: Condition | Port): readonly string[] {
  return [
    ...(flag === undefined || FLAG.test(flag) ? [] : [`flag ${flag}`]),
    ...(env === undefined || VARIABLE.test(env) ? [] : [`env ${env}`]),
    ...(annotation === undefined || KEY.test(annotation) ? [] : [`annotation ${annotation}`]),
  ]
}

function isSorted(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || (numbers[index - 1] ?? 0) <= number)
}

t.test('every row of ours says who it is, where it is written and what it reads', async t => {
  t.ok(Object.keys(rows).length >= 30)
  for (const [id, row] of Object.entries(rows)) t.strictSame(faults(row), [], id)
})

t.test('no container is two of our rows by its name and its image', async t => {
  const all = Object.entries(rows)
  const both = all.flatMap(([a, one], index) =>
    all.slice(index + 1).flatMap(([b, other]) => (sharesName(one, other) && sharesImage(one, other) ? [`${a} and ${b}`] : [])),
  )
  t.strictSame(both, [])
})

function sharesName(one: CatalogueRow, other: CatalogueRow): boolean {
  return (
    one.names.some(name => other.names.includes(name)) ||
    [one, other].some((row, index, pair) =>
      row.prefixes.some(
        prefix => pair[1 - index]?.names.some(name => name.startsWith(prefix)) || pair[1 - index]?.prefixes.includes(prefix),
      ),
    )
  )
}

// An image that ends in the other's is one of its images too.
function sharesImage(one: CatalogueRow, other: CatalogueRow): boolean {
  return one.images.some(a => other.images.some(b => `/${a}`.endsWith(`/${b}`) || `/${b}`.endsWith(`/${a}`)))
}

// The pods of the reaper itself are kept free of sidecars by these.
t.test('every sidecar that a namespace can ask for, and every mesh with a mark, has an opt-out', async t => {
  const injected = Object.entries(rows).filter(
    ([, { marks, last }]) => marks.length > 0 && (last || marks.some(mark => 'namespaceLabel' in mark)),
  )
  t.ok(injected.length >= 5)
  for (const [id, { optOut }] of injected) t.ok(optOut, id)
  const keys = Object.values(rows).flatMap(({ optOut }) => (optOut ? Object.keys({ ...optOut.annotations, ...optOut.labels }) : []))
  t.strictSame(
    keys.filter(key => !KEY.test(key)),
    [],
  )
  t.equal(new Set(keys).size, keys.length, 'no two rows disagree about a key')
})

t.test('docs/catalogue.md is made of the rows; npm run policy writes it', async t => {
  t.equal(page, cataloguePage(rows))
  for (const id of Object.keys(rows)) t.match(page, `\n### ${id}\n`)
})

t.test("docs/catalogue.md: the settings that it shows can be used, and its mistake's message is ours", async t => {
  const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
  t.match(parseSettings(example, 'settings.yaml').catalogue, { 'acme-proxy': { ways: [{ way: 'http', exit: 0 }, { exit: 143 }] } })
  const [, message = 'no message'] = /\n`(catalogue\.acme-proxy\.[^`]*)`/.exec(page) ?? []
  t.throws(() => parseSettings(example.replace('way: http', 'way: get'), 'x'), { message: `x: ${message}` })
})
