import { runTool } from './tools.ts'
import { VmError } from './vm-error.ts'

/** What of this machine's apt configuration the new machine's packages are fetched with. */
export interface AptSources {
  /** `deb URI SUITE COMPONENT` lines */
  lines: string[]
  /** proxy and TLS options, as `apt-config dump` prints them */
  options: string[]
}

/**
 * Debian's own suites of `release`, from this machine's apt configuration: no mirror is named in the repository.
 * @throws VmError `no-mirror` when apt here knows no such release
 */
export async function aptSources(release: string): Promise<AptSources> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const targets = await runTool(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const suites = [release, `${release}-updates`, `${release}-security`, `${release}/updates`]
  const wanted = targets.split('\n').filter((line) => {
    const [, suite = '', component] = line.split(' ')
    return suites.includes(suite) && component === 'main'
  })
  if (!wanted.some((line) => line.split(' ')[1] === release)) {
    throw new VmError(
      'no-mirror',
      `No apt source for Debian's suite ${release}, component main, on this machine (apt-get indextargets).\n  Add one to /etc/apt/sources.list.d.`,
    )
  }
  const dump = await runTool(['apt-config', 'dump', 'Acquire'])
  const options = dump.split('\n').filter((line) => /^Acquire::(http|https|ftp)::.*"[^"]+";$/.test(line))
  return { lines: [...new Set(wanted)].map((line) => `deb ${line}`), options }
}
