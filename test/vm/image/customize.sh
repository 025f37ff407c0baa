#!/bin/sh
# After the packages are configured (mmdebstrap --customize-hook; $1 is the new root):
# a machine that is reached by ssh, shows its boot menu and its console on the serial line, and is quiet when idle.
set -eu
root=$1
echo debian-rt >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 debian-rt\n' >"$root/etc/hosts"
printf 'LABEL=quietcore / ext4 errors=remount-ro 0 1\n' >"$root/etc/fstab"

cat >"$root/etc/systemd/network/ethernet.network" <<EOF
[Match]
Type=ether
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
EOF
chroot "$root" systemctl --quiet enable systemd-networkd ssh serial-getty@ttyS0
chroot "$root" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer man-db.timer dpkg-db-backup.timer \
  e2scrub_all.timer fstrim.timer systemd-networkd-wait-online.service
# a third of the boot, and no test needs them
chroot "$root" systemctl --quiet mask e2scrub_reap.service systemd-logind.service getty@tty1.service \
  systemd-binfmt.service proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount sys-kernel-config.mount \
  modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service modprobe@efi_pstore.service \
  modprobe@fuse.service modprobe@loop.service

for unit in $QUIETCORE_VM_DISABLED_UNITS; do chroot "$root" systemctl --quiet disable "$unit"; done

mkdir -p "$root/root/.ssh"
printf '%s\n' "$QUIETCORE_VM_PUBLIC_KEY" >"$root/root/.ssh/authorized_keys"
chmod 700 "$root/root/.ssh"
chmod 600 "$root/root/.ssh/authorized_keys"
printf 'UseDNS no\n' >"$root/etc/ssh/sshd_config.d/quietcore-vm.conf"
mkdir -p "$root/var/log/journal"

sed -i \
  -e 's/^GRUB_TIMEOUT=.*/GRUB_TIMEOUT=1/' \
  -e 's/^GRUB_CMDLINE_LINUX_DEFAULT=.*/GRUB_CMDLINE_LINUX_DEFAULT=""/' \
  -e 's/^GRUB_CMDLINE_LINUX=.*/GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200"/' \
  "$root/etc/default/grub"
printf 'GRUB_TERMINAL="serial console"\nGRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"\n' >>"$root/etc/default/grub"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root/etc/apt/apt.conf.d/99mmdebstrap"
