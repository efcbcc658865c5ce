import type { CatalogueRow, CatalogueRows } from '../../runtime/catalogue.ts'
import { conditionsText, containerNames, exitText, markText, portText, PROOF_WORDS, wayText } from '../../runtime/report/catalogue-words.ts'

/** docs/catalogue.md: how to write a row, and every row that is known. */
export function cataloguePage(rows: CatalogueRows): string {
  const known = Object.entries(rows).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const header = '| sidecar | containers | images | marks | ways, in order | native switch | shell |\n|---|---|---|---|---|---|---|\n'
  return `${INTRODUCTION}
## All of them

A way's exit code is followed by what proves it (${Object.keys(PROOF_WORDS).join(', ')}); a shell
that is _unknown_ was not looked for.

${header}${known.map(([id, row]) => tableRow(id, row)).join('')}
## One by one

${known.map(([id, row]) => section(id, row)).join('\n')}`
}

function tableRow(id: string, row: CatalogueRow): string {
  const cells = [
    `[${id}](#${id})<br>${row.title}`,
    lines(containerNames(row).map(code)),
    lines(row.images.map(code)),
    lines(row.marks.map(markText).map(code)),
    lines(row.ways.map((way, index) => `${index + 1}. ${wayCell(way)}`)),
    nativeCell(row),
    row.distroless === undefined ? '_unknown_' : row.distroless ? 'none' : 'yes',
  ]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}

function wayCell(way: CatalogueRow['ways'][number]): string {
  const { when, unless, proof } = way
  return [
    code(wayText(way)),
    ...('port' in way && way.port ? [`, port ${portText(way.port, code)}`] : []),
    ...(when.length > 0 ? [`, when ${conditionsText(when, 'and', code)}`] : []),
    ...(unless.length > 0 ? [`, unless ${conditionsText(unless, 'or', code)}`] : []),
    `: exit ${exitText(way)} (${proof})`,
  ].join('')
}

function nativeCell({ native }: CatalogueRow): string {
  if (!native) return ''
  return lines([
    ...Object.entries(native.annotations).map(([key, value]) => code(`${key}: "${value}"`)),
    `since ${native.since}`,
    ...(native.byDefault === undefined ? [] : [`by itself from ${native.byDefault}`]),
  ])
}

function section(id: string, row: CatalogueRow): string {
  const facts = [...behaviour(row), ...row.notes].map(fact => `- ${fact}\n`)
  const since = row.ways.flatMap((way, index) => (way.since === undefined ? [] : [`way ${index + 1} since ${way.since}`]))
  const written = row.ways.flatMap(({ source }, index) => (source === undefined ? [] : [`way ${index + 1}: ${source}`]))
  const sources = [...written, ...namedSource('native switch', row.native), ...namedSource('opt-out', row.optOut), ...row.sources]
  return `### ${id}

${row.title}.${since.length === 0 ? '' : ` Versions: ${since.join(', ')}.`}

${facts.length === 0 ? '' : `${facts.join('')}\n`}Sources: ${sources.join(' · ')}
`
}

function namedSource(name: string, part: { readonly source?: string | undefined } | undefined): readonly string[] {
  return part?.source === undefined ? [] : [`${name}: ${part.source}`]
}

function behaviour({ doubts, last, endsItself, drainSeconds, native, optOut }: CatalogueRow): readonly string[] {
  return [
    ...(doubts.length > 0 ? [`No exit code is certain when ${conditionsText(doubts, 'or', code)}.`] : []),
    ...(last ? ['It is the network of the others and is ended after them.'] : []),
    ...(endsItself ? [`${selfEnding(endsItself)}.`] : []),
    ...(drainSeconds === undefined ? [] : [`It may drain for ${drainSeconds} s before it ends.`]),
    ...(native?.note === undefined ? [] : [`Native: ${native.note}`]),
    ...(optOut ? [`A pod opts out of it with ${optOutText(optOut)}.`] : []),
  ]
}

function selfEnding({ withinSeconds, when }: NonNullable<CatalogueRow['endsItself']>): string {
  const condition = when.length === 0 ? '' : `, when ${conditionsText(when, 'and', code)}`
  return `It ends by itself within ${withinSeconds} s after all other containers${condition}`
}

function optOutText({ annotations, labels }: NonNullable<CatalogueRow['optOut']>): string {
  const written = (kind: string, pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs).map(([key, value]) => `${kind} ${code(`${key}: "${value}"`)}`)
  return [...written('annotation', annotations), ...written('label', labels)].join(' and ')
}

function lines(cells: readonly string[]): string {
  return cells.join('<br>')
}

function code(text: string): string {
  return `\`${text}\``
}

const INTRODUCTION = `# Known sidecars

The sidecars that are recognised without an annotation, and how each of them ends.
Written by \`npm run policy\` from \`policies/catalogue.yaml\`; \`sidecar-reaper catalogue\` and
\`sidecar-reaper catalogue NAME\` print the same, with the rows of your settings.

A container is one of these only when its name is right **and** its image or a mark that the vendor's injector leaves on the
pod. One of them alone is never enough, since a main may be called \`envoy\`; \`sidecar-reaper explain\` says so then. Whether
what is recognised is ended or only reported is the setting \`mode\`'s to say.

## Rows of your own

Settings can add a row, or replace the built-in one of the same id as a whole:

\`\`\`yaml
catalogue:
  acme-proxy:
    title: Acme proxy
    names: [acme-proxy]
    images: [acme/proxy]
    marks:
      - annotation: acme.example/injected
        value: 'true'
    ways:
      - way: http
        port: { flag: admin-port, env: ACME_ADMIN_PORT, default: 9000 }
        path: /quit
        when:
          - flag: enable-quit
            env: ACME_ENABLE_QUIT
            is: ['true', '1']
        exit: 0
      - way: signal
        signal: TERM
        exit: 143
    sources: [https://acme.example/docs/shutdown]
\`\`\`

| field | default | meaning |
|---|---|---|
| \`title\` | | What people call it. |
| \`names\`, \`prefixes\` | none | What its container is called, or how that name begins; at least one of them. |
| \`images\` | none | The image's repository or its last parts, without tag and digest: \`acme/proxy\` is also \`registry.example/acme/proxy:1.2\`. |
| \`marks\` | none | An \`annotation\` or \`label\` of the pod or a \`namespaceLabel\`; with \`value\` only that one, else any. |
| \`injection\` | none | A webhook adds the first of the names to a pod that has one of the marks, unless one of the conditions of \`unless\` holds. Only a review reads it. |
| \`ways\` | none | How it is told to end. All of \`exec\` come first, then \`http\`, then \`signal\`; among them the order counts, and of several signals only the first that is to be had. Without one it gets TERM, or the container's \`lifecycle.stopSignal\`, with an unknown exit code. |
| \`doubts\` | none | Conditions; when one holds, no exit code of the row is certain. |
| \`programs\` | none | What its program is called, without a path. With any other in \`command\`, or a shell or the like in \`args\`, no exit code of the row is certain. |
| \`runsArgs\` | false | Its image runs what \`args\` begin with, so that counts like a \`command\`. |
| \`wrappedWhen\` | none | Conditions; when all hold, the shell in its command is the vendor's own, and the exit codes are certain all the same. |
| \`last\` | false | It is the network of the others: it is ended after them. |
| \`endsItself\` | no | \`withinSeconds\` and \`when\`: it ends by itself so soon after all other containers, and gets that time. |
| \`drainSeconds\` | unknown | How long it may drain before it ends. A liveness probe that is quicker is warned about. |
| \`distroless\` | unknown | Its usual image has neither a shell nor \`kill\`, so that no signal can be sent from inside. |
| \`native\` | none | How its vendor makes it a native sidecar: \`since\`, and \`annotations\`, \`byDefault\` (since when unasked), \`note\`, \`source\`. |
| \`optOut\` | none | What on a pod keeps its vendor from adding it: \`annotations\`, \`labels\`, \`source\`. The reaper's own pods carry all of them. |
| \`notes\`, \`sources\` | none | For the people who read the row. |

Each way has, beside \`way\`:

| field | default | meaning |
|---|---|---|
| \`argv\` | | exec: the sidecar's own command; no shell is needed. \`{port}\` in it is the port's number. |
| \`port\` | | http, and exec that says \`{port}\`: a \`flag\`, \`env\` or \`annotation\` that has the number, and a \`default\`. |
| \`method\`, \`path\` | POST | http: the quit endpoint, on localhost of the pod. |
| \`signal\` | | signal: TERM, INT, QUIT, HUP, USR1 or USR2. |
| \`when\`, \`unless\` | none | Conditions: the way is to be had when all of \`when\` hold and none of \`unless\`. |
| \`exit\` | unknown | The exit code that it brings. Leave it out unless you are sure: an unknown code is never taken for 0, a wrong 0 makes a Job run twice. |
| \`since\`, \`source\` | none | The first version that has it, and where that is written. |
| \`proof\` | documented | ${Object.entries(PROOF_WORDS)
  .map(([proof, words]) => `${proof}: ${words}`)
  .join('. ')}. |

A condition reads one option of the container from the first of its places that has it: the \`flag\` in \`command\` or
\`args\`, then the variable in \`env\`, then the \`annotation\` of the pod, then the \`default\` of the condition. It holds when
the value is one of \`is\` (written in lower case, compared in any), or, without \`is\`, when the option is set at all.

- A flag is written without its dashes. \`--quit\` alone is \`true\`, \`--quit=false\` is \`false\`, and the last of several counts.
- A flag whose \`is\` has neither \`true\` nor \`false\` has a value: \`--mode slow\` is \`slow\`, as \`--mode=slow\` is.
- An option whose value is not in the pod (\`valueFrom\`, \`envFrom\`, \`$(NAME)\`) may be anything: it does not hold in \`when\` and
  \`wrappedWhen\`, it does in \`unless\` and \`doubts\`, and a port from it is none.
- What a shell is given as one text (\`sh -c "proxy --quit"\`) is not read, nor is what comes after a \`--\`. Where an argument
  is filled in (\`$(NAME)\` as a word of its own), no exit code of a row that reads flags is certain.

\`schemas/settings.schema.json\` lets an editor check it, and a row that cannot be used is an error that names its place:
\`catalogue.acme-proxy.ways[0].way: got "get", expected one of exec, http, signal\`.
`
