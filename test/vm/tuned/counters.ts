/** Files that count or move by themselves, by the end or a part of their path. */
const COUNTERS = [
  /^\/proc\/sys\/(fs\/(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota\/)|net\/netfilter\/)/,
  /^\/proc\/sys\/kernel\/(ns_last_pid|pty\/nr|random\/|tainted$|hung_task_(warnings|detect_count)$)/,
  /^\/sys\/kernel\/(warn|oops)_count$/,
  /\/(numastat|vmstat|meminfo|distance|crash_notes|uevent_seqnum|free_hugepages)$/,
  /\/mm\/(ksm\/(?!run|pages_to_scan|sleep_millisecs|merge_across|use_zero|max_page)|transparent_hugepage\/.*pages_collapsed|.*full_scans)/,
  /\/cpuidle\/state\d+\/(usage|time|above|below|rejected)$/,
  /\/(scaling_cur_freq|cpuinfo_cur_freq)$/,
  /^\/sys\/kernel\/(vmcoreinfo|debug\/sched\/debug)$/,
  // what the kernel makes of late looks: it trusts a clock no longer, and lets perf take fewer samples
  /\/clocksource\d+\/(current|available)_clocksource$/,
  /^\/proc\/sys\/kernel\/perf_event_max_sample_rate$/,
  // computed at each boot from the memory that is free then
  /^\/proc\/sys\/vm\/user_reserve_kbytes$/,
  /^\/sys\/module\/ttm\/parameters\/(page_pool_size|pages_limit)$/,
]

export function isCounter(path: string): boolean {
  return COUNTERS.some((pattern) => pattern.test(path))
}
