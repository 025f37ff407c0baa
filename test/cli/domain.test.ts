import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FIT, fitBut } from '../support/domains.ts'
import { makeHost } from '../support/host-machine.ts'
import { quietcore } from '../support/quietcore.ts'

const valid = new Ajv2020({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync('docs/schema/domain.schema.json', 'utf8')),
)
const FIT_FILE = 'test/fixtures/domains/fit.xml'
const PLAIN_FILE = 'test/fixtures/domains/plain.xml'

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-domain-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function file(text: string): string {
  const path = join(folder(), 'domain.xml')
  writeFileSync(path, text)
  return path
}

function json(...args: string[]) {
  const { code, stdout } = quietcore('domain', 'audit', ...args, '--json')
  const answer = JSON.parse(stdout)
  expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
  return { code, answer }
}

describe('quietcore domain audit FILE', () => {
  it('answers a fit definition undecided, because only the host can show the rest', () => {
    const { code, answer } = json(FIT_FILE)
    expect([code, answer.result, answer.findings, answer.judged]).toEqual([4, 'undecided', [], 'machine'])
  })

  it('passes it when only the definition is asked', () => {
    const { code, answer } = json(FIT_FILE, '--definition')
    expect([code, answer.result, answer.findings]).toEqual([0, 'pass', []])
  })

  it('fails an ordinary guest, with the rule, what was found and what mends it', async () => {
    const { code, stdout, stderr } = quietcore('domain', 'audit', PLAIN_FILE)
    expect([code, stderr]).toEqual([1, ''])
    await expect(stdout).toMatchFileSnapshot('../golden/domain/plain.txt')
  })

  it('holds a file against the machine that --root names', () => {
    const root = folder()
    makeHost(root, {
      cpus: 8,
      files: { '/sys/devices/system/cpu/isolated': '5-7\n', '/sys/devices/system/cpu/nohz_full': '5-6\n' },
    })
    const { code, answer } = json(FIT_FILE, '--root', root)
    expect(code).toBe(1)
    expect(
      answer.findings
        .filter((one: { severity: string }) => one.severity === 'fail')
        .map((one: { rule: string; message: string }) => `${one.rule} ${one.message}`),
    ).toEqual(["F6 CPUs 7 are not in the running kernel's nohz_full (5-6)"])
  })

  it('takes files given together for neighbours', () => {
    const other = file(FIT.replace('<name>fit', '<name>twin').replace('0c0001', '0c0002'))
    const { code, answer } = json(FIT_FILE, other)
    expect([
      code,
      answer.result,
      answer.domains.map((one: { findings: object[] }) => one.findings),
    ]).toMatchObject([
      1,
      'fail',
      [
        [{ rule: 'F2', message: 'domain twin runs on the real-time CPUs 5-7, too' }],
        [{ rule: 'F2', message: 'domain fit runs on the real-time CPUs 5-7, too' }],
      ],
    ])
  })

  it('shows control characters of the file as what they are, so that no guest steers the terminal', () => {
    const xml = fitBut('<name>fit', '<name>\x1b[31mred&#27;[2J').replace("dev='vda'", "dev='v\x9b2J'")
    const { stdout, stderr } = quietcore('domain', 'audit', file(xml.replace(" cache='none'", '')))
    expect([stdout.split('\n')[0], stderr]).toEqual([
      '\\x1b[31mred\\x1b[2J: undecided (real-time vCPUs 1-3)',
      '',
    ])
    expect(stdout).toContain("T1    warn      through the host's page cache: v\\x9b2J (cache default)")
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u)
    const missing = quietcore('domain', 'audit', './no\x1b[2Jsuch.xml')
    expect([missing.code, missing.stdout]).toEqual([2, ''])
    expect(missing.stderr).toContain('no\\x1b[2Jsuch.xml')
    expect(missing.stderr).not.toMatch(/[^\P{Cc}\n]/u)
  })

  it('reads standard input', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['dist/quietcore.js', 'domain', 'audit', '-', '--definition', '--json'],
      { input: FIT, encoding: 'utf8' },
    )
    expect([status, JSON.parse(stdout).domain]).toEqual([0, 'fit'])
  })

  it('refuses 50 MB at once', () => {
    const path = file('<domain>')
    truncateSync(path, 50_000_000)
    const { code, stderr } = quietcore('domain', 'audit', path)
    expect([code, stderr]).toEqual([
      2,
      `quietcore: ${path}: the file has 50000000 bytes; a domain's XML has at most 4194304, libvirt takes no more\n  Give the file that \`virsh dumpxml NAME\` writes.\n`,
    ])
  })

  it.each([
    ['no such file', './nosuch.xml', 'there is no such file'],
    ['a folder', './test', 'the file cannot be read: EISDIR'],
    ['a file of zeros', '/dev/zero', "a domain's XML has at most 4194304"],
    ['a program', process.execPath, "a domain's XML has at most 4194304"],
  ])('exits 2 for %s', (_, path, message) => {
    const { code, stderr } = quietcore('domain', 'audit', path)
    expect([code, stderr.includes(message)]).toEqual([2, true])
  })

  it.each([[[]], [['a', '--all']], [['a.xml', 'b.xml', '--fix-xml']]])('exits 2 for the usage %j', (args) => {
    expect(quietcore('domain', 'audit', ...args).code).toBe(2)
  })
})

describe('quietcore domain audit --fix-xml', () => {
  it('prints XML that libvirt’s schema accepts, and names each change on stderr', () => {
    const { code, stdout, stderr } = quietcore(
      'domain',
      'audit',
      file(fitBut("<pmu state='off'/>", '')),
      '--fix-xml',
    )
    expect([code, stderr]).toEqual([0, 'W1: virtual PMU off\n'])
    execFileSync('virt-xml-validate', [file(stdout), 'domain'])
    execFileSync('virt-xml-validate', [
      file(quietcore('domain', 'audit', PLAIN_FILE, '--fix-xml').stdout),
      'domain',
    ])
  })
})

describe('quietcore domain audit NAME', () => {
  it('audits a domain of libvirt’s test driver', async () => {
    const { code, answer } = json('--connect', 'test:///default', '6695eb01-f6a4-8304-79aa-97f2502e193f')
    expect(code).toBe(1)
    await expect(JSON.stringify(answer, null, 2)).toMatchFileSnapshot('../golden/domain/test-driver.json')
    expect(json('--connect', 'test:///default', '--all').answer.domains).toHaveLength(1)
  })

  it.each([
    ['a domain that is not there', 'test:///default', "libvirt at test:///default has no domain 'nosuch'"],
    ['a daemon that is not there', 'qemu+unix:///system?socket=/nonexistent', 'no connection to libvirt at'],
  ])('exits 3 for %s', (_, uri, message) => {
    const { code, stderr } = quietcore('domain', 'audit', 'nosuch', '--connect', uri)
    expect([code, stderr.includes(message)]).toEqual([3, true])
  })

  it('says that virsh is missing', () => {
    const root = folder()
    makeHost(root)
    const { code, stderr } = quietcore('domain', 'audit', 'guest1', '--root', root)
    expect([code, stderr.split('\n')[0]]).toEqual([
      3,
      `quietcore: the program 'virsh' is not there under ${root}`,
    ])
  })
})
