import { loadAll } from 'js-yaml'
import { ask, type Api } from './api.ts'

/** What every Kubernetes object has. */
export type Manifest = Readonly<{ apiVersion: string; kind: string; metadata: { name: string; labels?: Record<string, string> } }>

/** The objects of manifests: each an object, or a YAML text of several. */
export function parsed(manifests: readonly (object | string)[]): Manifest[] {
  const objects = manifests.flatMap(manifest => (typeof manifest === 'string' ? loadAll(manifest) : [manifest]))
  return objects.filter(Boolean) as Manifest[] // the API server says what is wrong with what is none
}

/** Creates objects in a namespace; gives back their paths. */
export async function create(api: Api, namespace: string, manifests: readonly (object | string)[]): Promise<string[]> {
  const paths: string[] = []
  for (const manifest of parsed(manifests)) {
    const collection = collectionPath(manifest, namespace)
    await ask(api, collection, { method: 'POST', body: manifest })
    paths.push(`${collection}/${manifest.metadata.name}`)
  }
  return paths
}

// All kinds that our scenarios use are namespaced, but these, and have a plural in s.
const clusterWide = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'MutatingWebhookConfiguration']

function collectionPath({ apiVersion, kind }: Manifest, namespace: string): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place = clusterWide.includes(kind) ? '' : `/namespaces/${namespace}`
  return `${group}${place}/${kind.toLowerCase()}s`
}
