import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { openStore } from '../../store/sqlite-store.ts'
import { type Reply, startReceiver } from './local-receiver.ts'

export interface KillRounds {
  readonly notices: number
  readonly kills: number
  readonly requests: number
  /** Requests that were made to fail: refused, throttled, cut before or after they were taken. */
  readonly failed: number
  /** Notices that the receiver never took. */
  readonly lost: number
  /** Notices that the receiver took under two different ids. */
  readonly duplicated: number
  /** Messages that came again under an id the receiver had already, and were dropped there. */
  readonly dropped: number
  /** Notices the outbox gave up. */
  readonly dead: number
  readonly tookMs: number
}

/** Sends numbered notices to a receiver that fails 30 % of the requests, while the sender is killed again and again. */
export async function killRounds(options: { notices: number; kills: number; channels: number }): Promise<KillRounds> {
  const startedMs = performance.now()
  const directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-notify-kill-'))
  const takenIds = new Set<string>()
  const takenKeys = new Map<string, number>()
  const count = { requests: 0, failed: 0, dropped: 0, kills: 0 }

  const take = (id: string, keys: readonly string[]): void => {
    if (takenIds.has(id)) count.dropped++
    else {
      takenIds.add(id)
      for (const key of keys) takenKeys.set(key, (takenKeys.get(key) ?? 0) + 1)
    }
  }
  const receiver = await startReceiver(({ headers, text }): Reply => {
    count.requests++
    const dice = Math.random()
    if (dice < 0.3) count.failed++
    if (dice < 0.15) return { status: 503 }
    if (dice < 0.2) return { status: 429, headers: { 'retry-after': '0' } }
    if (dice < 0.25) return { cut: true }
    take(String(headers['webhook-id']), (JSON.parse(text) as { data: { keys: string[] } }).data.keys)
    return dice < 0.3 ? { cut: true } : {}
  })

  const program = new URL('./send-notices.ts', import.meta.url).pathname
  const args = [program, directory, receiver.url, String(options.notices), String(options.channels)]
  try {
    while (count.kills < options.kills) {
      const child = spawn(process.execPath, args, { stdio: 'inherit' })
      const gone = once(child, 'exit')
      // The moment is random in what the sender is doing, not in a time of ours.
      const share = options.notices / (options.kills + 1)
      const until = receiver.receivedAtLeast(count.requests + 1 + Math.floor(Math.random() * 2 * share))
      await Promise.race([gone, until])
      if (child.exitCode !== null) break
      child.kill('SIGKILL')
      await gone
      count.kills++
    }
    const last = spawn(process.execPath, args, { stdio: 'inherit' })
    const [code] = await once(last, 'exit')
    if (code !== 0) throw new Error(`The last sender ended with ${code}.`)
    const store = await openStore({ directory, clock: systemClock, log: silentLog })
    const [dead] = await store.read<{ n: number }>("SELECT COUNT(*) AS n FROM notice WHERE state = 'dead'")
    await store.close()
    return {
      notices: options.notices,
      ...count,
      lost: options.notices - takenKeys.size,
      duplicated: [...takenKeys.values()].filter((times) => times > 1).length,
      dead: dead?.n ?? 0,
      tookMs: performance.now() - startedMs,
    }
  } finally {
    await receiver.close()
    await rm(directory, { recursive: true, force: true })
  }
}
