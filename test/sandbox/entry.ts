import { keyOf } from './objects.ts'
import type { KubeObject } from './objects.ts'
import { apiVersion } from './resources.ts'
import type { Resource } from './resources.ts'

/** One stored version of an object. Its text is made once, when first asked for: a bench lists the same 10,000 pods again and again. */
export type Entry<T extends KubeObject = KubeObject> = {
  readonly key: string
  readonly version: number
  readonly object: T
  /** The object as JSON without kind and apiVersion, as the items of a list are. */
  readonly item: () => Buffer
  /** The object as JSON with kind and apiVersion, as it is served alone and in a watch. */
  readonly whole: () => Buffer
}

export function entry<T extends KubeObject>(resource: Resource, object: T, version: number): Entry<T> {
  const head = Buffer.from(`{"kind":"${resource.kind}","apiVersion":"${apiVersion(resource)}",`)
  let item: Buffer | undefined
  const text = (): Buffer => (item ??= Buffer.from(JSON.stringify(object)))
  return {
    key: keyOf(object.metadata),
    version,
    object,
    item: text,
    whole: () => Buffer.concat([head, text().subarray(1)]),
  }
}
