import { jobOf, listed, main, podOf, sidecar, templateOf, willExit } from '../containers.ts'
import { always, by, completedOrTold, ended, kept, toldOrCompleted, type Row } from '../row.ts'

/** A row whose pod says by these annotations that `sidecar` is one. */
function saidBy(title: string, annotations: Record<string, string>): Row {
  return { title, objects: place => [jobOf(place, [main(), sidecar()], { annotations })], expect: by(completedOrTold) }
}

/** A row whose pod is left alone. */
function leftAlone(title: string, annotations: Record<string, string>, verdict: string): Row {
  return { title, objects: place => [jobOf(place, [main(), sidecar()], { annotations })], expect: always(kept(verdict)) }
}

const kruise = [{ name: 'KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT', value: 'true' }]
const istio = { 'sidecar.istio.io/inject': 'true' }
const proxied = { main: 'start exit 0', 'istio-proxy': 'start TERM exit 0' }
const proxyKept = { main: 'start exit 0', 'istio-proxy': 'start' }
const reported = kept('end left-over', proxyKept, { outcomes: ['reported'] })

/** Who may be a sidecar, and whose pods are in scope. */
export const annotations: readonly Row[] = [
  saidBy('annotation sidecar-reaper/mains', { 'sidecar-reaper/mains': 'main' }),
  saidBy('annotation nrmitchi.com/sidecars', { 'nrmitchi.com/sidecars': 'sidecar' }),
  saidBy('annotation lemonade.com/sidecars', { 'lemonade.com/sidecars': 'sidecar' }),
  saidBy('annotation riskified.com/sidecars', { 'riskified.com/sidecars': 'sidecar' }),
  saidBy('annotation riskified.com/main_sidecars, a list of mains', { 'riskified.com/main_sidecars': 'main' }),
  {
    title: 'spaces in the list',
    objects: place => [
      jobOf(place, [main(), sidecar('one'), sidecar('two')], { annotations: { 'sidecar-reaper/sidecars': '  one ,two  , ' } }),
    ],
    expect: by(completedOrTold, { main: 'start exit 0', one: 'start TERM exit 0', two: 'start TERM exit 0' }),
  },
  {
    title: 'a name in the list that no container has',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { 'sidecar-reaper/sidecars': 'sidecar,ghost' } })],
    expect: by(completedOrTold, undefined, { warnings: ['name-without-container'] }),
  },
  {
    title: 'only names in the list that no container has',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { 'sidecar-reaper/sidecars': 'ghost' } })],
    expect: always(kept('leave no-sidecars', undefined, { warnings: ['name-without-container'] })),
  },
  {
    title: 'the environment variable of OpenKruise, its controller gone',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, { env: kruise })])],
    settings: { controllersGone: ['kruise'] },
    expect: { ...by(completedOrTold), signal: kept('refuse unknown-exit') },
  },
  {
    title: 'the environment variable of OpenKruise, its controller gone, exit code 0 known',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, { env: kruise })], { annotations: willExit(0) })],
    settings: { controllersGone: ['kruise'] },
    expect: by(toldOrCompleted),
  },
  {
    title: 'the environment variable of OpenKruise, its controller there',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, { env: kruise })])],
    expect: always(kept('leave no-sidecars')),
  },
  {
    title: 'a name in the settings',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: willExit(0) })],
    settings: { sidecars: ['sidecar'] },
    expect: by(toldOrCompleted),
  },
  {
    title: 'a label that names the main',
    objects: place => [jobOf(place, [main(), sidecar()], { labels: { 'example.org/main': 'main' }, annotations: willExit(0) })],
    settings: { mainLabel: 'example.org/main' },
    expect: by(toldOrCompleted),
  },
  leftAlone('no annotation', {}, 'leave no-sidecars'),
  leftAlone('annotation sidecar-reaper/ignore', { ...listed, 'sidecar-reaper/ignore': 'true' }, 'leave ignored'),
  leftAlone('annotations that disagree', { ...listed, 'sidecar-reaper/mains': 'sidecar' }, 'refuse contradiction'),
  leftAlone('every container listed', { 'sidecar-reaper/sidecars': 'main,sidecar' }, 'refuse all-sidecars'),
  {
    title: 'details that are no JSON',
    objects: place => [
      jobOf(place, [main(), sidecar()], { annotations: { ...listed, 'sidecar-reaper/containers': 'sidecar: {exit: 0}' } }),
    ],
    expect: always(kept('refuse bad-annotation', undefined, { warnings: ['bad-annotation'] })),
  },
  {
    title: 'a namespace that opts out',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    namespaceLabels: { 'sidecar-reaper/enabled': 'false' },
    expect: always(kept('leave namespace-disabled')),
  },
  {
    title: 'kube-system',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    namespace: 'kube-system',
    expect: always(kept('leave system-namespace')),
  },
  {
    title: 'known by the catalogue only, mode annotated',
    objects: place => [jobOf(place, [main(), sidecar('istio-proxy')], { annotations: istio })],
    expect: { all: reported, complete: reported, signal: reported },
  },
  {
    title: 'known by the catalogue only, mode enforce',
    objects: place => [jobOf(place, [main(), sidecar('istio-proxy')], { annotations: istio })],
    settings: { mode: 'enforce' },
    // The image has the proxy's name and mark, but neither its command nor its port: the catalogue's first ways fail.
    expect: {
      ...by(toldOrCompleted, proxied),
      all: ended('signal', proxied, { tried: [/^exec istio-proxy: /, /^exec istio-proxy: /, /^http istio-proxy: /] }),
    },
  },
  {
    title: 'a main with the name of a known sidecar, mode enforce',
    objects: place => [jobOf(place, [main(), sidecar('istio-proxy')])],
    settings: { mode: 'enforce' },
    expect: always(kept('leave no-sidecars', proxyKept)),
  },
  {
    title: 'mode report',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    settings: { mode: 'report' },
    expect: always(kept('end left-over', undefined, { outcomes: ['reported'] })),
  },
  {
    title: 'a bare pod, owners any',
    objects: place => [podOf(place, [main(), sidecar()], { annotations: listed })],
    settings: { owners: ['any'] },
    expect: by(completedOrTold, undefined, { job: 'none' }),
  },
  {
    title: 'a bare pod, owners none',
    objects: place => [podOf(place, [main(), sidecar()], { annotations: listed })],
    settings: { owners: ['none'] },
    expect: by(completedOrTold, undefined, { job: 'none' }),
  },
  {
    title: 'a bare pod by default',
    objects: place => [podOf(place, [main(), sidecar()], { annotations: listed })],
    expect: always(kept('none', undefined, { job: 'none' })),
  },
  {
    title: 'a Deployment, owners any',
    objects: place => {
      const { metadata, spec } = templateOf(place.directory, [main(), sidecar()], {
        annotations: listed,
        labels: { app: place.name },
        pod: { restartPolicy: 'Always' },
      })
      const selector = { matchLabels: { app: place.name } }
      return [
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: place.name }, spec: { selector, template: { metadata, spec } } },
      ]
    },
    settings: { owners: ['any'] },
    mains: [],
    expect: always(kept('leave restarts-always', { main: /^start exit 0( start( exit 0)?)*$/, sidecar: 'start' }, { job: 'none' })),
  },
]
