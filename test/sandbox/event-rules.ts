import type { FieldFault } from './failure.ts'
import type { Json } from './objects.ts'

const required = ['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason', 'type'] as const
const maxNote = 1024

/** What the server would find wrong in an events.k8s.io/v1 Event (pkg/apis/core/validation/events.go). */
export function eventFaults(event: { readonly [field: string]: Json }, namespace: string): readonly FieldFault[] {
  const missing = required.filter(field => !event[field]).map(field => ({ field, reason: 'FieldValueRequired', message: 'Required value' }))
  const { namespace: regarding = '' }: { namespace?: string } = Object(event['regarding'])
  const elsewhere =
    regarding === namespace
      ? []
      : [
          {
            field: 'involvedObject.namespace',
            reason: 'FieldValueInvalid',
            message: `Invalid value: "${regarding}": does not match event.namespace`,
          },
        ]
  const isLong = typeof event['note'] === 'string' && event['note'].length > maxNote
  const long = isLong
    ? [
        {
          field: 'message',
          reason: 'FieldValueInvalid',
          message: `Invalid value: "": can have at most ${maxNote} characters`,
        },
      ]
    : []
  return [...missing, ...elsewhere, ...long]
}
