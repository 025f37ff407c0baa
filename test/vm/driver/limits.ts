/**
 * How long a machine may take: one place, because a wait that is shorter than what it waits for fails by itself. An
 * emulated boot takes 30 to 60 s on an idle host, and ten minutes were seen on a busy one.
 */
export const BOOT_S = 900
export const POWER_OFF_S = 480
/** A command that has no limit of its own. */
export const COMMAND_S = 300
