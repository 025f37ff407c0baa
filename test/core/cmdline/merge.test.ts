import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conflicts } from '../../../src/core/cmdline/conflicts.ts'
import { sameMeaning } from '../../../src/core/cmdline/meaning.ts'
import { addParameters, missingFrom, removeParameters } from '../../../src/core/cmdline/merge.ts'
import { parameterTexts } from '../../../src/core/cmdline/parse.ts'
import { pendingCmdline } from '../../../src/core/cmdline/pending.ts'

const admin = (...parameters: string[]) =>
  parameters.map((parameter, i) => ({ parameter, place: { file: '/etc/default/grub', line: i + 1 } }))

describe('adding our parameters', () => {
  test('does not double what is there with the same meaning', () => {
    expect(addParameters('ro quiet isolcpus=domain,2,3', 'isolcpus=2-3 nohz=on quiet')).toBe(
      'ro quiet isolcpus=domain,2,3 nohz=on',
    )
  })

  test('keeps a page size and its count together and in order', () => {
    expect(
      addParameters(
        'hugepagesz=2M hugepages=8',
        'default_hugepagesz=1G hugepagesz=1G hugepages=8 hugepagesz=2M hugepages=8',
      ),
    ).toBe('hugepagesz=2M hugepages=8 default_hugepagesz=1G hugepagesz=1G hugepages=8')
  })

  test('comes after a different value of the administrator, who is not touched', () => {
    expect(addParameters('nohz=off intel_pstate=passive', 'nohz=on')).toBe(
      'nohz=off intel_pstate=passive nohz=on',
    )
  })

  test('repeats ours where a later value of the administrator would undo the equal one', () => {
    expect(missingFrom('nohz=on nohz=off', 'nohz=on')).toBe('nohz=on')
  })

  test('stays before --, because what follows is read by init alone', () => {
    expect(addParameters('ro quiet -- single', 'nosmt')).toBe('ro quiet nosmt -- single')
  })

  test('and removing them gives the same bytes again', () => {
    const word = fc.constantFrom(
      'ro',
      'quiet',
      'nohz=on',
      'nohz=off',
      'isolcpus=2-3',
      'isolcpus=1',
      'console=tty0',
      'a="b c"',
    )
    const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(line, line, (theirs, ours) => {
        const added = missingFrom(theirs, ours)
        const whole = addParameters(theirs, ours)
        expect(removeParameters(whole, parameterTexts(added))).toBe(theirs)
        for (const text of parameterTexts(ours)) {
          const last = parameterTexts(ours).findLast((one) => one.split('=')[0] === text.split('=')[0])!
          expect(parameterTexts(whole).some((one) => sameMeaning(one, last))).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('conflicts', () => {
  test('name both places and say which value the kernel takes; equal and repeatable ones are none', () => {
    const ours = [
      'isolcpus=2-3',
      'nohz=on',
      'console=ttyS1',
      'rcu_nocbs=2-3',
      'hugepagesz=1G',
      'hugepages=8',
    ].map((parameter) => ({ parameter, place: { file: '/etc/quietcore/profiles/x/profile.conf', line: 4 } }))
    expect(
      conflicts(
        admin('isolcpus=1', 'nohz=off', 'console=tty0', 'rcu-nocbs=3,2', 'hugepagesz=1G', 'hugepages=4'),
        ours,
      ),
    ).toEqual([
      {
        key: 'isolcpus',
        administrator: { parameter: 'isolcpus=1', place: { file: '/etc/default/grub', line: 1 } },
        ours: {
          parameter: 'isolcpus=2-3',
          place: { file: '/etc/quietcore/profiles/x/profile.conf', line: 4 },
        },
        repeated: 'first-wins',
      },
      {
        key: 'nohz',
        administrator: { parameter: 'nohz=off', place: { file: '/etc/default/grub', line: 2 } },
        ours: { parameter: 'nohz=on', place: { file: '/etc/quietcore/profiles/x/profile.conf', line: 4 } },
        repeated: 'last-wins',
      },
      {
        key: 'hugepages@1073741824',
        administrator: {
          parameter: 'hugepagesz=1G hugepages=4',
          place: { file: '/etc/default/grub', line: 6 },
        },
        ours: {
          parameter: 'hugepagesz=1G hugepages=8',
          place: { file: '/etc/quietcore/profiles/x/profile.conf', line: 4 },
        },
        repeated: 'last-wins',
      },
    ])
  })
})

describe('the next boot', () => {
  test('has what the boot loader adds, what the administrator set since, and ours instead of our earlier ones', () => {
    expect(
      pendingCmdline(
        'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet isolcpus=2-3 nohz=on nosmt',
        admin('quiet', 'mitigations=off'),
        'isolcpus=2-5 nohz=on',
        'isolcpus=2-3 nohz=on nosmt',
      ),
    ).toBe('BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet mitigations=off isolcpus=2-5 nohz=on')
  })
})
