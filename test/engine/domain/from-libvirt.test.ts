import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { auditSubject } from '../../../src/engine/domain/audit-domains.ts'
import { fromLibvirt } from '../../../src/engine/domain/from-libvirt.ts'
import { openPorts } from '../../../src/engine/open-ports.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'
import { FIT } from '../../support/domains.ts'
import { makeMachine } from '../../support/made-machine.ts'

const GUEST = '0b9a4c1e-58a1-4a52-9c7d-3a4d1f0c0001'
const OTHER = '0b9a4c1e-58a1-4a52-9c7d-3a4d1f0c0002'
const OTHER_XML = `<domain type='kvm'><name>other</name><uuid>${OTHER}</uuid><vcpu cpuset='0'>1</vcpu></domain>`

/** What a command of virsh prints; null: it fails. Of several answers each time the next one. */
type Said = string | null | readonly (string | null)[]

/** As virsh 9 answers over the system's libvirt, with the guest and another domain, and nothing under way. */
const ANSWERS: Readonly<Record<string, Said>> = {
  uri: 'qemu:///system\n',
  'list --uuid': `${GUEST}\n${OTHER}\n`,
  [`dumpxml --domain=${GUEST}`]: FIT,
  [`dumpxml ${GUEST}`]: FIT,
  [`dumpxml ${OTHER}`]: OTHER_XML,
  [`domjobinfo ${GUEST}`]: 'Job type:         None        \n',
  [`blockjob ${GUEST} vda --info`]: '',
}

/** virsh's way with several commands: it goes on after one that fails, and the last one makes the exit code. */
const SCRIPT = (dir: string) => `#!${process.execPath}
const fs = require('node:fs')
const answers = JSON.parse(fs.readFileSync('${dir}/answers.json', 'utf8'))
const words = process.argv.slice(2).filter((word) => word !== '-q')
for (const command of words.join(' ').split('; ')) {
  const said = command.startsWith('echo ') ? command.slice(5) : answers[command]
  const text = Array.isArray(said) ? said[Math.min(timesBefore(command), said.length - 1)] : said
  process.exitCode = typeof text === 'string' ? 0 : 1
  if (typeof text === 'string') fs.writeSync(1, text)
  else fs.writeSync(2, 'error: ' + command + '\\n')
}
// Several run at a time, so that each command counts in a file of its own.
function timesBefore(command) {
  const file = '${dir}/' + encodeURIComponent(command)
  fs.appendFileSync(file, '.')
  return fs.statSync(file).size - 1
}
`

/** What the audit of the guest leaves open of what only libvirt can say, and what it finds there. */
async function open(change: Readonly<Record<string, Said>> = {}): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-virsh-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'answers.json'), JSON.stringify({ ...ANSWERS, ...change }))
  writeFileSync(join(dir, 'virsh'), SCRIPT(dir))
  chmodSync(join(dir, 'virsh'), 0o755)
  const machine = makeMachine(join(dir, 'machine'), { cpus: 8, nodes: 2, isolated: '4-7', nohzFull: '4-7' })
  const ports = { ...openPorts(machine), runner: openRunner(openRoot('/'), dir) }
  const [subject] = await fromLibvirt(ports, [GUEST], undefined)
  const { undecided, findings } = auditSubject(subject!)
  return [
    ...findings.map(({ rule, message }) => `${rule} ${message}`),
    ...undecided.map(({ rule, reason }) => `${rule} ${reason}`),
  ].filter((one) => /^F[28]/.test(one))
}

const NOT_ALL = ['F2 not all other domains are known']
const NOT_KNOWN = ['F8 what libvirt does with the domain now is not known']
const blockjob = `blockjob ${GUEST} vda --info`

describe('what libvirt says of the other domains and of jobs', () => {
  it.each<[string, Readonly<Record<string, Said>>, string[]]>([
    ['is taken for all where all was answered', {}, []],
    ['is of one user’s domains over a session', { uri: 'qemu:///session\n' }, NOT_ALL],
    ['is of one process’s domains where it is embedded', { uri: 'qemu:///embed?root=/system\n' }, NOT_ALL],
    ['lacks a running domain that it does not show', { [`dumpxml ${OTHER}`]: null }, NOT_ALL],
    [
      'lacks nothing when that domain ended meanwhile',
      {
        [`dumpxml ${OTHER}`]: null,
        'list --uuid': [`${GUEST}\n${OTHER}\n`, `${GUEST}\n`],
      },
      [],
    ],
    ['is not known when the question for the job failed', { [`domjobinfo ${GUEST}`]: null }, NOT_KNOWN],
    ['is not known when the question for a block job failed', { [blockjob]: null }, NOT_KNOWN],
    ['is that nothing is under way when only another question failed', { [blockjob]: [null, ''] }, []],
    [
      'is a block job, whatever else failed',
      { [blockjob]: 'Block Copy: [ 50 %]\n', [`domjobinfo ${GUEST}`]: null },
      ['F8 under way: Block Copy on vda'],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await open(change)).toEqual(expected)
  })
})
