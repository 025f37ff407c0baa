import type { Progress } from '../engine/measure/progress.ts'

const WIDTH = 24

/** One line on a terminal's stderr while a suite runs; nothing where nobody watches. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): {
  show: (progress: Progress) => void
  clear: () => void
} {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} }
  return {
    show: (progress) => stream.write(`\r${progressLine(progress)}\u001b[K`),
    clear: () => stream.write('\r\u001b[K'),
  }
}

/** `[########----------------]  34 %  cyclictest (1 of 2), 6 min 20 s left`. */
export function progressLine({ step, tool, index, steps, elapsedS, remainingS }: Progress): string {
  const part = elapsedS / Math.max(elapsedS + remainingS, 1)
  const filled = Math.min(WIDTH, Math.round(part * WIDTH))
  const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled)
  const percent = `${Math.min(100, Math.floor(part * 100))}`.padStart(3)
  const name = step === tool ? tool : `${step}: ${tool}`
  return `[${bar}] ${percent} %  ${name} (${index} of ${steps}), ${timeLeft(remainingS)} left`
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds)
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  if (h > 0) return `${h} h ${min} min`
  return min > 0 ? `${min} min ${s} s` : `${s} s`
}
