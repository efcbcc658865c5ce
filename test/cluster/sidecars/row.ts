import { jobOf, main } from '../suite/containers.ts'
import { ended, kept, variants, type Calls, type Expectation, type Row, type Variant } from '../suite/row.ts'
import type { Place } from '../suite/stage.ts'
import { predictions, settings, type Predictions } from './predict.ts'
import type { End, Sidecar } from './sidecar.ts'
import { letMainEnd, upFile } from './up.ts'

/** A sidecar's row in the suite: the exit codes that it expects are those of the catalogue. */
export function rowOf(sidecar: Sidecar): Row {
  const { row, title, ends, graceSeconds = 3 } = sidecar
  const predicted = predictions(sidecar)
  const expect = variants.flatMap(variant =>
    ends[variant] === undefined ? [] : [[variant, expectation(sidecar, ends[variant], predicted)] as const],
  )
  const seconds = 120 // programs of 100 MB on a busy machine
  const isSlow = graceSeconds > 3 || Object.values(ends).some(end => 'failsBy' in end)
  return {
    title: `${row} ${title}`,
    objects: place => objects(place, sidecar),
    during: stage => letMainEnd(stage, sidecar),
    settings,
    seconds,
    isSlow,
    expect: Object.fromEntries(expect),
  }
}

/** Its Job, whose main ends with 0 when the sidecar has come up, and what that mounts. */
export function objects(place: Place, { container, files = {}, graceSeconds = 3, ...sidecar }: Sidecar): object[] {
  const entries = Object.entries(files)
  const keys = entries.map(([path], index) => ({ key: `file-${index}`, path }))
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: place.name },
    data: Object.fromEntries(entries.map(([, text], index) => [`file-${index}`, text])),
  }
  const mounts = keys.map(({ key, path }) => ({ name: 'files', mountPath: path, subPath: key, readOnly: true }))
  const volumes = [
    { name: 'scenario', hostPath: { path: place.directory, type: 'Directory' } }, // where the main writes down what it does
    ...(keys.length > 0 ? [{ name: 'files', configMap: { name: place.name } }] : []),
  ]
  const job = jobOf(
    place,
    [main('main', { waitFor: upFile }), { imagePullPolicy: 'Never', ...container, ...(mounts.length > 0 ? { volumeMounts: mounts } : {}) }],
    { ...sidecar, pod: { terminationGracePeriodSeconds: graceSeconds, volumes } },
  )
  return keys.length > 0 ? [configMap, job] : [job]
}

function expectation({ container: { name } }: Sidecar, end: End, predicted: Predictions): Expectation {
  const stories = { main: 'start exit 0' }
  const running = { states: { [name]: 'running' } }
  if ('refused' in end) return kept(`refuse ${end.refused}`, stories, running)
  if ('failsBy' in end)
    return kept('wait claimed', stories, { ...running, outcomes: ['failed'], tried: [end.failsBy], calls: { claims: 1 } })
  const states = { [name]: exitPattern(predictedExit(end.by, predicted)) }
  if (end.afterTrying === undefined) return ended(end.by, stories, { states, calls: callsFor(end.by) })
  return ended(end.by, stories, { states, tried: end.afterTrying, calls: { claims: 1 } })
}

/** By `complete` the kubelet sends TERM, so what comes of that has to be what the row says of it. */
export function predictedExit(by: Exclude<Variant, 'all'>, predicted: Predictions): number | null {
  const known = by === 'complete' ? predicted.signal.find(way => way.way === 'signal' && way.signal === 'TERM') : predicted[by][0]
  return known?.exit ?? null
}

function exitPattern(exit: number | null): string | RegExp {
  return exit === null ? /^\d+$/ : String(exit)
}

/** The sidecar itself writes nothing down from which they would follow. */
function callsFor(by: Exclude<Variant, 'all'>): Calls {
  return {
    claims: by === 'complete' ? 0 : 1,
    completions: by === 'complete' ? 1 : 0,
    execs: by === 'exec' || by === 'signal' ? 1 : 0,
    forwards: by === 'http' ? 1 : 0,
  }
}
