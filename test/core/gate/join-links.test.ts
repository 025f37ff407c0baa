import { expect, test } from 'vitest'
import { joinLinks } from '../../../src/core/gate/join-links.ts'
import { absent } from '../../../src/core/gate/link.ts'
import { link } from './made-gates.ts'

const TUNED = link('tuning', 'pass')
const VALID = link('validation', 'pass')

test('a chain passes when every link that is there passes', () => {
  expect(joinLinks([TUNED, absent('nova-conf', 'there is none'), VALID])).toEqual({
    result: 'pass',
    reasons: ['All 2 links hold.'],
  })
})

test('one fail is fail, whatever is undecided beside it, and each is named', () => {
  const links = [link('domain', 'undecided', { subject: 'du-1' }), TUNED, VALID, link('flavor', 'fail')]
  expect(joinLinks(links)).toEqual({
    result: 'fail',
    reasons: [
      "The link 'flavor' fails: the flavor is fail.",
      "The link 'domain du-1' is undecided: the domain is undecided.",
    ],
  })
})

test('one undecided link is undecided', () => {
  expect(joinLinks([TUNED, VALID, link('agreement', 'undecided', { subject: 'a and b' })])).toEqual({
    result: 'undecided',
    reasons: ["The link 'agreement: a and b' is undecided: the agreement is undecided."],
  })
})

test('a chain without a measurement, or without the host’s tuning, is never a pass', () => {
  expect(joinLinks([TUNED, absent('validation', 'left out')])).toEqual({
    result: 'undecided',
    reasons: ['No latency was measured.'],
  })
  expect(joinLinks([VALID]).reasons).toEqual(['The tuning of the host was not looked at.'])
  expect(joinLinks([]).result).toBe('undecided')
})

test('a guest’s validation is a measurement', () => {
  const links = [
    TUNED,
    absent('validation', 'left out'),
    link('guest-validation', 'pass', { subject: 'du-1' }),
  ]
  expect(joinLinks(links).result).toBe('pass')
})
