import type { Container, Pod, RestartRule } from '../../runtime/pod.ts'

// The kubelet's own decision, written down a second time from its source, so that the laws do not repeat the rules' mistakes.

/** Whether the kubelet may start the container again after that exit code, rules that nobody knows yet included (pkg/api/v1/pod/util.go, ContainerShouldRestart). */
export function mayRestart(pod: Pod, container: Container, exitCode: number): boolean {
  if (container.restartPolicyRules?.some(rule => mayMatch(rule, exitCode))) return true
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy
  if (policy === 'Never') return false
  return policy === 'OnFailure' ? exitCode !== 0 : true
}

function mayMatch({ exitCodes }: RestartRule, exitCode: number): boolean {
  const listed = exitCodes?.values?.includes(exitCode) ?? false
  if (exitCodes?.operator === 'In') return listed
  return exitCodes?.operator !== 'NotIn' || !listed
}

/** Whether that container has ended, and for good as far as it alone decides. */
export function hasEndedForGood(pod: Pod, container: Container): boolean {
  const state = pod.status?.containerStatuses?.find(({ name }) => name === container.name)?.state
  const { exitCode, finishedAt } = state?.terminated ?? {}
  return exitCode !== undefined && finishedAt !== undefined && !mayRestart(pod, container, exitCode)
}

/** Whether a rule can restart more than its own container. */
export function mayRestartAll(pod: Pod): boolean {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  return containers.some(({ restartPolicyRules = [] }) => restartPolicyRules.some(({ action }) => action !== 'Restart'))
}

/** Whether a container has exited with a code for which its first rule restarts more than itself (pkg/kubelet/container/helpers.go, ShouldAllContainersRestart). */
export function isRestartingAll(pod: Pod): boolean {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  const exited = containers.some(({ name, restartPolicyRules = [] }) => {
    const exitCode = statuses.find(status => status.name === name)?.state?.terminated?.exitCode
    const rule = exitCode === undefined ? undefined : restartPolicyRules.find(candidate => mayMatch(candidate, exitCode))
    return rule !== undefined && rule.action !== 'Restart'
  })
  return exited || (pod.status?.conditions?.some(({ type, status }) => type === 'AllContainersRestarting' && status === 'True') ?? false)
}
