import type { Root } from '../host/ports.ts'
import { bls } from './bls.ts'
import { grubDefault } from './grub-default.ts'
import { grubDropIn } from './grub-drop-in.ts'
import { kernelInstall } from './kernel-install.ts'
import type { BootLoader } from './loader.ts'
import { rpmOstree } from './rpm-ostree.ts'

/** Most specific first: an ostree machine has entries too, and one with entries has /etc/default/grub too. */
export const LOADERS: readonly BootLoader[] = [rpmOstree, bls, grubDropIn, grubDefault, kernelInstall]

/** How this machine's kernel command line is set; undefined when it is none that quietcore knows. */
export function findLoader(root: Root): BootLoader | undefined {
  return LOADERS.find((loader) => loader.matches(root))
}

/** The loader that a journal record names. */
export function loaderNamed(name: string): BootLoader | undefined {
  return LOADERS.find((loader) => loader.name === name)
}
