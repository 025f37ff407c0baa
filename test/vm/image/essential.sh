#!/bin/sh
# Before the packages are configured (mmdebstrap --essential-hook; $1 is the new root):
# grub-pc must not ask for a disk, and the initramfs holds only what QEMU's machine needs (it loads three times faster).
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\nCOMPRESS=lz4\n' >"$1/etc/initramfs-tools/conf.d/quietcore-vm.conf"
printf 'virtio_pci\nvirtio_blk\next4\n' >"$1/etc/initramfs-tools/modules"
echo 'grub-pc grub-pc/install_devices_empty boolean true' | chroot "$1" debconf-set-selections
