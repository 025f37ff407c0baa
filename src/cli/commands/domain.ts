import type { Command } from 'commander'
import type { Audit, AuditResult } from '../../core/domain/audit.ts'
import { resultOf } from '../../core/domain/audit.ts'
import { fixXml } from '../../core/domain/fix/fix-xml.ts'
import { EXIT, InputError } from '../../core/errors.ts'
import { auditSubject, subjectsOf } from '../../engine/domain/audit-domains.ts'
import type { AuditSubject } from '../../engine/domain/subject.ts'
import { openPorts } from '../../engine/open-ports.ts'
import { auditText } from '../domain-text.ts'
import { type CommonOptions, command } from '../options.ts'
import { note, print, printJson } from '../output.ts'
import { printable } from '../printable.ts'

const EXIT_OF: Readonly<Record<AuditResult, number>> = {
  pass: EXIT.done,
  fail: EXIT.no,
  undecided: EXIT.undecided,
}

interface AuditOptions extends CommonOptions {
  connect?: string
  all?: boolean
  fixXml?: boolean
  definition?: boolean
}

export function domain(): Command {
  return command('quietcore domain audit guest1').addCommand(audit())
}

function audit(): Command {
  return command('quietcore domain audit guest1\nquietcore domain audit guest1.xml --fix-xml > mended.xml')
    .name('audit')
    .description('Say whether a libvirt domain is fit for real time, and what mends it.')
    .argument(
      '[name|file...]',
      'domains of libvirt (name, id, UUID), or files with their XML (-: standard input)',
    )
    .option('--connect <uri>', "libvirt's connection; default: virsh's own")
    .option('--all', 'every running domain')
    .option('--definition', 'judge the XML alone: what only the host can show does not count')
    .option('--fix-xml', 'print the corrected XML of one domain; the changes go to stderr')
    .action(async (targets: string[], _own: AuditOptions, self: Command) => {
      const options = self.optsWithGlobals<AuditOptions>()
      checkUsage(targets, options)
      const filesForThisMachine = self.getOptionValueSourceWithGlobals('root') === 'cli'
      const request = { targets, connect: options.connect, filesForThisMachine }
      const subjects = await subjectsOf(request, openPorts(options.root))
      if (options.fixXml) printFixed(subjects[0]!)
      else printAudits(subjects, targets.length === 1, options)
    })
}

function checkUsage(targets: readonly string[], { all, fixXml }: AuditOptions): void {
  const fault =
    all && targets.length > 0
      ? '--all audits every running domain; it takes no names'
      : !all && targets.length === 0
        ? 'a domain or a file is wanted, or --all'
        : fixXml && (all || targets.length > 1)
          ? '--fix-xml prints one domain'
          : undefined
  if (fault)
    throw new InputError({ code: 'usage', message: fault, next: 'See `quietcore domain audit --help`.' })
}

function printFixed({ xml, origin, evidence }: AuditSubject): void {
  const fixed = fixXml(xml, origin, evidence)
  process.stdout.write(fixed.xml)
  for (const { rule, message } of fixed.changes) note(`${rule}: ${printable(message)}`)
  if (fixed.changes.length === 0) note('nothing to change')
  for (const { rule, message, fix } of fixed.left)
    note(`still ${rule}: ${printable(message)}\n  ${printable(fix)}`)
}

function printAudits(subjects: readonly AuditSubject[], single: boolean, options: AuditOptions): void {
  const audits = subjects.map((subject) => auditSubject(subject, options.definition))
  const result = worst(audits)
  const judged = options.definition ? 'definition' : 'machine'
  if (options.json && single) printJson({ ...audits[0]!, judged })
  else if (options.json) printJson({ domains: audits, judged, result })
  else print(audits.length === 0 ? 'No domain runs.\n' : audits.map(auditText).join('\n'))
  process.exitCode = EXIT_OF[result]
}

function worst(audits: readonly Audit[]): AuditResult {
  const severities = audits.filter(({ result }) => result !== 'pass').map(({ result }) => result)
  const fails = severities.filter((one) => one === 'fail').map(() => ({ severity: 'fail' }))
  return resultOf(
    fails,
    severities.map(() => ({ severity: 'fail' })),
  )
}
