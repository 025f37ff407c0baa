"""A guest of one vCPU, through /dev/kvm alone (Documentation/virt/kvm/api.rst): adds 2 and 3, says the digit, halts."""
import ctypes
import fcntl
import mmap
import os
import struct

CREATE_VM, VCPU_MMAP_SIZE, CREATE_VCPU, RUN = 0xAE01, 0xAE04, 0xAE41, 0xAE80
SET_USER_MEMORY_REGION, SET_REGS, GET_SREGS, SET_SREGS = 0x4020AE46, 0x4090AE82, 0x8138AE83, 0x4138AE84
EXIT_IO, EXIT_HLT = 2, 5
AT = 0x1000
# mov dx, 0x3f8; add al, bl; add al, '0'; out dx, al; hlt
CODE = bytes.fromhex('baf80300d80430eef4')

kvm = os.open('/dev/kvm', os.O_RDWR)
vm = fcntl.ioctl(kvm, CREATE_VM, 0)
memory = mmap.mmap(-1, 4096)
memory.write(CODE)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
fcntl.ioctl(vm, SET_USER_MEMORY_REGION, struct.pack('IIQQQ', 0, 0, AT, 4096, address))

vcpu = fcntl.ioctl(vm, CREATE_VCPU, 0)
run = mmap.mmap(vcpu, fcntl.ioctl(kvm, VCPU_MMAP_SIZE, 0))
sregs = bytearray(312)
fcntl.ioctl(vcpu, GET_SREGS, sregs)
# the code segment comes first: base, limit, selector
struct.pack_into('Q', sregs, 0, 0)
struct.pack_into('H', sregs, 12, 0)
fcntl.ioctl(vcpu, SET_SREGS, bytes(sregs))
# rax, rbx … rip, rflags
fcntl.ioctl(vcpu, SET_REGS, struct.pack('18Q', 2, 3, *[0] * 14, AT, 2))

while True:
    fcntl.ioctl(vcpu, RUN, 0)
    (reason,) = struct.unpack_from('I', run, 8)
    if reason == EXIT_IO:
        # kvm_run.io: direction, size, port, count, offset of the data
        (offset,) = struct.unpack_from('Q', run, 40)
        print('said', chr(run[offset]))
    elif reason == EXIT_HLT:
        print('halted')
        break
    else:
        raise SystemExit(f'exit reason {reason}')
