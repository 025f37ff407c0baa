import type { Machine } from '../settings/kind.ts'

export interface Recommendation {
  profile: string
  /** why, one sentence each */
  reasons: string[]
  /** what stands in the way of real time on this machine */
  notes: string[]
}

/** The profile for this machine: a guest, a host of guests, or neither. Real time needs more than a profile: the notes say it. */
export function recommend({ facts, ports }: Machine): Recommendation {
  const { cpu, kernel, virtualization } = facts
  const notes = notesOn(kernel.realtime, cpu.online.size)
  if (virtualization !== 'none') {
    return {
      profile: 'realtime-virtual-guest',
      reasons: [`this machine is a guest (${virtualization})`],
      notes,
    }
  }
  const hardware = cpu.flags.has('vmx') ? 'VT-x' : cpu.flags.has('svm') ? 'AMD-V' : undefined
  if (hardware !== undefined || ports.root.exists('/dev/kvm')) {
    return {
      profile: 'realtime-virtual-host',
      reasons: [
        `this machine is no guest and its CPUs can run KVM guests (${hardware ?? '/dev/kvm is there'})`,
      ],
      notes,
    }
  }
  return {
    profile: 'realtime',
    reasons: ['this machine is no guest, and its CPUs show neither vmx nor svm'],
    notes,
  }
}

function notesOn(realtime: boolean, online: number): string[] {
  const notes: string[] = []
  if (!realtime)
    notes.push(
      'the running kernel is not PREEMPT_RT: install a real-time kernel (Debian: linux-image-rt-amd64)',
    )
  if (online < 2) notes.push('there is only one CPU: none is left to isolate')
  return notes
}
