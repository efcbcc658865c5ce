import { actions, denial, isDenied } from './access.ts'
import { statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { DispatchTools } from './dispatch.ts'
import { unauthorized } from './failure.ts'
import { effectOf } from './fault.ts'
import type { Effect, Faults } from './fault.ts'
import { declaredAnswer, runBefore } from './fault-effects.ts'
import type { ApiRequest } from './request.ts'

export type ServerTools = DispatchTools & {
  readonly faults: Faults
  readonly token: string
  readonly user: string
  readonly seen: (request: ApiRequest) => void
}

/** A request let in or already answered; `never` leaves the client waiting. */
export type Admission = { readonly answer: Answer | 'never' | undefined; readonly effects: readonly Effect[] }

/** Records a request, checks its token, lets its faults happen, and checks its rights. */
export async function admit(request: ApiRequest, tools: ServerTools): Promise<Admission> {
  const { cluster, faults, token, seen } = tools
  seen(request)
  if (request.headers.authorization !== `Bearer ${token}`) return { answer: statusAnswer(unauthorized()), effects: [] }
  const effects = faults.effects(request, nodeOf(request, tools))
  runBefore(effects, cluster, tools.lists)
  const delay = effectOf(effects, 'delay')
  if (delay !== undefined) await cluster.timers.sleep(delay.ms)
  if (effectOf(effects, 'hang') !== undefined) return { answer: 'never', effects }
  const declared = effectOf(effects, 'answer')
  return { answer: declared === undefined ? refusal(request, tools) : declaredAnswer(declared), effects }
}

// Everyone may ask for the version and for their own rights.
function refusal(request: ApiRequest, { denied, gitVersion, user }: ServerTools): Answer | undefined {
  if (request.resource === '' || request.resource === 'selfsubjectaccessreviews') return undefined
  const minor = Number(gitVersion.split('.')[1])
  const refused = actions(request, minor).find(action => isDenied(denied, action))
  return refused === undefined ? undefined : statusAnswer(denial(user, refused))
}

function nodeOf(request: ApiRequest, { cluster }: ServerTools): string {
  if (request.resource !== 'pods') return ''
  return cluster.store.pods.entry(`${request.namespace}/${request.name}`)?.object.spec.nodeName ?? ''
}
