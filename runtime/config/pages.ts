import type { HelpPages } from './help.ts'

export interface Page extends HelpPages {
  readonly summary: string
  readonly description: string
}

const USAGE = ['64', 'the arguments or the settings cannot be used'] as const

const ENDED = ['130, 141, 143', 'ended by Ctrl-C, as nobody reads the output, by SIGTERM'] as const

const CLUSTER_CODES = [['3', 'the cluster cannot be reached, or nothing in scope may be read'], USAGE, ENDED] as const

const COLOUR = ['NO_COLOR', 'set to anything: no colour, even on a terminal'] as const
const DEBUG = ['SIDECAR_REAPER_DEBUG', 'set to 1: print stack traces of errors'] as const
const KUBECONFIG = ['KUBECONFIG', 'the kubeconfig file when --kubeconfig is not given'] as const

export const root: Page = {
  summary: '',
  description:
    'Completes Kubernetes Jobs whose sidecars outlive their main container. A pod whose mains have all finished for good is told to end its sidecars, or is completed as its mains deserve; every other pod is left alone.',
  examples: [
    ['See what would be done in the current namespace', 'sidecar-reaper sweep --dry-run'],
    ['End the left-over sidecars of every namespace, once', 'sidecar-reaper sweep -A'],
    ['Ask why a pod is, or is not, ended', 'sidecar-reaper explain backup-28471-x7k2p'],
    ['See what is left to migrate, and whether a reaper is needed', 'sidecar-reaper doctor -A'],
  ],
  environment: [KUBECONFIG, COLOUR, DEBUG],
  seeAlso: "See 'sidecar-reaper COMMAND --help' for a command's options and exit codes.",
}

export const sweep: Page = {
  summary: 'end left-over sidecars, one pass',
  description:
    'Judges every pod of a Job in scope once, ends the sidecars that are left over, waits for the endings, and reports what became of each pod. Run it as often as you like: a pod that another sweep is ending is left to that sweep.',
  examples: [
    ['See what would be done in the current namespace', 'sidecar-reaper sweep --dry-run'],
    ['All namespaces, with the settings of a file', 'sidecar-reaper sweep -A --settings settings.yaml'],
    [
      'The pods of one CronJob; say what failed',
      'sidecar-reaper sweep -n batch -l app=backup -o json | jq \'select(.result == "failed")\'',
    ],
    ['Fail a pipeline when a pod cannot be ended cleanly', 'sidecar-reaper sweep -A --fail-on refused'],
  ],
  exitCodes: [
    ['0', 'fine; pods that wait or were refused are no failure'],
    ['1', 'something failed, or some of the scope is forbidden'],
    ...CLUSTER_CODES,
  ],
  environment: [KUBECONFIG, COLOUR, DEBUG],
}

export const explain: Page = {
  summary: "every fact and rule behind a pod's verdict",
  description:
    'Shows how one pod is judged: which containers are mains and which are sidecars, and why; what is awaited; which ways of ending there are, in their order, and what each would make of the pod. Changes nothing.',
  examples: [
    ['A pod of the current namespace', 'sidecar-reaper explain backup-28471-x7k2p'],
    ['A pod that someone sent you, with no cluster at hand', 'sidecar-reaper explain -f pod.yaml'],
    ['All pods of a Job', 'kubectl get pods -l job-name=backup -o json | sidecar-reaper explain -f -'],
    ['Test your settings: pods, and what the verdict on each is to be', 'sidecar-reaper explain --expect tests/ --settings settings.yaml'],
  ],
  exitCodes: [['0', 'fine'], ['1', 'there is no such pod, or an expectation is missed'], ...CLUSTER_CODES],
  environment: [KUBECONFIG, COLOUR, DEBUG],
}

export const doctor: Page = {
  summary: 'what is left to migrate in a cluster, and what the reaper may do there',
  description:
    'Looks at pods, Jobs and CronJobs and says which sidecars are not native and how each could be, which were made plain by a webhook, which CronJobs are blocked by a Job that hangs, and whether a reaper is still needed. Asks the server which rights the reaper has, and by a dry run whether admission lets its patch through. Changes nothing.',
  examples: [
    ['The current namespace', 'sidecar-reaper doctor'],
    [
      'The whole cluster, and the rights of the reaper in it',
      'sidecar-reaper doctor -A --as system:serviceaccount:sidecar-reaper:sidecar-reaper',
    ],
    [
      'Owners of sidecars that need a reaper',
      'sidecar-reaper doctor -A -o json | jq -r \'select(.kind == "sidecar" and .needsReaper) | .owner\'',
    ],
  ],
  exitCodes: [['0', 'fine, whatever was found'], ['1', 'some of what was asked for could not be read'], ...CLUSTER_CODES],
  environment: [KUBECONFIG, COLOUR, DEBUG],
}

export const review: Page = {
  summary: 'findings in manifests, before they meet a cluster',
  description:
    'Reads manifests and says which Jobs, CronJobs, Argo Workflows and SparkApplications will hang, and what would mend them. Who is a sidecar is what a sweep with the same settings would say. A folder with a kustomization is built first, by kustomize or kubectl. Asks no cluster, unless -n or -A ask to review what lives in one.',
  examples: [
    ['Every manifest below a folder; what .gitignore names is left out', 'sidecar-reaper review deploy/'],
    ['What Helm or kustomize make', 'helm template chart/ | sidecar-reaper review -'],
    ['See what would mend it, then mend it', 'sidecar-reaper review --diff deploy/; sidecar-reaper review --fix deploy/'],
    ['What lives in a cluster', 'sidecar-reaper review -A'],
    ['Test your settings: manifests, and which findings each is to have', 'sidecar-reaper review --expect tests/ --settings settings.yaml'],
    ['In a pipeline: to read, for GitHub, and as SARIF in a file', 'sidecar-reaper review -o text -o github -o sarif=review.sarif .'],
  ],
  exitCodes: [
    ['0', 'fine; warnings and infos are no failure'],
    ['1', 'a finding is an error, something could not be reviewed, or an expectation is missed'],
    ['1, 2', 'with --fail-on-warn: warnings, errors'],
    ['3', 'with -n or -A: the cluster cannot be reached, or nothing in scope may be read'],
    ['64', 'the arguments or the settings cannot be used, or there is no file'],
    ENDED,
  ],
  environment: [KUBECONFIG, COLOUR, DEBUG],
}

export const catalogue: Page = {
  summary: 'the known sidecars',
  description:
    'Lists the sidecars that are known without an annotation, or shows all that is known of one: how it is recognised, which ways end it, and what proves them. Rows of the settings are included.',
  examples: [
    ['All known sidecars', 'sidecar-reaper catalogue'],
    ['One of them', 'sidecar-reaper catalogue istio'],
  ],
  exitCodes: [['0', 'fine'], USAGE],
  environment: [COLOUR, DEBUG],
}

export const render: Page = {
  summary: "the reaper's manifests",
  description:
    'Prints what runs the sweep in a cluster: ServiceAccount, rights, settings and CronJob. The rights follow from the ways in use and from what is swept. No image is needed: without --image the program itself is carried in ConfigMaps.',
  examples: [
    ['Install it: all namespaces, every minute', 'sidecar-reaper render | kubectl apply -f -'],
    ['One namespace, by a Role', 'sidecar-reaper render --sweep shop | kubectl apply -f -'],
    ['With the ways that tell a sidecar in its own words', 'sidecar-reaper render --ways complete,exec,http,signal'],
    ['Everything in a file', 'sidecar-reaper render --config reaper.yaml'],
  ],
  exitCodes: [['0', 'fine'], USAGE],
  environment: [DEBUG],
}

export const fn: Page = {
  summary: 'KRM function for kustomize and kpt',
  description:
    'Reads a ResourceList from standard input and prints it with the patches that its functionConfig asks for: sidecars annotated, native, with a clean exit, or ended by a script; and the reaper itself. Findings are in its results and on standard error.',
  examples: [
    ['As a transformer, generator or validator of kustomize', 'kustomize build --enable-alpha-plugins --enable-exec overlays/prod'],
    ['By hand', 'sidecar-reaper fn < resource-list.yaml'],
  ],
  exitCodes: [['0', 'fine'], ['1', 'a finding is an error; the items are as they came'], USAGE],
  environment: [DEBUG],
}

export const version: Page = {
  summary: 'what exactly this is',
  description: 'Prints the version of the program and of Node, and the sha256 of the policy and of the catalogue that it would use.',
  examples: [['For a script', 'sidecar-reaper version -o json']],
  exitCodes: [['0', 'fine'], USAGE],
}

export const completion: Page = {
  summary: 'print a completion script for a shell',
  description: 'Prints a script that lets a shell complete commands, options and their values.',
  examples: [
    ['bash, for this session', 'source <(sidecar-reaper completion bash)'],
    ['zsh, for good', 'sidecar-reaper completion zsh > "${fpath[1]}/_sidecar-reaper"'],
    ['fish, for good', 'sidecar-reaper completion fish > ~/.config/fish/completions/sidecar-reaper.fish'],
  ],
  exitCodes: [['0', 'fine'], USAGE],
}
