import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** What a process took of the machine, as Linux counts it: all threads, whole minutes or seconds. */
export interface Taken {
  /** Share of one core. */
  readonly cpuShare: number
  /** MB are 1,000,000 bytes. */
  readonly rssMB: number
  readonly rssMaxMB: number
}

/** Watches a process while `work` lasts. */
export async function takenBy(pid: number, work: Promise<unknown>): Promise<Taken> {
  const startMs = performance.now()
  const startCpu = cpuSeconds(pid)
  let rssMaxMB = rssMB(pid)
  const sampling = setInterval(() => {
    rssMaxMB = Math.max(rssMaxMB, rssMB(pid))
  }, 500)
  try {
    await work
  } finally {
    clearInterval(sampling)
  }
  const seconds = (performance.now() - startMs) / 1000
  return { cpuShare: (cpuSeconds(pid) - startCpu) / seconds, rssMB: rssMB(pid), rssMaxMB }
}

/** Pids of the processes it started. */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

/** Asks again and again until the answer is true. */
export async function until(what: string, timeoutMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what} did not happen within ${timeoutMs} ms.`)
    await delay(10)
  }
}

const TICKS_PER_SECOND = 100 // USER_HZ of every Linux Node.js runs on

function cpuSeconds(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? ''
  const fields = afterName.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

const rssMB = (pid: number): number => {
  const [, kB = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (Number(kB) * 1024) / 1e6
}
