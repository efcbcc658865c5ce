/** The names that TypeScript writes, selects or keeps by, each spelled once; what only the policy reads is spelled in the policy. */

/** Written before the first exec, http or signal: which containers are being ended, by which sweep, since when. */
export const CLAIM_ANNOTATION = 'sidecar-reaper/claim'

/** Written in the patch that completes a pod; always a value that the pod does not have yet. */
export const COMPLETED_ANNOTATION = 'sidecar-reaper/completed'

/** Carried by every pod of a Job since Kubernetes 1.27. */
export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name'

/** reportingController of our Events. */
export const REPORTING_CONTROLLER = 'sidecar-reaper'

/** Begins the pod annotations with which Argo Workflows is told how to end a container; the container's name follows. */
export const ARGO_KILL_COMMAND = 'workflows.argoproj.io/kill-cmd-'

/** The variable that makes a container a sidecar for OpenKruise's sidecar terminator. */
export const KRUISE_MARK = 'KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT'
