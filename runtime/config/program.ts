import { Argument, Command, Option } from 'commander'
import { formatHelp, type HelpPages } from './help.ts'
import * as pages from './pages.ts'

/** Which placeholders in an option's flags or an argument's name stand for a file: completion offers files there. */
export const FILE_PLACEHOLDER = 'FILE'

/** Likewise for an argument that may be a folder too. */
export const PATH_PLACEHOLDER = 'PATH'

export const REPORT_FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const

/** A command line as commander parsed it, nothing checked beyond its grammar. */
export interface Invocation {
  readonly command: string
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

/** What a command of the program takes. */
interface Grammar {
  readonly text: pages.Page
  readonly options: readonly Option[]
  readonly argument?: Argument
}

const COMMANDS: Readonly<Record<string, () => Grammar>> = {
  sweep: () => ({
    text: pages.sweep,
    options: [
      namespaceOption(),
      new Option('-A, --all-namespaces', 'sweep every namespace'),
      new Option('-l, --selector <SELECTOR>', 'only pods with these labels, as kubectl writes them: app=backup,tier!=test'),
      new Option('--dry-run', 'print what would be done and change nothing'),
      new Option('--fail-on <RESULT>', 'exit with 1 when a pod came out so').choices(['refused']),
      ...clusterOptions(),
      settingsOption(),
      outputOption('one JSON object a line'),
    ],
  }),
  explain: () => ({
    text: pages.explain,
    options: [
      new Option(
        `-f, --filename <${FILE_PLACEHOLDER}>`,
        'explain the pods of this YAML or JSON file, - for standard input, and ask no cluster',
      ),
      expectOption(),
      namespaceOption(),
      ...clusterOptions(),
      settingsOption(),
      outputOption('one JSON object a line'),
    ],
    argument: new Argument('[POD]', 'name of a pod'),
  }),
  doctor: () => ({
    text: pages.doctor,
    options: [
      namespaceOption(),
      new Option('-A, --all-namespaces', 'look at every namespace'),
      new Option('--as <USER>', "whose rights are asked for: system:serviceaccount:NAMESPACE:NAME; default: one's own"),
      ...clusterOptions(),
      settingsOption(),
      outputOption('one JSON object a line'),
    ],
  }),
  review: () => ({
    text: pages.review,
    options: [
      new Option('-n, --namespace <NAMESPACE>', 'review what lives in this namespace of a cluster, instead of files'),
      new Option('-A, --all-namespaces', 'review what lives in a cluster, instead of files'),
      ...clusterOptions(),
      new Option('-o, --output <FORMAT>', 'how to report; to a file with FORMAT=FILE; several at once; default: text')
        .choices(REPORT_FORMATS)
        .argParser(listed),
      new Option('--rule <NAME>', 'only findings of this rule; several at once').argParser(listed),
      new Option('--min-severity <SEVERITY>', 'only findings of this severity or a worse one; default: info').choices([
        'error',
        'warning',
        'info',
      ]),
      new Option('--fix', 'mend errors and warnings in the files, comments kept; infos too where --rule or --min-severity asks for them'),
      new Option('--diff', 'print what --fix would change, for git apply, and change nothing; the report goes to standard error'),
      new Option('--fail-on-warn', 'exit with 1 for warnings, with 2 for errors'),
      new Option(
        `--policy <${FILE_PLACEHOLDER}>`,
        'Rego of your own that is to judge too: a bundle of opa build -t wasm, with its data; several at once',
      ).argParser(listed),
      expectOption(),
      new Option('--ignore <GLOB>', 'leave these paths out, as a line of .gitignore would; several at once').argParser(listed),
      settingsOption(),
    ],
    argument: new Argument(`[${PATH_PLACEHOLDER}...]`, 'files, folders, patterns in quotes; - for standard input'),
  }),
  catalogue: () => ({
    text: pages.catalogue,
    options: [settingsOption(), outputOption('one JSON object a line')],
    argument: new Argument('[NAME]', 'show all that is known of this sidecar'),
  }),
  render: () => ({
    text: pages.render,
    options: [
      new Option(`--config <${FILE_PLACEHOLDER}>`, 'options in YAML or JSON, or the configuration of the KRM function; flags come first'),
      settingsOption(),
      new Option('-n, --namespace <NAMESPACE>', 'where the reaper itself is to live; default: sidecar-reaper'),
      new Option('--sweep <NAMESPACE>', 'the one namespace to sweep, by a Role there; default: all of them, by a ClusterRole'),
      new Option('--schedule <CRON>', 'when to sweep; default: every minute'),
      new Option('--image <IMAGE>', 'image of sidecar-reaper; default: none, the program is carried in ConfigMaps'),
      new Option('--mode <MODE>', 'report, annotated or enforce, as in the settings'),
      new Option('--ways <LIST>', 'ways in use, which decide on the rights: complete,exec,http,signal; default: complete'),
      new Option('--no-pin', 'without the admission policy that keeps the ServiceAccount to its endings'),
      new Option('--companions <LIST>', 'policies made from the catalogue: admission,gatekeeper,kyverno'),
      new Option('-o, --output <FORMAT>', 'yaml with comments, or one JSON object a line').choices(['yaml', 'json']).default('yaml'),
    ],
  }),
  fn: () => ({ text: pages.fn, options: [] }),
  version: () => ({ text: pages.version, options: [outputOption('one JSON object')] }),
  completion: () => ({
    text: pages.completion,
    options: [],
    argument: new Argument('<SHELL>', 'the shell that is to read the script').choices(['bash', 'zsh', 'fish']),
  }),
}

/**
 * The whole command line, declared once: parsing, help and completion read it. `invoke` gets the one command that was asked
 * for; where `first`, the first word, names one, the grammar of no other is made.
 */
export function program(version: string, invoke: (invocation: Invocation) => void, first?: string): Command {
  const root = page(new Command('sidecar-reaper'), pages.root)
    .description(pages.root.description)
    .version(`sidecar-reaper ${version}`, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
  const names = Object.keys(COMMANDS)
  for (const [name, grammar] of Object.entries(COMMANDS)) {
    if (first !== name && first !== undefined && names.includes(first)) continue
    const { text, options, argument } = grammar()
    const command = page(root.command(name), text)
      .summary(text.summary)
      .description(text.description)
      .helpOption('-h, --help', 'print this help')
    for (const option of options) command.addOption(option)
    if (argument) command.addArgument(argument)
    command.action(() => invoke({ command: name, arguments: command.args, options: command.opts() }))
  }
  return root
}

function page(command: Command, text: HelpPages): Command {
  return command.configureHelp({ formatHelp: (shown, helper) => formatHelp(shown, helper, text) })
}

/** An option that may come several times. */
function listed(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

function namespaceOption(): Option {
  return new Option('-n, --namespace <NAMESPACE>', 'namespace of the pods; default: that of the kubeconfig or the ServiceAccount')
}

function clusterOptions(): readonly Option[] {
  return [
    new Option(
      `--kubeconfig <${FILE_PLACEHOLDER}>`,
      'how to reach the cluster; default: $KUBECONFIG, ~/.kube/config, or the ServiceAccount inside a pod',
    ),
    new Option('--context <NAME>', "context of the kubeconfig; default: the file's current one"),
  ]
}

function expectOption(): Option {
  return new Option(
    `--expect <${PATH_PLACEHOLDER}>`,
    'test your settings: judge the expectations of this file or folder, and nothing else; several at once',
  ).argParser(listed)
}

function settingsOption(): Option {
  return new Option(`--settings <${FILE_PLACEHOLDER}>`, 'settings in YAML or JSON; default: every setting at its default')
}

function outputOption(json: string): Option {
  return new Option('-o, --output <FORMAT>', `text for people, json for scripts: ${json}`).choices(['text', 'json']).default('text')
}
