import type { Vm } from '../driver/vm.ts'

/** What one command costs: medians of some runs. The service's part of the work counts. */
export interface Cost {
  argv: string[]
  runs: number
  wallSeconds: number
  /** user and system time of the command, what it started, and the service that it asked */
  cpuSeconds: number
  /** of its largest process */
  peakMb: number
  exitCode: number
}

/** What a service costs that has nothing to do, with the profile applied. */
export interface Idle {
  seconds: number
  rssMb: number
  /** voluntary context switches of all its threads */
  wakeupsPerMinute: number
  cpuSecondsPerHour: number
}

export interface Side {
  version: string
  costs: Readonly<Record<string, Cost>>
  /** null: this build has no such service */
  idle: Idle | null
}

export interface Figures {
  /** day, UTC */
  date: string
  machine: string
  /** processes that wanted a CPU of the host, on average over the last 15 minutes: wall times grow with it */
  hostLoad: number
  hostCpus: number
  tuned: Side
  quietcore: Side
}

/** wait4(2) counts the children that were waited for; cpu.stat counts every thread of the service. */
const STOPWATCH = `
import json, os, sys, time
unit, argv = sys.argv[1], sys.argv[2:]
def service():
    try:
        with open(f'/sys/fs/cgroup/system.slice/{unit}/cpu.stat') as stat:
            return int(stat.readline().split()[1]) / 1e6
    except OSError:
        return 0
before, start = service(), time.monotonic()
quiet = [(os.POSIX_SPAWN_OPEN, fd, '/dev/null', os.O_RDWR, 0) for fd in (0, 1, 2)]
_, status, used = os.wait4(os.posix_spawnp(argv[0], argv, os.environ, file_actions=quiet), 0)
print(json.dumps({
    'wallSeconds': time.monotonic() - start,
    'cpuSeconds': used.ru_utime + used.ru_stime + max(0, service() - before),
    'peakMb': used.ru_maxrss / 1024,
    'exitCode': os.waitstatus_to_exitcode(status),
}))
`

const IDLE = `
import json, os, sys, time
unit, seconds = sys.argv[1], int(sys.argv[2])
pid = int(os.popen(f'systemctl show -P MainPID {unit}').read())
cgroup = f'/sys/fs/cgroup/system.slice/{unit}'
def look():
    switches = 0
    for one in open(f'{cgroup}/cgroup.procs').read().split():
        for task in os.listdir(f'/proc/{one}/task'):
            for line in open(f'/proc/{one}/task/{task}/status'):
                if line.startswith('voluntary_ctxt_switches:'):
                    switches += int(line.split()[1])
    return switches, int(open(f'{cgroup}/cpu.stat').readline().split()[1]) / 1e6
before = look()
time.sleep(seconds)
after = look()
rss = next(int(line.split()[1]) for line in open(f'/proc/{pid}/status') if line.startswith('VmRSS:'))
print(json.dumps({
    'seconds': seconds,
    'rssMb': rss / 1024,
    'wakeupsPerMinute': (after[0] - before[0]) * 60 / seconds,
    'cpuSecondsPerHour': (after[1] - before[1]) * 3600 / seconds,
}))
`

/** Runs commands in turn, one turn unmeasured; medians of each. `unit` is the service that does part of their work. */
export async function costs(
  vm: Vm,
  unit: string,
  commands: Readonly<Record<string, string[]>>,
  runs: number,
): Promise<Record<string, Cost>> {
  const samples = Object.entries(commands).map(([name, argv]) => ({ name, argv, all: [] as Sample[] }))
  for (let run = -1; run < runs; run++) {
    for (const { argv, all } of samples) {
      const text = await vm.output(['python3', '-c', STOPWATCH, unit, ...argv], { timeoutMs: 300_000 })
      if (run >= 0) all.push(JSON.parse(text) as Sample)
    }
  }
  return Object.fromEntries(samples.map(({ name, argv, all }) => [name, { argv, runs, ...median(all) }]))
}

/** Half a minute for what it began to come to an end, then the look. */
export async function idle(vm: Vm, unit: string, seconds = 120): Promise<Idle> {
  await vm.output(['sleep', '30'])
  const text = await vm.output(['python3', '-c', IDLE, unit, String(seconds)], {
    timeoutMs: (seconds + 60) * 1000,
  })
  return rounded(JSON.parse(text) as Idle)
}

type Sample = Omit<Cost, 'argv' | 'runs'>

function median(all: readonly Sample[]): Sample {
  const middle = (of: (sample: Sample) => number) =>
    all.map(of).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN
  return rounded({
    wallSeconds: middle(({ wallSeconds }) => wallSeconds),
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    peakMb: middle(({ peakMb }) => peakMb),
    exitCode: middle(({ exitCode }) => exitCode),
  })
}

function rounded<T extends Record<keyof T, number>>(values: T): T {
  return Object.fromEntries(
    Object.entries<number>(values).map(([name, value]) => [name, Math.round(value * 100) / 100]),
  ) as T
}
