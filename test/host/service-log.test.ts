import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type ServiceLog, serviceLog } from '../../src/host/service-log.ts'

function logTo(stream: 'journal' | 'another'): { log: ServiceLog; text: () => string } {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-log-'))
  const path = join(dir, 'log')
  const fd = openSync(path, 'a')
  onTestFinished(() => {
    closeSync(fd)
    rmSync(dir, { recursive: true })
  })
  const { dev, ino } = fstatSync(fd)
  const env = { JOURNAL_STREAM: stream === 'journal' ? `${dev}:${ino}` : `${dev}:${ino + 1}` }
  return { log: serviceLog('info', env, fd), text: () => readFileSync(path, 'utf8') }
}

it('writes one line an event, with the priority that the journal understands', () => {
  const { log, text } = logTo('journal')
  log.write('debug', 'not shown')
  log.write('info', '/proc/sys/vm/swappiness is set', { from: '60', to: '10' })
  log.write('warn', 'two\nlines')
  log.write('error', 'a colour \u001b[31m and a fake\n<0>line', { why: 'x\ny' })
  log.setLevel('debug')
  log.write('debug', 'shown')
  expect(text()).toBe(
    '<6>/proc/sys/vm/swappiness is set from="60" to="10"\n' +
      '<4>two lines\n' +
      '<3>a colour \\x1b[31m and a fake <0>line why="x\\ny"\n' +
      '<7>shown\n',
  )
})

it('writes words instead of priorities where stderr is not the journal', () => {
  const { log, text } = logTo('another')
  log.write('info', 'one')
  log.write('error', 'two')
  expect(text()).toBe('quietcore: one\nquietcore: error: two\n')
})

it('hides the secrets in what it is told of a change, whatever the level', () => {
  const { log, text } = logTo('another')
  log.write('info', 'the boot loader is set', {
    from: 'quiet "foo.password=two words" bar.token="a b" ro',
    to: 'foo.password=geheim rd.luks.key=abc isolcpus=2-3 iommu.passthrough=1 keymap=de',
  })
  log.write('warn', "cmdline could not be set to 'iscsi_secret=x'", {
    detail: 'netroot=iscsi:me:geheim@10.0.0.1::3260:: https://me:geheim@host/',
    reason: 'bypass=1',
  })
  log.write('info', '/proc/sys/net/ipv4/tcp_fastopen_key is set', { from: '00-11', to: '22-33' })
  expect(text()).toBe(
    'quietcore: the boot loader is set from="quiet \\"foo.password=(hidden)\\" bar.token=(hidden) ro" to="foo.password=(hidden) rd.luks.key=(hidden) isolcpus=2-3 iommu.passthrough=1 keymap=de"\n' +
      'quietcore: warn: cmdline could not be set to \'iscsi_secret=(hidden)\' detail="netroot=iscsi:(hidden)@10.0.0.1::3260:: https://(hidden)@host/" reason="bypass=1"\n' +
      'quietcore: /proc/sys/net/ipv4/tcp_fastopen_key is set from="(hidden)" to="(hidden)"\n',
  )
})

it('hides secrets', () => {
  const { log, text } = logTo('another')
  log.write('info', 'signed in', { user: 'admin', password: 'hunter2', token: 't' })
  expect(text()).toBe('quietcore: signed in user="admin" password="(hidden)" token="(hidden)"\n')
})
