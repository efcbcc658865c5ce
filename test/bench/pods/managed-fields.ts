import { seconds } from './pod-options.ts'

/** Who owns which field of a pod, as the Job controller and a kubelet leave it: a third of what a list of pods weighs. */
export function managedFields(
  start: Date,
  { status, ...rest }: { readonly metadata: object; readonly spec: object; readonly status: object },
) {
  const entry = { operation: 'Update', apiVersion: 'v1', time: seconds(start), fieldsType: 'FieldsV1' }
  return [
    { manager: 'kube-controller-manager', ...entry, fieldsV1: owned(rest) },
    { manager: 'kubelet', ...entry, fieldsV1: owned({ status }), subresource: 'status' },
  ]
}

/** Lists are owned entry by entry where their entries have a key, else as a whole. */
function owned(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {}
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, field]) => [`f:${key}`, owned(field)]))
  const keyed = value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || 'containerID' in entry) return []
    const fields = Object.fromEntries(Object.entries(entry))
    const key = KEYS.find(candidate => candidate in fields)
    return key === undefined ? [] : [[`k:${JSON.stringify({ [key]: fields[key] })}`, { '.': {}, ...owned(fields) }] as const]
  })
  return keyed.length === 0 ? {} : { '.': {}, ...Object.fromEntries(keyed) }
}

// The merge keys of a pod's lists; containerStatuses has none.
const KEYS = ['type', 'uid', 'ip', 'name']
