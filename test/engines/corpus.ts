import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump, loadAll } from 'js-yaml'
import { pages } from '../../scripts/policy/pages.ts'
import { samples } from '../../scripts/policy/samples.ts'

const ROOT = new URL('../../', import.meta.url)

const MAIN = { name: 'main', image: 'acme/work' }
const PROXY = { name: 'proxy', image: 'acme/proxy' }
const FLUENT_BIT = { name: 'fluent-bit', image: 'fluent/fluent-bit:4.0' }
const GCS_FUSE = { name: 'gke-gcsfuse-sidecar', image: 'gke.gcr.io/gcs-fuse-csi-driver-sidecar-mounter' }

/** What no example shows: details that only some settings let count, two that end by themselves, Lists, exceptions. */
const OTHERS: Readonly<Record<string, object>> = {
  command: job([MAIN, PROXY], saying('{"proxy": {"command": ["/quit"], "exit": 0}}')),
  quit: job([MAIN, PROXY], saying('{"proxy": {"quit": "http://localhost:9/quit", "exit": 0}}')),
  'kill-cmd': job([MAIN, FLUENT_BIT], { 'workflows.argoproj.io/kill-cmd-fluent-bit': '["quit"]' }),
  settle: job([MAIN, FLUENT_BIT], { 'sidecar-reaper/sidecars': 'fluent-bit', 'sidecar-reaper/settle': '9h' }),
  labelled: job([MAIN, { name: 'second', image: 'acme/second' }], {}, { main: 'main' }),
  'end-themselves': job([MAIN, GCS_FUSE, { name: 'kuma-sidecar', image: 'kumahq/kuma-dp' }]),
  list: list(job([MAIN, FLUENT_BIT]), list(job([MAIN, FLUENT_BIT]))),
  excepted: job([MAIN, FLUENT_BIT], { 'sidecar-reaper.review/ignore-hangs': 'ended by hand' }),
  'excepted-for-nothing': job([MAIN, FLUENT_BIT], { 'sidecar-reaper.review/ignore-hangs': '' }),
  service: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'other' }, spec: {} },
}

/** Every manifest that the project has an example of, each as a text with a name; those that speak of others are left out. */
export async function corpus(): Promise<ReadonlyMap<string, string>> {
  const written = (await pages()).flatMap(({ rule, manifests }) => numbered(rule, manifests))
  const jobs = (await samples()).map(({ name, pod: { metadata, spec } }) => [`sample-${name}`, jobOf({ metadata, spec })] as const)
  const all = [
    ...(await files()),
    ...written,
    ...jobs,
    ...Object.entries(OTHERS).map(([name, manifest]) => [`other-${name}`, manifest] as const),
  ]
  return new Map(
    all.map(([name, manifest]) => [`${name}.yaml`, dump(manifest)] as const).filter(([, text]) => !text.includes('WebhookConfiguration')),
  )
}

/** Writes them into a new folder. */
export async function write(texts: ReadonlyMap<string, string>, folder: string): Promise<void> {
  await mkdir(folder)
  for (const [name, text] of texts) await writeFile(join(folder, name), text)
}

async function files(): Promise<readonly (readonly [string, object])[]> {
  const examples = ['hangs', 'job', 'stuck-pod'].map(name => [name, `docs/examples/${name}.yaml`] as const)
  const golden = (await readdir(new URL('test/golden/', ROOT))).map(name => [name, `test/golden/${name}/input.yaml`] as const)
  const found = [...examples, ...golden].map(async ([name, path]) => {
    const documents = loadAll(await readFile(new URL(path, ROOT), 'utf8')) as object[] // manifests
    return numbered(name, documents)
  })
  return (await Promise.all(found)).flat()
}

function numbered(name: string, manifests: readonly object[]): readonly (readonly [string, object])[] {
  return manifests.map((manifest, index) => [`${name}-${index}`, manifest])
}

function saying(containers: string): object {
  return { 'sidecar-reaper/sidecars': 'proxy', 'sidecar-reaper/containers': containers }
}

function list(...items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items }
}

function job(containers: readonly object[], annotations: object = {}, labels: object = {}): object {
  return jobOf({ metadata: { annotations, labels }, spec: { restartPolicy: 'Never', containers } })
}

function jobOf(template: object): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work' },
    spec: { template: JSON.parse(JSON.stringify(template)) as object },
  } // without what is undefined
}
