import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ROUTES } from '../../src/daemon/control/routes.ts'

it('docs/metrics.md describes every metric that there is, and no other', () => {
  const families = [...readFileSync('test/golden/report/service.prom', 'utf8').matchAll(/^# TYPE (\S+)/gm)]
  const text = readFileSync('docs/metrics.md', 'utf8').replace(
    '`_mean_`, `_max_`',
    '`quietcore_latency_mean_seconds`, `quietcore_latency_max_seconds`',
  )
  const described = new Set(text.match(/quietcore_[a-z_]+[a-z]/g))
  expect([...described].sort()).toEqual(families.map(([, name]) => name).sort())
})

it('docs/control.md describes every request that there is, and no other', () => {
  const text = readFileSync('docs/control.md', 'utf8')
  const described = [...text.matchAll(/^\| `((?:GET|POST) \S+)`/gm)].map(([, request]) => request)
  expect(described.sort()).toEqual(
    ['GET /metrics', ...ROUTES.map(({ method, path }) => `${method} ${path}`)].sort(),
  )
})
