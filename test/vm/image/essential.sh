#!/bin/sh
# Before the packages are configured (mmdebstrap --essential-hook; $1 is the new root):
# grub-pc must not ask for a disk, and the initramfs holds only what QEMU's machine needs (it loads three times faster).
# Nor does the booted machine load drivers of devices that no test looks at: emulated, each costs up to a second.
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\nCOMPRESS=lz4\n' >"$1/etc/initramfs-tools/conf.d/quietcore-vm.conf"
printf 'virtio_pci\nvirtio_blk\next4\n' >"$1/etc/initramfs-tools/modules"
mkdir -p "$1/etc/modprobe.d"
printf 'blacklist %s\n' bochs cfg80211 ahci iTCO_wdt lpc_ich i2c_i801 psmouse pcspkr serio_raw evdev button ccp \
  qemu_fw_cfg aesni_intel ghash_clmulni_intel sha1_ssse3 sha256_ssse3 sha512_ssse3 crc32_pclmul crct10dif_pclmul \
  >"$1/etc/modprobe.d/quietcore-vm.conf"
echo 'grub-pc grub-pc/install_devices_empty boolean true' | chroot "$1" debconf-set-selections
