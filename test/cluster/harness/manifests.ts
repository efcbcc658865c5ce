/** Behaviour of the actor image, see test/cluster/images/actor.c; seconds may have fractions. */
export type Behaviour = Readonly<{
  /** By signal name: "143", "143:3" (three seconds later) or "ignore". */
  on?: Readonly<Record<string, string>>
  exit?: number
  after?: number
  waitFor?: string
  /** Exit 1 in so many runs of this container within the scenario, 0 afterwards. */
  failTimes?: number
  eatMemoryMib?: number
}>

export type Fields = Readonly<Record<string, unknown>>

/** Where a scenario's own directory is mounted in its containers. */
export const directoryInside = '/scenario'

/** A container that acts; `fields` are added to it or replace its own. */
export function actor(name: string, behaviour: Behaviour, fields: Fields = {}): Fields {
  return container(name, { image: 'sidecar-reaper.test/actor:1', args: actorArguments(name, behaviour), ...fields })
}

/** A container that acts, in an image that has a shell and kill too. */
export function equipped(name: string, behaviour: Behaviour, fields: Fields = {}): Fields {
  return container(name, { image: 'sidecar-reaper.test/busybox:1', args: actorArguments(name, behaviour), ...fields })
}

/** A container that runs a shell script; `exec /actor …` in it acts, see actorArguments. */
export function shell(name: string, script: string, fields: Fields = {}): Fields {
  return container(name, { image: 'sidecar-reaper.test/busybox:1', command: ['/bin/sh', '-c', script], ...fields })
}

/** The actor's arguments for a behaviour. */
export function actorArguments(name: string, { on = {}, exit, after, waitFor, failTimes, eatMemoryMib }: Behaviour): string[] {
  return [
    `--name=${name}`,
    `--log=${directoryInside}/events`,
    ...Object.entries(on).map(([signal, reaction]) => `--on=${signal}=${reaction}`),
    ...option('exit', exit),
    ...option('after', after),
    ...option('wait-for', waitFor),
    ...option('fail-times', failTimes),
    ...(failTimes === undefined ? [] : [`--state=${directoryInside}/${name}.runs`]),
    ...option('eat-memory', eatMemoryMib),
  ]
}

/** A Job of these containers. `pod` and `job` are added to the two specs; restartPolicy is Never and backoffLimit 1 unless given. */
export function job(name: string, directory: string, containers: readonly Fields[], pod: Fields = {}, spec: Fields = {}): Fields {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { backoffLimit: 1, template: podTemplate(directory, containers, pod), ...spec },
  }
}

/** A pod's metadata and spec, with the scenario's directory as a volume. */
export function podTemplate(
  directory: string,
  containers: readonly Fields[],
  { metadata = {}, ...pod }: Fields & { metadata?: Fields },
): { metadata: Fields; spec: Fields } {
  const volume = { name: 'scenario', hostPath: { path: directory, type: 'Directory' } }
  return { metadata, spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, containers, volumes: [volume], ...pod } }
}

// By which an actor says whose it is; names may come again.
const ownPod = { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }

function container(name: string, { env = [], ...fields }: Fields & { env?: readonly object[] }): Fields {
  const volumeMounts = [{ name: 'scenario', mountPath: directoryInside }]
  return { name, imagePullPolicy: 'Never', volumeMounts, env: [ownPod, ...env], ...fields }
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`]
}
